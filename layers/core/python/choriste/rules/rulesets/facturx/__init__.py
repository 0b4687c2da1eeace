"""The predicates of the Factur-X profiles that are worded otherwise than in EN 16931.

Contains facts of the artefacts of FNFE-MPE, Apache-2.0, provided AS IS.
"""

from __future__ import annotations

from typing import Final

from choriste.rules.engine.predicates import Register
from choriste.rules.engine.rule import BROKEN, Broken, Check
from choriste.rules.engine.syntax import CII
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import double_cents, double_of, double_sum, only
from choriste.rules.rulesets.bindings import settlement
from choriste.rules.rulesets.en16931.register import REGISTER as EN16931
from choriste.rules.rulesets.en16931.totals import differs, total
from choriste.rules.rulesets.en16931.vat import FAMILIES
from choriste.rules.rulesets.en16931.vat_sums import expected_base

REGISTER: Final = Register()

_base_of_rate = EN16931.find("BR-S-08", CII)
if _base_of_rate is not None:
    REGISTER.add("BR-S-08", _base_of_rate.check, syntax=CII)


@REGISTER.rule("BR-03", syntax=CII)
def _issue_date(node: Node, _: Document) -> Broken | None:
    """Any date in format 102 will do, blanks included, where EN 16931 folds the only one."""
    dates = node.find(("ExchangedDocument", "IssueDateTime", "DateTimeString"))
    if any(n.get("format") == "102" and n.raw != "" for n in dates):
        return None
    return Broken(dates[0] if dates else None, dates[0].raw if dates else None)


@REGISTER.rule("BR-56", syntax=CII)
def _representative_vat(node: Node, _: Document) -> Broken | None:
    numbers = node.find(("SpecifiedTaxRegistration", "ID"))
    return None if any(n.get("schemeID") == "VA" and n.raw != "" for n in numbers) else BROKEN


@REGISTER.rule("BR-57", syntax=CII)
def _delivery_country(node: Node, _: Document) -> Broken | None:
    addresses = node.find(("ShipToTradeParty", "PostalTradeAddress"))
    countries = [n for a in addresses for n in a.children("CountryID")]
    return Broken(addresses[0]) if addresses and not any(n.raw != "" for n in countries) else None


def _is_german(party: Node) -> bool:
    return any(n.text.upper() == "DE" for n in party.find(("PostalTradeAddress", "CountryID")))


@REGISTER.rule("BR-FX-EN-04", syntax=CII)
def _delivery_is_dated(node: Node, _: Document) -> Broken | None:
    """Between German parties, an invoice that is no deposit (386) says when it was delivered."""
    agreement, settled = "ApplicableHeaderTradeAgreement", "ApplicableHeaderTradeSettlement"
    sellers = [*node.find((agreement, "SellerTradeParty")), *node.find((settled, "InvoicerTradeParty"))]
    buyers = [*node.find((agreement, "BuyerTradeParty")), *node.find((settled, "InvoiceeTradeParty"))]
    types = node.find(("..", "ExchangedDocument", "TypeCode"))
    concerned = any(map(_is_german, sellers)) and any(map(_is_german, buyers))
    if not concerned or not any(n.raw != "386" for n in types) or _is_dated(node):
        return None
    delivery = node.children("ApplicableHeaderTradeDelivery")
    named = any(d.raw.strip() for d in delivery)
    return None if named and _has_period(node) else BROKEN


def _is_dated(node: Node) -> bool:
    event = ("ApplicableHeaderTradeDelivery", "ActualDeliverySupplyChainEvent", "OccurrenceDateTime")
    return bool(node.find(event))


def _has_period(node: Node) -> bool:
    lines = node.children("IncludedSupplyChainTradeLineItem")
    of_line = ("SpecifiedLineTradeSettlement", "BillingSpecifiedPeriod")
    whole = node.find(("ApplicableHeaderTradeSettlement", "BillingSpecifiedPeriod"))
    return bool(whole) or all(line.find(of_line) for line in lines)


def _with_scheme(group: str, code: tuple[str, ...], attribute: str) -> Check:
    """Make a check: where a product has such a group, some code in it tells its list."""

    def check(node: Node, _: Document) -> Broken | None:
        groups = node.find(("SpecifiedTradeProduct", group))
        codes = [n for g in groups for n in (g.find(code) if code else (g,))]
        if not groups or any(n.get(attribute) for n in codes):
            return None
        return Broken(codes[0], codes[0].raw) if codes else Broken(groups[0])

    return check


REGISTER.add("BR-64", _with_scheme("GlobalID", (), "schemeID"), syntax=CII)
REGISTER.add("BR-65", _with_scheme("DesignatedProductClassification", ("ClassCode",), "listID"), syntax=CII)


@REGISTER.rule("BR-48", syntax=CII)
def _rate(node: Node, _: Document) -> Broken | None:
    outside = any(n.raw == "O" for n in node.children("CategoryCode"))
    return None if outside or node.has("RateApplicablePercent") else BROKEN


@REGISTER.rule("BR-CO-03", syntax=CII)
def _one_tax_point(node: Node, _: Document) -> Broken | None:
    return BROKEN if node.has("TaxPointDate") and node.has("DueDateTypeCode") else None


@REGISTER.rule("BR-17", syntax=CII)
def _payee_name(node: Node, _: Document) -> Broken | None:
    return None if node.has("Name") else BROKEN


@REGISTER.rule("CII-SR-470", "BR-CO-27", syntax=CII)
def _one_account(node: Node, _: Document) -> Broken | None:
    accounts = node.children("PayeePartyCreditorFinancialAccount")
    kinds = {k for a in accounts for k in ("IBANID", "ProprietaryID") if a.has(k)}
    return None if len(kinds) == 1 else Broken(found=" + ".join(sorted(kinds)) or None)


def _amounts(doc: Document, indicator: str) -> tuple[bool, float]:
    groups = [
        g
        for g in settlement(doc, "SpecifiedTradeAllowanceCharge")
        if any(n.raw == indicator for n in g.find(("ChargeIndicator", "Indicator")))
    ]
    amounts = [n for g in groups for n in g.children("ActualAmount")]
    return bool(groups), double_cents(double_sum(double_of(n) for n in amounts))


@REGISTER.rule("BR-CO-11", syntax=CII)
def _allowance_total(node: Node, doc: Document) -> Broken | None:
    used, expected = _amounts(doc, "false")
    stated = total(node, doc, "BT-107")
    if stated is None:
        return BROKEN if used else None
    found = double_of(stated)
    return None if found == expected else differs(stated, found, "Σ BT-92", expected)


@REGISTER.rule("BR-CO-12", syntax=CII)
def _charge_total(node: Node, doc: Document) -> Broken | None:
    """The charges total takes in the logistics service charges of the extended profiles."""
    used, charges = _amounts(doc, "true")
    stated = total(node, doc, "BT-108")
    if stated is None:
        return BROKEN if used else None
    logistics = [double_of(n) for n in settlement(doc, "SpecifiedLogisticsServiceCharge", "AppliedAmount")]
    expected = double_cents(charges + double_cents(double_sum(logistics)))
    only(settlement(doc, "SpecifiedTradeSettlementHeaderMonetarySummation", "ChargeTotalAmount"))
    found = double_of(stated)
    return None if double_cents(found) == expected else differs(stated, found, "Σ BT-99", expected)


def _base(family: str) -> Check:
    """The base of a category may be less than one unit under its sum, and a whole one over it."""

    def check(node: Node, doc: Document) -> Broken | None:
        group = node.up
        base = only(group.children("BasisAmount") if group else ())
        expected, formula = expected_base(doc, FAMILIES[family])
        if base is None:
            return BROKEN
        if double_of(base) - 1 <= float(expected) < double_of(base) + 1:
            return None
        return differs(base, double_of(base), formula, expected)

    return check


for _family in ("Z", "E", "AE", "IC", "G"):
    REGISTER.add(f"BR-{_family}-08", _base(_family), syntax=CII)
