"""What lies beside the invoice of a PDF, or in its place: another invoice, an empty file, another format.

A reader of hybrid invoices takes one attachment and is silent about the rest. Two readers may take two
different ones, so whatever another could take for the invoice is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from choriste.documents.read.inspection.attachments import Attachment
from choriste.documents.read.inspection.embedded import STANDARD_NAMES, candidates
from choriste.documents.read.inspection.model import EmbeddedXml
from choriste.documents.read.inspection.objects import ExpansionError
from choriste.documents.read.inspection.wording import finding
from choriste.documents.read.inspection.xmp import Xmp
from choriste.domain.shared.findings import Finding

_MOST: Final = 6
"""Attachments that are looked into beside the invoice: more would only cost time."""

_LARGEST: Final = 4 << 20
"""Bytes of such an attachment, decompressed; what is larger is not looked into."""

_BLANK: Final = b"\x00 \t\r\n"
_CII: Final = ("CrossIndustryInvoice", "CrossIndustryDocument")
_UBL: Final = ("Invoice", "CreditNote")
_UBL_SPACE: Final = "urn:oasis:names:specification:ubl:"
_DRAFT_SPACE: Final = "urn:un:unece:uncefact:"
_SOURCES: Final = frozenset({"Source", "Supplement"})
_FACTS: Final = {
    True: (
        ".//{*}ExchangedDocument/{*}ID",
        ".//{*}ExchangedDocument/{*}IssueDateTime/{*}DateTimeString",
        ".//{*}SpecifiedTradeSettlementHeaderMonetarySummation/{*}GrandTotalAmount",
    ),
    False: ("{*}ID", "{*}IssueDate", "{*}LegalMonetaryTotal/{*}TaxInclusiveAmount"),
}


@dataclass(frozen=True, slots=True)
class Content:
    """What an attachment holds: its root element with namespace, and what tells one invoice from another."""

    root: str
    space: str
    facts: tuple[str, ...] = ()

    @property
    def is_ubl(self) -> bool:
        """Whether it is an invoice or a credit note in UBL."""
        return self.root in _UBL and self.space.startswith(_UBL_SPACE)

    @property
    def is_invoice(self) -> bool:
        """Whether it is an invoice that some reader takes."""
        return self.is_ubl or self.root in _CII

    @property
    def is_draft(self) -> bool:
        """Whether it is an invoice of the drafts before ZUGFeRD 1.0, which had another root."""
        return self.root in _UBL and self.space.startswith(_DRAFT_SPACE)


def beside(
    attachments: Sequence[Attachment], xmp: Xmp, chosen: tuple[Attachment, EmbeddedXml] | None
) -> Iterator[Finding]:
    """Yield what the attachments hold besides the invoice that was read, or instead of one."""
    read = chosen[0] if chosen else None
    others = [each for each in candidates(attachments, xmp) if each is not read][:_MOST]
    if not others:
        return
    own = content_of(chosen[1].xml) if chosen else None
    for attachment in others:
        raw = _bytes_of(attachment)
        if raw is None:
            continue
        told = _invoice_beside(attachment, raw, own, chosen[1]) if own is not None and chosen else None
        told = told or _in_place_of_invoice(attachment, raw, xmp, is_alone=chosen is None)
        if told is not None:
            yield told


def content_of(xml: bytes) -> Content | None:
    """Return what an XML holds; None where it is no XML at all. A damaged one is read as far as it goes."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    name = etree.QName(root)
    places = _FACTS[name.localname in _CII]
    number, date, total = (" ".join((root.findtext(place) or "").split()) for place in places)
    return Content(name.localname, name.namespace or "", (number, date.replace("-", "")[:8], _plain(total)))


def _plain(amount: str) -> str:
    """Return an amount without the zeros that say nothing: `120.0` and `120.00` are the same total."""
    return amount.rstrip("0").rstrip(".") if "." in amount else amount


def _bytes_of(attachment: Attachment) -> bytes | None:
    if attachment.stream is None:
        return None
    try:
        return attachment.content(_LARGEST)
    except ExpansionError:
        return None


def _invoice_beside(attachment: Attachment, raw: bytes, own: Content, read: EmbeddedXml) -> Finding | None:
    """Tell an invoice beside the one that was read; our own source, and another form of it, say the same."""
    other, name = content_of(raw), attachment.facts.name
    if other is None or not other.is_invoice:
        return None
    if other.facts != own.facts:
        called = _called(name, other), _called(read.filename, own)
        return finding("PDF-SECOND-INVOICE", found=called[0], expected=called[1])
    if attachment.facts.relationship in _SOURCES or other.root != own.root:
        return None
    return finding("PDF-INVOICE-TWICE", found=name, expected=read.filename)


def _in_place_of_invoice(attachment: Attachment, raw: bytes, xmp: Xmp, *, is_alone: bool) -> Finding | None:
    """Tell a file that other readers take for the invoice, by its name or by what it is."""
    name = attachment.facts.name
    expected = name.lower() in STANDARD_NAMES or name == xmp.announced("DocumentFileName")
    is_empty = not raw.strip(_BLANK)
    content = None if is_empty else content_of(raw)
    if content is not None and (expected or is_alone):
        if content.is_ubl:
            return finding("PDF-XML-UBL", found=name, expected="factur-x.xml")
        if content.is_draft:
            return finding("PDF-XML-DRAFT", found=name)
    if not expected:
        return None
    if is_empty:
        return finding("PDF-XML-EMPTY", found=name)
    if content is None:
        return finding("PDF-XML-BROKEN", found=name)
    return finding("PDF-XML-FOREIGN", found=f"{name} ({content.root})")


def _called(name: str, content: Content) -> str:
    number = content.facts[0] if content.facts else ""
    return f"{name} ({number})" if number else name
