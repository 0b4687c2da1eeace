"""Rules on lines, items and prices that no plain kind expresses."""

from __future__ import annotations

from collections.abc import Sequence

from choriste.rules.engine.paths import reader
from choriste.rules.engine.rule import BROKEN, Broken, Check
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import double_of, is_unsigned
from choriste.rules.rulesets.en16931.register import REGISTER
from choriste.rules.rulesets.en16931.totals import ubl_is_vat

_AGREEMENT = "SpecifiedLineTradeAgreement"


def _not_negative(path: str, *, optional: bool) -> Check:
    read = reader(path)

    def check(node: Node, _: Document) -> Broken | None:
        prices = read(node)
        if any(is_unsigned(n) or double_of(n) >= 0 for n in prices) or (optional and not prices):
            return None
        return Broken(prices[0], prices[0].raw, "≥ 0") if prices else BROKEN

    return check


def _net(syntax: str) -> str:
    return f"{_AGREEMENT}/NetPriceProductTradePrice/ChargeAmount" if syntax == CII else "Price/PriceAmount"


def _gross(syntax: str) -> str:
    cii = f"{_AGREEMENT}/GrossPriceProductTradePrice/ChargeAmount"
    return cii if syntax == CII else "Price/AllowanceCharge/BaseAmount"


for _syntax in (CII, UBL):
    REGISTER.add("BR-27", _not_negative(_net(_syntax), optional=False), syntax=_syntax)
    REGISTER.add("BR-28", _not_negative(_gross(_syntax), optional=True), syntax=_syntax)


@REGISTER.rule("BR-CO-04", syntax=CII)
def _line_category(node: Node, _: Document) -> Broken | None:
    for tax in node.find(("SpecifiedLineTradeSettlement", "ApplicableTradeTax")):
        if "CategoryCode" in tax.kids and any(n.raw.upper() == "VAT" for n in tax.kids.get("TypeCode", ())):
            return None
    return BROKEN


@REGISTER.rule("BR-CO-04", syntax=UBL)
def _line_category_ubl(node: Node, _: Document) -> Broken | None:
    taxes = node.find(("Item", "ClassifiedTaxCategory"))
    return None if any("ID" in tax.kids and ubl_is_vat(tax) for tax in taxes) else BROKEN


def scheme_where_given(*path: str, attribute: str) -> Check:
    """Make a check: where the element is given, the first such attribute must not be blank."""

    def check(node: Node, _: Document) -> Broken | None:
        found = node.find(path)
        values = [v for n in found if (v := n.get(attribute)) is not None]
        return Broken(found[0], found[0].raw) if found and not (values and values[0].strip()) else None

    return check


REGISTER.add(
    "BR-64", scheme_where_given("SpecifiedTradeProduct", "GlobalID", attribute="schemeID"), syntax=CII
)
REGISTER.add("BR-65", scheme_where_given("ClassCode", attribute="listID"), syntax=CII)


def both(*names: str) -> Check:
    """Make a check: every one of these children is there."""

    def check(node: Node, _: Document) -> Broken | None:
        missing: Sequence[str] = [n for n in names if n not in node.kids]
        return Broken(expected=" + ".join(missing)) if missing else None

    return check


REGISTER.add("BR-54", both("Description", "Value"), syntax=CII)
REGISTER.add("BR-54", both("Name", "Value"), syntax=UBL)
