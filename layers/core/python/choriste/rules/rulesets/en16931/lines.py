"""Rules on lines, items and prices that no plain kind expresses."""

from __future__ import annotations

from collections.abc import Sequence

from choriste.rules.engine.paths import reader
from choriste.rules.engine.rule import BROKEN, Broken, Check, Names, Watch
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node
from choriste.rules.engine.values import double_of, is_plain, is_unsigned
from choriste.rules.engine.watches import is_filled
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


_PRICES: dict[str, tuple[Names, Names]] = {
    CII: (
        (_AGREEMENT, "NetPriceProductTradePrice", "ChargeAmount"),
        (_AGREEMENT, "GrossPriceProductTradePrice", "ChargeAmount"),
    ),
    UBL: (("Price", "PriceAmount"), ("Price", "AllowanceCharge", "BaseAmount")),
}
for _syntax, (_net, _gross) in _PRICES.items():
    REGISTER.add(
        "BR-27",
        _not_negative("/".join(_net), optional=False),
        syntax=_syntax,
        watch=Watch(needs=(_net,), at=_net, test=is_plain),
    )
    REGISTER.add(
        "BR-28",
        _not_negative("/".join(_gross), optional=True),
        syntax=_syntax,
        watch=Watch(at=_gross, test=is_plain),
    )
_IS_VAT = frozenset({"VAT"}).__contains__
_TAX = ("SpecifiedLineTradeSettlement", "ApplicableTradeTax")
_CATEGORY = ("Item", "ClassifiedTaxCategory")
_SCHEME = (*_CATEGORY, "TaxScheme", "ID")


@REGISTER.rule(
    "BR-CO-04",
    syntax=CII,
    watch=Watch(needs=((*_TAX, "CategoryCode"), (*_TAX, "TypeCode")), at=(*_TAX, "TypeCode"), test=_IS_VAT),
)
def _line_category(node: Node, _: Document) -> Broken | None:
    for tax in node.find(("SpecifiedLineTradeSettlement", "ApplicableTradeTax")):
        if tax.has("CategoryCode") and any(n.raw.upper() == "VAT" for n in tax.children("TypeCode")):
            return None
    return BROKEN


@REGISTER.rule(
    "BR-CO-04",
    syntax=UBL,
    watch=Watch(needs=((*_CATEGORY, "ID"), _SCHEME), once=_SCHEME, at=_SCHEME, test=_IS_VAT),
)
def _line_category_ubl(node: Node, _: Document) -> Broken | None:
    taxes = node.find(("Item", "ClassifiedTaxCategory"))
    return None if any(tax.has("ID") and ubl_is_vat(tax) for tax in taxes) else BROKEN


def scheme_where_given(*path: str, attribute: str) -> Check:
    """Make a check: where the element is given, the first such attribute must not be blank."""

    def check(node: Node, _: Document) -> Broken | None:
        found = node.find(path)
        values = [v for n in found if (v := n.get(attribute)) is not None]
        return Broken(found[0], found[0].raw) if found and not (values and values[0].strip()) else None

    return check


REGISTER.add(
    "BR-64",
    scheme_where_given("SpecifiedTradeProduct", "GlobalID", attribute="schemeID"),
    syntax=CII,
    watch=Watch(at=("SpecifiedTradeProduct", "GlobalID", "@schemeID"), test=is_filled),
)
REGISTER.add(
    "BR-65",
    scheme_where_given("ClassCode", attribute="listID"),
    syntax=CII,
    watch=Watch(at=("ClassCode", "@listID"), test=is_filled),
)


def both(*names: str) -> Check:
    """Make a check: every one of these children is there."""

    def check(node: Node, _: Document) -> Broken | None:
        missing: Sequence[str] = [n for n in names if not node.has(n)]
        return Broken(expected=" + ".join(missing)) if missing else None

    return check


REGISTER.add("BR-54", both("Description", "Value"), syntax=CII)
REGISTER.add("BR-54", both("Name", "Value"), syntax=UBL)
