"""CII-SR and CII-DT: the syntax rules of CII that are not plain forbidden paths or counts."""

from __future__ import annotations

import re
from typing import Final

from choriste.rules.engine.rule import Broken, Check
from choriste.rules.engine.syntax import CII
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import boolean_of
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


@REGISTER.rule("CII-SR-046", syntax=CII)
def _item_scheme(node: Node, _: Document) -> Broken | None:
    found = node.kids.get("GlobalID", ())
    return Broken(found[0]) if found and all(n.get("schemeID") is None for n in found) else None


@REGISTER.rule("CII-SR-090", syntax=CII)
def _origin(node: Node, _: Document) -> Broken | None:
    countries = node.kids.get("OriginTradeCountry", ())
    count = sum(len(n.kids.get("ID", ())) for n in countries)
    return Broken(countries[0], str(count), "1") if countries and count != 1 else None


@REGISTER.rule("CII-SR-119", syntax=CII)
def _price_discount(node: Node, _: Document) -> Broken | None:
    discounts = node.find(("GrossPriceProductTradePrice", "AppliedTradeAllowanceCharge"))
    indicators = [n for d in discounts for n in d.kids.get("ChargeIndicator", ())]
    amounts = [n for d in discounts for n in d.kids.get("ActualAmount", ())]
    values = [n for i in indicators for n in i.kids.get("Indicator", ())]
    given = any(not boolean_of(n) for n in values) and amounts
    return None if given or not (indicators or amounts) else Broken(discounts[0])


def _one_in_supporting_documents(name: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        found: list[Node] = []
        for document in node.kids.get("AdditionalReferencedDocument", ()):
            codes = document.kids.get("TypeCode", ())
            found += document.kids.get(name, ()) if codes and codes[0].text == "916" else ()
        return Broken(found[1], str(len(found)), "≤ 1") if len(found) > 1 else None

    return check


for _rule, _name in (("CII-SR-475", "Name"), ("CII-SR-476", "AttachmentBinaryObject")):
    REGISTER.add(_rule, _one_in_supporting_documents(_name), syntax=CII)


def _not_both(party: tuple[str, ...], first: tuple[str, ...], second: tuple[str, ...]) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        one, other = node.find((*party, *first)), node.find((*party, *second))
        return Broken(other[0]) if one and other else None

    return check


_CONTACT: Final = (("DefinedTradeContact", "PersonName"), ("DefinedTradeContact", "DepartmentName"))
REGISTER.add("CII-SR-449", _not_both(("ShipToTradeParty",), ("ID",), ("GlobalID",)), syntax=CII)
REGISTER.add("CII-SR-450", _not_both(("BuyerTradeParty",), ("ID",), ("GlobalID",)), syntax=CII)
REGISTER.add("CII-SR-451", _not_both(("PayeeTradeParty",), ("ID",), ("GlobalID",)), syntax=CII)
REGISTER.add("CII-SR-465", _not_both(("SellerTradeParty",), *_CONTACT), syntax=CII)
REGISTER.add("CII-SR-466", _not_both(("BuyerTradeParty",), *_CONTACT), syntax=CII)


@REGISTER.rule("CII-SR-462", syntax=CII)
def _one_due_code(_: Node, doc: Document) -> Broken | None:
    codes = [n for t in doc.all("ApplicableTradeTax") for n in t.kids.get("DueDateTypeCode", ())]
    different = sorted({n.raw for n in codes})
    return Broken(codes[1], " ".join(different)) if len(different) > 1 else None


@REGISTER.rule("CII-SR-470", syntax=CII)
def _transfer_accounts(node: Node, _: Document) -> Broken | None:
    for means in node.kids.get("SpecifiedTradeSettlementPaymentMeans", ()):
        codes = means.kids.get("TypeCode", ())
        accounts = means.kids.get("PayeePartyCreditorFinancialAccount", ())
        known = any(a.kids.keys() & {"IBANID", "ProprietaryID"} for a in accounts)
        if codes and codes[0].text in _TRANSFERS and not known:
            return Broken(means)
    return None


def _all_the_same(name: str) -> Check:
    def check(_: Node, doc: Document) -> Broken | None:
        found = [n for m in doc.all("SpecifiedTradeSettlementPaymentMeans") for n in m.kids.get(name, ())]
        other = [n for n in found if n.text != found[0].text]
        return Broken(other[0], other[0].text, found[0].text) if other else None

    return check


REGISTER.add("CII-SR-467", _all_the_same("TypeCode"), syntax=CII)
REGISTER.add("CII-SR-468", _all_the_same("Information"), syntax=CII)


def _only_on(name: str, holder: str, *codes: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        found = node.kids.get(name)
        if not found:
            return None
        types = {n.raw for n in node.kids.get("TypeCode", ())}
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
    REGISTER.add(_rule, _only_on(_name, _holder, *_codes), syntax=CII)


def _only_in_header(name: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        found = node.kids.get(name)
        if not found or "ApplicableHeaderTradeSettlement" in node.state.path[:-1]:
            return None
        return Broken(found[0], found[0].raw)

    return check


REGISTER.add("CII-DT-041", _only_in_header("BasisAmount"), syntax=CII)
REGISTER.add("CII-DT-054", _only_in_header("TaxPointDate"), syntax=CII)
REGISTER.add("CII-DT-058", _only_in_header("DueDateTypeCode"), syntax=CII)


def _billed_in_units(doc: Document) -> bool:
    return any(n.get("unitCode") is not None and n.state.path == _BILLED for n in doc.all("BilledQuantity"))


@REGISTER.rule("CII-DT-033", syntax=CII)
def _unit(node: Node, doc: Document) -> Broken | None:
    if doc.once(_billed_in_units) or node.get("unitCode") is None:
        return None
    return Broken(node, node.get("unitCode"))


@REGISTER.rule("CII-DT-037", syntax=CII)
def _vat_only(node: Node, _: Document) -> Broken | None:
    types = node.kids.get("TypeCode")
    if not types or any(n.raw == "VAT" for n in types):
        return None
    return Broken(types[0], types[0].raw, "VAT")


@REGISTER.rule("CII-DT-097", syntax=CII)
def _date(node: Node, _: Document) -> Broken | None:
    return None if _DATE_102.match(node.raw) else Broken(node, node.raw, "AAAAMMJJ / YYYYMMDD")
