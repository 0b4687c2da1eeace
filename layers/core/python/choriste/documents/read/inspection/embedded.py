"""Which attachment of a PDF is the invoice, and in which format, profile and version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from choriste.documents.read.inspection.announcement import announced_otherwise
from choriste.documents.read.inspection.attachments import Attachment
from choriste.documents.read.inspection.model import AttachedTo, EmbeddedXml, Family
from choriste.documents.read.inspection.wording import finding
from choriste.documents.read.inspection.xmp import Xmp
from choriste.domain.shared.findings import Finding
from choriste.formats.detect import profile_of as profile_in
from choriste.formats.invoice.facturx import facturx_specification

STANDARD_NAMES: Final = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "order-x.xml")
"""File names that the specifications give, the newest first; ZUGFeRD 1.0 wrote `ZUGFeRD-invoice.xml`."""

_FACTURX: Final = frozenset({Family.FACTURX, Family.ZUGFERD_2})
_OWN: Final = re.compile(r"(?:factur-x\.eu:1p0|zugferd\.de:2p0):(?:minimum|basicwl|basic|extended)$")
_MIME_TYPES: Final = frozenset({"text/xml", "application/xml"})
_HEAD: Final = 1 << 16
_ROOTS: Final[dict[str, Family]] = {
    "CrossIndustryInvoice": Family.FACTURX,
    "CrossIndustryDocument": Family.ZUGFERD_1,
    "SCRDMCCBDACIOMessageStructure": Family.ORDERX,
}
_PROFILES: Final[dict[str, str]] = {
    "minimum": "MINIMUM",
    "basicwl": "BASIC WL",
    "basic": "BASIC",
    "comfort": "COMFORT",
    "en16931": "EN 16931",
    "2017": "EN 16931",
    "extended": "EXTENDED",
    "extended-ctc-fr": "EXTENDED-CTC-FR",
}


def embedded_invoice(attachments: Sequence[Attachment], xmp: Xmp) -> tuple[Attachment, EmbeddedXml] | None:
    """Find the invoice (or the order) among the attachments.

    The files of the document come before those of a page, the standard names first, then the name that the
    XMP announces, then any XML whose root is that of an invoice: suppliers do name it `facture.xml`.

    Raises:
        ExpansionError: a candidate decompresses to more than is allowed.
    """
    for attachment in candidates(attachments, xmp):
        content = attachment.content()
        if content is None:
            continue
        root, guideline = _root_and_guideline(content)
        if root in _ROOTS:
            return attachment, _embedded(
                attachment, content, family=_ROOTS[root], guideline=guideline, xmp=xmp
            )
    return None


def profile_of(guideline: str | None) -> str | None:
    """Return the usual name of the profile that a guideline id (BT-24) denotes, None where unknown."""
    if guideline is None:
        return None
    if "xrechnung" in guideline.lower():
        return "XRECHNUNG"
    known = re.search(
        r"en16931:2017|factur-x\.eu:1p0|cpro\.gouv\.fr:1p0|zugferd\.de:2p0|ferd:|order-x\.eu:1p0", guideline
    )
    return _PROFILES.get(guideline.rsplit(":", 1)[-1].lower()) if known else None


def findings_on(attachment: Attachment, invoice: EmbeddedXml, xmp: Xmp) -> Iterator[Finding]:
    """Yield what is wrong with the way an invoice is embedded."""
    name = invoice.filename
    if invoice.family is Family.ZUGFERD_1:
        yield finding("PDF-ZUGFERD-1")
    elif invoice.family is Family.ORDERX:
        yield finding("PDF-ORDER")
    elif name.lower() not in STANDARD_NAMES:
        yield finding("PDF-XML-NAME", found=name, expected="factur-x.xml")
    elif name != name.lower():
        yield finding("PDF-XML-NAME-CASE", found=name, expected=name.lower())
    if attachment.facts.attached_to is not AttachedTo.DOCUMENT:
        yield finding(f"PDF-XML-ON-{attachment.facts.attached_to.value.upper()}", found=name)
    elif not attachment.listed:
        yield finding("PDF-XML-NOT-LISTED", found=name)
    yield from _on_guideline(invoice)
    yield from announced_otherwise(invoice, xmp)
    expected = relationships_for(invoice.profile)
    if invoice.relationship not in expected:
        yield finding("PDF-RELATIONSHIP", found=invoice.relationship, expected=" | ".join(expected))
    if (invoice.mime_type or "").lower() not in _MIME_TYPES:
        code = "PDF-XML-TYPE" if invoice.mime_type else "PDF-XML-UNTYPED"
        yield finding(code, found=invoice.mime_type, expected="text/xml")


def _on_guideline(invoice: EmbeddedXml) -> Iterator[Finding]:
    """Tell an identifier (BT-24) that is not one of Factur-X: its readers then see plain CII."""
    if invoice.family not in _FACTURX or invoice.guideline is None:
        return
    wanted = facturx_specification(profile_in(invoice.guideline))
    known = invoice.guideline == wanted or invoice.profile == "XRECHNUNG" or _OWN.search(invoice.guideline)
    if not known:
        yield finding("PDF-GUIDELINE", found=invoice.guideline, expected=wanted)


def relationships_for(profile: str | None) -> tuple[str, ...]:
    """Return the AFRelationship values that a profile admits: data only where the XML is no full invoice."""
    return ("Data",) if profile in {"MINIMUM", "BASIC WL"} else ("Alternative", "Data", "Source")


def candidates(attachments: Sequence[Attachment], xmp: Xmp) -> Iterator[Attachment]:
    """Yield the attachments that may be the invoice, the likeliest first."""
    announced = (xmp.announced("DocumentFileName") or "").lower()

    def rank(attachment: Attachment) -> tuple[bool, int]:
        name = attachment.facts.name.lower()
        elsewhere = attachment.facts.attached_to is not AttachedTo.DOCUMENT
        if name in STANDARD_NAMES:
            return elsewhere, STANDARD_NAMES.index(name)
        return elsewhere, len(STANDARD_NAMES) + (name != announced)

    named = [
        a for a in attachments if a.facts.name.lower().endswith(".xml") or "xml" in (a.facts.mime_type or "")
    ]
    yield from sorted(named, key=rank)


def _root_and_guideline(content: bytes) -> tuple[str | None, str | None]:
    # Both stand at the beginning; a cut or faulty rest is for the reader of the format to explain.
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content[:_HEAD], parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, None
    if root is None:
        return None, None
    parameter = root.find(".//{*}GuidelineSpecifiedDocumentContextParameter/{*}ID")
    guideline = parameter.text.strip() if parameter is not None and parameter.text else None
    return etree.QName(root).localname, guideline


def _embedded(
    attachment: Attachment, content: bytes, *, family: Family, guideline: str | None, xmp: Xmp
) -> EmbeddedXml:
    facts = attachment.facts
    if family is Family.FACTURX and (
        facts.name.lower() == "zugferd-invoice.xml" or xmp.family is Family.ZUGFERD_2
    ):
        family = Family.ZUGFERD_2
    return EmbeddedXml(
        family=family,
        filename=facts.name,
        mime_type=facts.mime_type,
        relationship=facts.relationship,
        guideline=guideline,
        profile=profile_of(guideline),
        claimed_profile=xmp.announced("ConformanceLevel"),
        claimed_version=xmp.announced("Version"),
        xml=content,
    )
