"""CII-SR and CII-DT: the syntax rules of CII that are not plain forbidden paths or counts."""

from __future__ import annotations

import re
from typing import Final

from choriste.rules.engine.rule import Broken, Check, Watch
from choriste.rules.engine.syntax import CII
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import boolean_of
from choriste.rules.engine.watches import is_given
from choriste.rules.rulesets.en16931.register import REGISTER

_DATE_102: Final = re.compile(r"\s*[0-9]{4}(1[0-2]|0[1-9])(3[01]|[12][0-9]|0[1-9])\s*\Z")
_BILLED: Final = (
    "CrossIndustryInvoice",
    "SupplyChainTradeTransaction",
    "IncludedSupplyChainTradeLineItem",
    "SpecifiedLineTradeDelivery",
    "BilledQuantity",
)
_TRANSFERS: Final = frozenset({"30", "58"})


@REGISTER.rule("CII-SR-046", syntax=CII, watch=Watch(at=("GlobalID", "@schemeID"), test=is_given))
def _item_scheme(node: Node, _: Document) -> Broken | None:
    found = node.children("GlobalID")
    return Broken(found[0]) if found and all(n.get("schemeID") is None for n in found) else None


@REGISTER.rule("CII-SR-090", syntax=CII, watch=Watch(given=(("OriginTradeCountry",),)))
def _origin(node: Node, _: Document) -> Broken | None:
    countries = node.children("OriginTradeCountry")
    count = sum(len(n.children("ID")) for n in countries)
    return Broken(countries[0], str(count), "1") if countries and count != 1 else None


_DISCOUNT: Final = ("GrossPriceProductTradePrice", "AppliedTradeAllowanceCharge")


_IS_DISCOUNT: Final = frozenset({"false", "0"}).__contains__


@REGISTER.rule(
    "CII-SR-119",
    syntax=CII,
    watch=Watch(
        where=_DISCOUNT,
        needs=(("ChargeIndicator", "Indicator"), ("ActualAmount",)),
        at=(*_DISCOUNT, "ChargeIndicator", "Indicator"),
        test=_IS_DISCOUNT,
    ),
)
def _price_discount(node: Node, _: Document) -> Broken | None:
    discounts = node.find(_DISCOUNT)
    indicators = [n for d in discounts for n in d.children("ChargeIndicator")]
    amounts = [n for d in discounts for n in d.children("ActualAmount")]
    values = [n for i in indicators for n in i.children("Indicator")]
    given = any(not boolean_of(n) for n in values) and amounts
    return None if given or not (indicators or amounts) else Broken(discounts[0])


def _one_in_supporting_documents(name: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        found: list[Node] = []
        for document in node.children("AdditionalReferencedDocument"):
            codes = document.children("TypeCode")
            found += document.children(name) if codes and codes[0].text == "916" else ()
        return Broken(found[1], str(len(found)), "≤ 1") if len(found) > 1 else None

    return check


for _rule, _name in (("CII-SR-475", "Name"), ("CII-SR-476", "AttachmentBinaryObject")):
    REGISTER.add(
        _rule,
        _one_in_supporting_documents(_name),
        syntax=CII,
        watch=Watch(given=(("AdditionalReferencedDocument", _name),)),
    )


def _not_both(party: tuple[str, ...], first: tuple[str, ...], second: tuple[str, ...]) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        one, other = node.find((*party, *first)), node.find((*party, *second))
        return Broken(other[0]) if one and other else None

    return check


_IDENTIFIERS: Final = (("ID",), ("GlobalID",))
_CONTACT: Final = (("DefinedTradeContact", "PersonName"), ("DefinedTradeContact", "DepartmentName"))
for _rule, _party, (_first, _second) in (
    ("CII-SR-449", "ShipToTradeParty", _IDENTIFIERS),
    ("CII-SR-450", "BuyerTradeParty", _IDENTIFIERS),
    ("CII-SR-451", "PayeeTradeParty", _IDENTIFIERS),
    ("CII-SR-465", "SellerTradeParty", _CONTACT),
    ("CII-SR-466", "BuyerTradeParty", _CONTACT),
):
    REGISTER.add(
        _rule,
        _not_both((_party,), _first, _second),
        syntax=CII,
        watch=Watch(given=((_party, *_second),)),
    )


def _has_due_code(doc: Document) -> bool:
    return bool(doc.all("DueDateTypeCode"))


@REGISTER.rule("CII-SR-462", syntax=CII, gate=_has_due_code)
def _one_due_code(_: Node, doc: Document) -> Broken | None:
    codes = [n for t in doc.all("ApplicableTradeTax") for n in t.children("DueDateTypeCode")]
    different = sorted({n.raw for n in codes})
    return Broken(codes[1], " ".join(different)) if len(different) > 1 else None


@REGISTER.rule("CII-SR-470", syntax=CII)
def _transfer_accounts(node: Node, _: Document) -> Broken | None:
    for means in node.children("SpecifiedTradeSettlementPaymentMeans"):
        codes = means.children("TypeCode")
        accounts = means.children("PayeePartyCreditorFinancialAccount")
        known = any(a.has("IBANID", "ProprietaryID") for a in accounts)
        if codes and codes[0].text in _TRANSFERS and not known:
            return Broken(means)
    return None


def _all_the_same(name: str) -> Check:
    def check(_: Node, doc: Document) -> Broken | None:
        found = [n for m in doc.all("SpecifiedTradeSettlementPaymentMeans") for n in m.children(name)]
        other = [n for n in found if n.text != found[0].text]
        return Broken(other[0], other[0].text, found[0].text) if other else None

    return check


def _has_several_means(doc: Document) -> bool:
    return doc.count("SpecifiedTradeSettlementPaymentMeans") > 1


REGISTER.add("CII-SR-467", _all_the_same("TypeCode"), syntax=CII, gate=_has_several_means)
REGISTER.add("CII-SR-468", _all_the_same("Information"), syntax=CII, gate=_has_several_means)


def _only_on(name: str, holder: str, *codes: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        found = node.children(name)
        if not found:
            return None
        types = {n.raw for n in node.children("TypeCode")}
        allowed = node.state.name == holder and (not codes or not types.isdisjoint(codes))
        return None if allowed else Broken(found[0], found[0].raw)

    return check


_SUPPORTING: Final = "AdditionalReferencedDocument"
for _rule, _name, _holder, _codes in (
    ("CII-DT-015", "URIID", _SUPPORTING, ("916",)),
    ("CII-DT-018", "TypeCode", _SUPPORTING, ("50", "130", "916")),
    ("CII-DT-021", "Name", _SUPPORTING, ("916",)),
    ("CII-DT-022", "AttachmentBinaryObject", _SUPPORTING, ("916",)),
    ("CII-DT-024", "ReferenceTypeCode", _SUPPORTING, ("130",)),
    ("CII-DT-027", "FormattedIssueDateTime", "InvoiceReferencedDocument", ()),
    ("CII-DT-052", "ExemptionReasonCode", "ApplicableTradeTax", ()),
    ("CII-DT-098", "ExemptionReason", "ApplicableTradeTax", ()),
):
    REGISTER.add(_rule, _only_on(_name, _holder, *_codes), syntax=CII, watch=Watch(given=((_name,),)))


def _only_in_header(name: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        found = node.children(name)
        if not found or "ApplicableHeaderTradeSettlement" in node.state.path[:-1]:
            return None
        return Broken(found[0], found[0].raw)

    return check


for _rule, _name in (
    ("CII-DT-041", "BasisAmount"),
    ("CII-DT-054", "TaxPointDate"),
    ("CII-DT-058", "DueDateTypeCode"),
):
    REGISTER.add(_rule, _only_in_header(_name), syntax=CII, watch=Watch(given=((_name,),)))


def _not_billed_in_units(doc: Document) -> bool:
    return not any(
        n.get("unitCode") is not None and n.state.path == _BILLED for n in doc.all("BilledQuantity")
    )


@REGISTER.rule("CII-DT-033", syntax=CII, gate=_not_billed_in_units)
def _unit(node: Node, _: Document) -> Broken | None:
    unit = node.get("unitCode")
    return None if unit is None else Broken(node, unit)


_IS_VAT: Final = frozenset({"VAT"}).__contains__


@REGISTER.rule("CII-DT-037", syntax=CII, watch=Watch(at=("TypeCode",), test=_IS_VAT))
def _vat_only(node: Node, _: Document) -> Broken | None:
    types = node.children("TypeCode")
    if not types or any(n.raw == "VAT" for n in types):
        return None
    return Broken(types[0], types[0].raw, "VAT")


@REGISTER.rule("CII-DT-097", syntax=CII, watch=Watch(test=_DATE_102.match))
def _date(node: Node, _: Document) -> Broken | None:
    return None if _DATE_102.match(node.raw) else Broken(node, node.raw, "AAAAMMJJ / YYYYMMDD")
