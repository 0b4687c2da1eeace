"""What an XML document is: its syntax by the root element, its profile and CIUS by BT-24.

The root element decides first, whatever the file's name or the specification identifier claim. What is
no invoice is named in the refusal, because a depositor who sent an order or a status message must know it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from choriste.domain.invoice.reading import Syntax
from choriste.formats.errors import UnreadableError, unreadable
from choriste.formats.wording import excerpt
from choriste.formats.xml.names import NAMESPACES, line_of, qualified

if TYPE_CHECKING:
    from lxml.etree import _Element


class Profile(StrEnum):
    """How much of the semantic model a document may hold; `plain` where BT-24 names no profile we know."""

    MINIMUM = "MINIMUM"
    BASIC_WL = "BASIC WL"
    BASIC = "BASIC"
    EN16931 = "EN 16931"
    EXTENDED = "EXTENDED"
    EXTENDED_CTC_FR = "EXTENDED-CTC-FR"
    PLAIN = "plain"


class Cius(StrEnum):
    """Core invoice usage specifications: national restrictions of EN 16931 that BT-24 announces."""

    XRECHNUNG = "XRechnung"
    PEPPOL_BIS_3 = "Peppol BIS 3"
    CIUS_RO = "CIUS-RO"
    NLCIUS = "NLCIUS"
    CTC_FR = "EN16931-CTC-FR"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Detected:
    """What a document is. `specification` is BT-24 as written, stripped; None where it is absent or empty.

    `syntax` is the one of the XML; `Syntax.FACTURX` is a CII document extracted from a Factur-X PDF.
    """

    syntax: Syntax
    profile: Profile
    cius: Cius | None = None
    specification: str | None = None


_CII_ROOT: Final = qualified("rsm:CrossIndustryInvoice")
_CII_SPECIFICATION: Final = "/".join(
    map(
        qualified,
        ("rsm:ExchangedDocumentContext", "ram:GuidelineSpecifiedDocumentContextParameter", "ram:ID"),
    )
)
_UBL_SPECIFICATION: Final = qualified("cbc:CustomizationID")
_INVOICES: Final = {
    _CII_ROOT: (Syntax.CII, _CII_SPECIFICATION),
    qualified("inv:Invoice"): (Syntax.UBL_INVOICE, _UBL_SPECIFICATION),
    qualified("cn:CreditNote"): (Syntax.UBL_CREDIT_NOTE, _UBL_SPECIFICATION),
}

_OTHERS: Final = {
    "StandardBusinessDocument": "FORMAT-SBDH",
    "SCRDMCCBDACIOMessageStructure": "FORMAT-ORDER-X",
    "CrossDomainAcknowledgementAndResponse": "FORMAT-CDAR",
    "CrossIndustryDocument": "FORMAT-ZUGFERD-1",
    "FatturaElettronica": "FORMAT-FATTURAPA",
    "Facturae": "FORMAT-FACTURAE",
    "CPPFacturePivot": "FORMAT-PIVOT",
    "html": "FORMAT-HTML",
}
_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"

_EN16931: Final = "urn:cen.eu:en16931:2017"
_FACTURX: Final = re.compile(r"(?:factur-x\.eu:1p0|zugferd\.de:2p0):(minimum|basicwl|basic|extended)$")
_FACTURX_PROFILES: Final = {
    "minimum": Profile.MINIMUM,
    "basicwl": Profile.BASIC_WL,
    "basic": Profile.BASIC,
    "extended": Profile.EXTENDED,
}
_CIUS_MARKS: Final = {
    ":xrechnung": Cius.XRECHNUNG,
    "urn:fdc:peppol.eu:2017:poacc": Cius.PEPPOL_BIS_3,
    "efactura.mfinante.ro:cius-ro": Cius.CIUS_RO,
    "urn:fdc:nen.nl:nlcius": Cius.NLCIUS,
    "urn.cpro.gouv.fr:1p0:en16931-ctc-fr": Cius.CTC_FR,
}


def detect_xml(root: _Element) -> Detected:
    """Return the syntax, profile and CIUS of a document.

    Raises UnreadableError with a `FORMAT-…` code where the root element is not that of an invoice.
    """
    known = _INVOICES.get(str(root.tag))
    if known is None:
        raise _no_invoice(root)
    syntax, place = known
    specification = (root.findtext(place) or "").strip() or None
    return Detected(syntax, profile_of(specification), cius_of(specification), specification)


def profile_of(specification: str | None) -> Profile:
    """Return the profile that a specification identifier (BT-24) names.

    A CIUS, and an extension that we do not know, count as EN 16931: both keep its business rules.
    """
    text = (specification or "").strip().lower()
    facturx = _FACTURX.search(text)
    if facturx:
        return _FACTURX_PROFILES[facturx[1]]
    if text.endswith("urn.cpro.gouv.fr:1p0:extended-ctc-fr"):
        return Profile.EXTENDED_CTC_FR
    return Profile.EN16931 if text.startswith(_EN16931) else Profile.PLAIN


def cius_of(specification: str | None) -> Cius | None:
    """Return the CIUS that a specification identifier (BT-24) announces, or None for the core itself."""
    text = (specification or "").strip().lower()
    for mark, cius in _CIUS_MARKS.items():
        if mark in text:
            return cius
    is_foreign = "#compliant#" in text and profile_of(text) is Profile.EN16931
    return Cius.OTHER if is_foreign else None


def _no_invoice(root: _Element) -> UnreadableError:
    uri, _, local = str(root.tag).rpartition("}")
    namespace = uri[1:]
    line = line_of(root)
    if local in _OTHERS:
        return unreadable(_OTHERS[local], line=line, found=local)
    if local == "CrossIndustryInvoice" and namespace.startswith("urn:un:unece:uncefact:"):
        return unreadable("FORMAT-CII-VERSION", line=line, found=namespace, expected=NAMESPACES["rsm"])
    if namespace.startswith(_UBL):
        return unreadable("FORMAT-UBL-OTHER", line=line, found=local)
    if local in {"CrossIndustryInvoice", "Invoice", "CreditNote"}:
        return unreadable("FORMAT-NAMESPACE", line=line, found=local, expected=_expected_namespace(local))
    return unreadable("FORMAT-UNKNOWN", line=line, found=excerpt(local))


def _expected_namespace(local: str) -> str:
    prefix = {"CrossIndustryInvoice": "rsm", "Invoice": "inv", "CreditNote": "cn"}[local]
    return NAMESPACES[prefix]
