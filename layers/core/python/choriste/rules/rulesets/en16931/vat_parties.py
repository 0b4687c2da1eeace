"""What the VAT categories ask of the parties: which of them must have which VAT identifier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from choriste.rules.engine.syntax import CII
from choriste.rules.engine.tree import Document, Node
from choriste.rules.rulesets.bindings import agreement
from choriste.rules.rulesets.en16931.totals import ubl_is_vat


def _registrations(parties: Iterable[Node], *schemes: str) -> bool:
    numbers = [n for p in parties for n in p.find(("SpecifiedTaxRegistration", "ID"))]
    return any(n.get("schemeID") in schemes for n in numbers)


def _seller_cii(doc: Document) -> bool:
    seller = agreement(doc, "SellerTradeParty")
    representative = agreement(doc, "SellerTaxRepresentativeTradeParty")
    return _registrations(seller, "VA", "FC") or _registrations(representative, "VA")


def _seller_vat_cii(doc: Document) -> bool:
    sellers = doc.all("SellerTradeParty") + doc.all("SellerTaxRepresentativeTradeParty")
    return _registrations(sellers, "VA")


def _buyer_vat_cii(doc: Document) -> bool:
    return _registrations(doc.all("BuyerTradeParty"), "VA")


def _both_for_reverse_charge_cii(doc: Document) -> bool:
    seller = _registrations(doc.all("SellerTradeParty"), "VA", "FC")
    seller = seller or _registrations(doc.all("SellerTaxRepresentativeTradeParty"), "VA")
    legal = any(n.find(("SpecifiedLegalOrganization", "ID")) for n in doc.all("BuyerTradeParty"))
    return seller and (_buyer_vat_cii(doc) or legal)


def _nobody_cii(doc: Document) -> bool:
    parties = agreement(doc, "SellerTradeParty") + agreement(doc, "SellerTaxRepresentativeTradeParty")
    return not _registrations(parties, "VA") and not _buyer_vat_cii(doc)


def _company(parties: list[Node], *, vat: bool) -> bool:
    schemes = [s for p in parties for s in p.children("PartyTaxScheme")]
    return any(s.has("CompanyID") and (not vat or ubl_is_vat(s)) for s in schemes)


def _parties(doc: Document, name: str) -> list[Node]:
    return [n for p in doc.all(name) for n in p.children("Party")]


def _seller_ubl(doc: Document) -> bool:
    seller = _company(_parties(doc, "AccountingSupplierParty"), vat=False)
    return seller or _company(doc.all("TaxRepresentativeParty"), vat=True)


def _seller_vat_ubl(doc: Document) -> bool:
    parties = _parties(doc, "AccountingSupplierParty") + doc.all("TaxRepresentativeParty")
    return _company(parties, vat=True)


def _buyer_vat_ubl(doc: Document) -> bool:
    return _company(_parties(doc, "AccountingCustomerParty"), vat=True)


def _both_for_reverse_charge_ubl(doc: Document) -> bool:
    buyers = _parties(doc, "AccountingCustomerParty")
    legal = any(n.find(("PartyLegalEntity", "CompanyID")) for n in buyers)
    return _seller_ubl(doc) and (_buyer_vat_ubl(doc) or legal)


def _nobody_ubl(doc: Document) -> bool:
    return not _seller_vat_ubl(doc) and not _buyer_vat_ubl(doc)


_Parties = Callable[[Document], bool]
_PARTIES: Final[Mapping[str, tuple[_Parties, _Parties]]] = {
    "AE": (_both_for_reverse_charge_cii, _both_for_reverse_charge_ubl),
    "IC": (
        lambda doc: _seller_vat_cii(doc) and _buyer_vat_cii(doc),
        lambda doc: _seller_vat_ubl(doc) and _buyer_vat_ubl(doc),
    ),
    "G": (_seller_vat_cii, _seller_vat_ubl),
    "O": (_nobody_cii, _nobody_ubl),
}


def parties_of(family: str, syntax: str) -> Callable[[Document], bool]:
    """Return the test of the parties that a VAT family asks for, in a syntax."""
    cii, ubl = _PARTIES.get(family, (_seller_cii, _seller_ubl))
    return cii if syntax == CII else ubl
