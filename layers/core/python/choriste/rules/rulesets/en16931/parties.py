"""Rules on the parties, the delivery and the payment that no plain kind expresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from choriste.rules.engine.facts import code_list, code_text
from choriste.rules.engine.rule import BROKEN, Broken, Check, Watch
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import only
from choriste.rules.rulesets.en16931.register import REGISTER
from choriste.rules.rulesets.en16931.totals import ubl_is_vat

_SHOWN_DIGITS: Final = 10
_SELLER: Final = ("..", "..", "ApplicableHeaderTradeAgreement", "SellerTradeParty")


def values(nodes: Iterable[Node]) -> set[str]:
    """Return the raw values of nodes."""
    return {n.raw for n in nodes}


def _electronic_address(party: str) -> Check:
    path = ("SupplyChainTradeTransaction", "ApplicableHeaderTradeAgreement", party)

    def check(node: Node, _: Document) -> Broken | None:
        parties = node.find(path)
        addresses = [n for p in parties for n in p.children("URIUniversalCommunication")]
        firsts = [n for p in parties for n in p.children("URIUniversalCommunication")[:1]]
        schemes = [s for a in firsts for n in a.children("URIID") if (s := n.get("schemeID")) is not None]
        if not addresses or (schemes and schemes[0].strip()):
            return None
        return Broken(addresses[0], addresses[0].text)

    return check


for _rule, _party in (("BR-62", "SellerTradeParty"), ("BR-63", "BuyerTradeParty")):
    _path = ("SupplyChainTradeTransaction", "ApplicableHeaderTradeAgreement", _party)
    REGISTER.add(
        _rule,
        _electronic_address(_party),
        syntax=CII,
        watch=Watch(given=((*_path, "URIUniversalCommunication"),)),
    )


@REGISTER.rule("BR-17", syntax=CII)
def _payee(node: Node, _: Document) -> Broken | None:
    seller = node.find(_SELLER)
    shared = [
        p for p in (("Name",), ("ID",), ("SpecifiedLegalOrganization", "ID")) if _meets(node, seller, p)
    ]
    return BROKEN if not node.has("Name") or shared else None


def _meets(party: Node, others: Sequence[Node], path: tuple[str, ...]) -> bool:
    return bool(values(party.find(path)) & values(n for other in others for n in other.find(path)))


@REGISTER.rule("BR-17", syntax=UBL)
def _payee_ubl(node: Node, _: Document) -> Broken | None:
    seller = node.find(("..", "AccountingSupplierParty", "Party"))
    name, identifier = ("PartyName", "Name"), ("PartyIdentification", "ID")
    shared = _meets(node, seller, name) or _meets(node, seller, identifier)
    return BROKEN if shared or not node.find(name) else None


@REGISTER.rule("BR-CO-26", syntax=CII)
def _seller_identified(node: Node, _: Document) -> Broken | None:
    numbers = node.find(("SpecifiedTaxRegistration", "ID"))
    vat = any(n.get("schemeID") == "VA" for n in numbers)
    legal = node.find(("SpecifiedLegalOrganization", "ID"))
    return None if vat or legal or node.has("ID", "GlobalID") else BROKEN


@REGISTER.rule("BR-CO-26", syntax=UBL)
def _seller_identified_ubl(node: Node, _: Document) -> Broken | None:
    for party in node.children("Party"):
        vat = any(ubl_is_vat(s) and s.has("CompanyID") for s in party.children("PartyTaxScheme"))
        ids = [n for n in party.find(("PartyIdentification", "ID")) if n.get("schemeID") != "SEPA"]
        if vat or ids or party.find(("PartyLegalEntity", "CompanyID")):
            return None
    return BROKEN


@REGISTER.rule("BR-56", syntax=CII)
def _representative_vat(node: Node, _: Document) -> Broken | None:
    numbers = node.find(("SpecifiedTaxRegistration", "ID"))
    number = only([n for n in numbers if n.get("schemeID") == "VA"])
    return None if number is not None and number.text else BROKEN


@REGISTER.rule("BR-56", syntax=UBL)
def _representative_vat_ubl(node: Node, _: Document) -> Broken | None:
    schemes = node.children("PartyTaxScheme")
    return None if any(ubl_is_vat(s) and s.has("CompanyID") for s in schemes) else BROKEN


def _has_country(value: str) -> bool:
    return value[:2] in code_list("en16931-cii/BR-CO-09/0")


@REGISTER.rule("BR-CO-09", syntax=CII, watch=Watch(test=_has_country))
def _vat_prefix(node: Node, _: Document) -> Broken | None:
    return None if _has_country(node.raw) else Broken(node, node.raw, "ISO 3166-1")


@REGISTER.rule("BR-CO-09", syntax=UBL)
def _vat_prefix_ubl(node: Node, _: Document) -> Broken | None:
    numbers = node.children("CompanyID")
    only(numbers)
    prefix = numbers[0].raw[:2] if numbers else ""
    codes = f" {code_text('en16931-ubl/BR-CO-09/0')} "
    return None if prefix in codes else Broken(numbers[0], numbers[0].raw, "ISO 3166-1")


@REGISTER.rule("BR-57", syntax=CII, watch=Watch(given=(("ShipToTradeParty", "PostalTradeAddress"),)))
def _delivery_country(node: Node, _: Document) -> Broken | None:
    addresses = node.find(("ShipToTradeParty", "PostalTradeAddress"))
    countries = [n for a in addresses for n in a.children("CountryID")]
    return Broken(addresses[0]) if addresses and not (countries and countries[0].text) else None


@REGISTER.rule("BR-51", syntax=CII)
def _card_number(node: Node, _: Document) -> Broken | None:
    found = node.children("ID")
    return Broken(found[0], expected="≤ 10") if found and len(found[0].text) > _SHOWN_DIGITS else None


@REGISTER.rule("BR-51", syntax=UBL)
def _card_number_ubl(node: Node, _: Document) -> Broken | None:
    return Broken(node, expected="≤ 10") if len(node.text) > _SHOWN_DIGITS else None


@REGISTER.rule("BR-50", syntax=CII)
def _account(node: Node, _: Document) -> Broken | None:
    accounts = (only(node.children(name)) for name in ("IBANID", "ProprietaryID"))
    return None if any(n is not None and n.text for n in accounts) else BROKEN


@REGISTER.rule("BR-61", syntax=UBL)
def _account_ubl(node: Node, _: Document) -> Broken | None:
    codes = node.children("PaymentMeansCode")
    transfer = bool(codes) and codes[0].text in {"30", "58"}
    return BROKEN if transfer and not node.find(("PayeeFinancialAccount", "ID")) else None
