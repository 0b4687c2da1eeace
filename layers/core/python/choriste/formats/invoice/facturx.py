"""The data of a Factur-X: the CII of an invoice under the guideline (BT-24) of a Factur-X profile.

Factur-X knows five profiles, each with its own identifier (Factur-X 1.08, section 7.2). A CIUS, such as
XRechnung or Peppol BIS, restricts EN 16931: its invoices are EN 16931 invoices, and inside a Factur-X they
say so. An identifier that Factur-X does not know would make readers take the file for plain CII.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from xml.parsers import expat

from choriste.domain.invoice.model import Invoice, Party, VatBreakdown
from choriste.domain.invoice.reading import Reading, Syntax
from choriste.formats.detect import Profile
from choriste.formats.invoice.cii import CORE_SPECIFICATION, write_cii
from choriste.formats.xml.names import NAMESPACES

_EXTENDED: Final = f"{CORE_SPECIFICATION}#conformant#urn:factur-x.eu:1p0:extended"
_IDENTIFIERS: Final[dict[str, str]] = {
    Profile.MINIMUM: "urn:factur-x.eu:1p0:minimum",
    Profile.BASIC_WL: "urn:factur-x.eu:1p0:basicwl",
    Profile.BASIC: f"{CORE_SPECIFICATION}#compliant#urn:factur-x.eu:1p0:basic",
    Profile.EXTENDED: _EXTENDED,
    Profile.EXTENDED_CTC_FR: _EXTENDED,
}
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_PIECE: Final = 1 << 14
_CII: Final = frozenset({Syntax.CII, Syntax.FACTURX})
_GUIDELINE: Final = (
    f"{NAMESPACES['rsm']} CrossIndustryInvoice",
    f"{NAMESPACES['rsm']} ExchangedDocumentContext",
    f"{NAMESPACES['ram']} GuidelineSpecifiedDocumentContextParameter",
    f"{NAMESPACES['ram']} ID",
)


def facturx_specification(profile: str | None) -> str:
    """Return the identifier (BT-24) under which Factur-X knows a profile; that of EN 16931 for any other."""
    return _IDENTIFIERS.get(profile or "", CORE_SPECIFICATION)


def facturx_data(reading: Reading) -> bytes:
    """Return the CII that goes into the Factur-X of an invoice.

    Data that are CII keep every byte but those of an identifier that Factur-X does not know; data in
    another syntax are converted. Raises ValueError for text that XML cannot carry.
    """
    if reading.syntax in _CII:
        wanted = facturx_specification(reading.profile)
        same = reading.invoice.specification == wanted
        written = reading.xml if same else with_guideline(reading.xml, wanted)
        if written is not None:
            return written
    return converted_data(reading)


def converted_data(reading: Reading) -> bytes:
    """Return the CII of an invoice written anew: what its Factur-X profile has room for, and nothing else.

    It loses the terms that our model does not hold, so the file itself belongs beside it. Raises ValueError
    for text that XML cannot carry.
    """
    return write_cii(as_facturx_asks(reading.invoice), specification=facturx_specification(reading.profile))


def as_facturx_asks(invoice: Invoice) -> Invoice:
    """Return an invoice that breaks no rule of Factur-X which UBL or plain CII do not have.

    Its code list of exemptions is in capitals; a VAT currency (BT-6) that is the invoice's own needs a
    second total; a VAT number without a country is a local number (BT-32).
    """
    own = invoice.vat_currency == invoice.currency
    totals = invoice.totals
    if own and totals is not None:
        totals = replace(totals, vat_in_accounting_currency=None)
    return replace(
        invoice,
        vat_currency=None if own else invoice.vat_currency,
        totals=totals,
        seller=_locally_registered(invoice.seller),
        vat_breakdown=tuple(_in_capitals(part) for part in invoice.vat_breakdown),
    )


def _in_capitals(part: VatBreakdown) -> VatBreakdown:
    code = part.exemption_code
    return part if code is None else replace(part, exemption_code=code.upper())


def _locally_registered(seller: Party | None) -> Party | None:
    if seller is None or seller.vat_number is None or seller.tax_registration is not None:
        return seller
    if _COUNTRY.match(seller.vat_number):
        return seller
    return replace(seller, vat_number=None, tax_registration=seller.vat_number)


def with_guideline(cii: bytes, identifier: str) -> bytes | None:
    """Return a CII document with another guideline identifier (BT-24), every other byte as it was.

    None where it has none, or where its bytes are in an encoding that has to be converted anyway.
    """
    place = _Guideline().found_in(cii)
    if place is None:
        return None
    begin, end = place
    return cii[:begin] + identifier.encode(_encoding(cii)) + cii[end:]


class _Guideline:
    """Finds the bytes between the tags of the guideline's identifier."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._content
        self._parser.StartCdataSectionHandler = self._content
        self._parser.CommentHandler = self._content
        self._path: list[str] = []
        self._begin: int | None = None
        self._last: int | None = None

    def found_in(self, cii: bytes) -> tuple[int, int] | None:
        """Return where the text begins and where it ends; the rest of the document is not read."""
        try:
            for start in range(0, len(cii), _PIECE):
                self._parser.Parse(cii[start : start + _PIECE])
                if self._last is not None:
                    break
        except expat.ExpatError:
            return None
        return (self._begin, self._last) if self._begin is not None and self._last is not None else None

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append(name)

    def _content(self, _text: str = "") -> None:
        if self._begin is None and tuple(self._path) == _GUIDELINE:
            self._begin = self._parser.CurrentByteIndex

    def _end(self, _name: str) -> None:
        if self._begin is not None and self._last is None and tuple(self._path) == _GUIDELINE:
            self._last = self._parser.CurrentByteIndex
        self._path.pop()


def _encoding(xml: bytes) -> str:
    """Return how ASCII text is written in a document that expat reads: in one byte, or in two."""
    if xml.startswith((b"\xff\xfe", b"<\x00")):
        return "utf-16-le"
    return "utf-16-be" if xml.startswith((b"\xfe\xff", b"\x00<")) else "ascii"
