"""The amounts of an invoice as they stand in its file: totals, breakdown, lines, allowances and charges.

They are read anew from the parsed file, since a finding must point at each of them, and since the extended
profiles have lines that count for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from choriste.rules.engine.syntax import CII
from choriste.rules.rulesets.bindings import CII_BINDING, UBL_BINDING, Binding, Names

if TYPE_CHECKING:
    from lxml.etree import _Element

    Elements = Sequence[_Element]

ZERO: Final = Decimal(0)
TOTALS: Final = ("BT-106", "BT-107", "BT-108", "BT-109", "BT-110", "BT-112", "BT-113", "BT-114", "BT-115")
OPTIONAL: Final = frozenset({"BT-107", "BT-108", "BT-110", "BT-113", "BT-114"})
_NUMBER: Final = re.compile(r"\s*[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})\s*\Z")
_CII_SUMS: Final = (
    "SupplyChainTradeTransaction",
    "ApplicableHeaderTradeSettlement",
    "SpecifiedTradeSettlementHeaderMonetarySummation",
)
_BY_RATE: Final = frozenset({"S", "L", "M"})
Key = tuple[str, Decimal | None]


class Amount(NamedTuple):
    """One amount: its term, its value (0 where an optional one is absent, None where none can be read).

    `element` is None where it is absent.
    """

    term: str
    value: Decimal | None
    element: _Element | None


class Counted(NamedTuple):
    """A line, an allowance or a charge: its amount by position, its VAT key, how it counts (1 or -1)."""

    amount: int
    key: Key | None
    sign: int
    element: _Element


class Share(NamedTuple):
    """A line of the VAT breakdown: the positions of BT-116 and BT-117, its VAT key, its rate."""

    element: _Element
    base: int
    tax: int
    key: Key
    rate: Decimal | None


class Product(NamedTuple):
    """What a line's price and quantity, or an allowance's base and percentage, give for an amount.

    `formula` tells how, by terms (`BT-129 40 × BT-146 4.35`); it is empty where it would be long.
    """

    amount: int
    value: Decimal
    formula: str = ""


@dataclass(slots=True)
class Ledger:
    """The amounts of one invoice, and what belongs to what; `total` gives positions by term.

    `has_sublines` tells that its profile knows lines that do not count, `has_margins` that each line brings a
    margin of one cent.
    """

    is_cii: bool
    has_sublines: bool
    has_margins: bool
    amounts: list[Amount] = field(default_factory=list)
    total: dict[str, int] = field(default_factory=dict)
    lines: list[Counted] = field(default_factory=list)
    allowances: list[Counted] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    adjustments: Decimal = ZERO

    def add(self, term: str, found: Elements) -> int:
        """Add an amount, from the elements that state it, and return its position."""
        value = number_of(found[0]) if found else (ZERO if term in OPTIONAL else None)
        self.amounts.append(Amount(term, value if len(found) < 2 else None, found[0] if found else None))  # noqa: PLR2004
        return len(self.amounts) - 1


def number_of(element: _Element) -> Decimal | None:
    """Return the decimal value of an element, None where its text is none."""
    text = element.text or ""
    return Decimal(text.strip()) if _NUMBER.match(text) else None


def read_ledger(root: _Element, *, syntax: str, profile: str) -> Ledger:
    """Read the amounts of a parsed invoice of a syntax (`cii` or `ubl`) and a profile."""
    binding = CII_BINDING if syntax == CII else UBL_BINDING
    ledger = Ledger(
        is_cii=syntax == CII,
        has_sublines=profile.startswith("EXTENDED"),
        has_margins=profile == "EXTENDED-CTC-FR",
    )
    _add_totals(ledger, root, binding)
    for path in binding.lines:
        for line in under(root, path):
            _add_line(ledger, line, binding)
    for group in under(root, binding.allowances):
        _add_allowance(ledger, group, binding)
    for group in under(root, (*_CII_SUMS[:2], "SpecifiedLogisticsServiceCharge")) if ledger.is_cii else ():
        _add_counted(ledger, group, 1, ("BT-99", "AppliedAmount"), ("AppliedTradeTax",))
    for share in under(root, binding.breakdown):
        _add_share(ledger, share, binding)
    return ledger


def under(element: _Element, path: Names) -> Elements:
    """Return the elements at a path of names below an element, whatever their namespaces."""
    return element.findall("/".join(f"{{*}}{name}" for name in path))


def _add_totals(ledger: Ledger, root: _Element, binding: Binding) -> None:
    groups = under(root, _CII_SUMS if ledger.is_cii else ("LegalMonetaryTotal",))
    for term in TOTALS:
        found: Elements = [e for g in groups for e in under(g, (binding.totals[term],))]
        if term == "BT-110":
            found = _in_currency(
                found if ledger.is_cii else under(root, ("TaxTotal", "TaxAmount")), root, binding
            )
        ledger.total[term] = ledger.add(term, found)
    adjusted = under(root, (*_CII_SUMS[:2], "SpecifiedFinancialAdjustment", "ActualAmount"))
    ledger.adjustments = sum((number_of(e) or ZERO for e in adjusted), ZERO)


def _in_currency(taxes: Elements, root: _Element, binding: Binding) -> Elements:
    """Return the VAT totals in the invoice currency; one without any currency is taken for it."""
    currencies = {e.text for e in under(root, binding.currency)}
    named = [e for e in taxes if e.get("currencyID") in currencies]
    return named or [e for e in taxes if e.get("currencyID") is None]


def _add_line(ledger: Ledger, line: _Element, binding: Binding) -> None:
    if ledger.has_sublines and not _counts(line):
        return
    found = under(line, binding.line_total)
    position = ledger.add("BT-131", found)
    ledger.lines.append(Counted(position, _key(under(line, binding.line_taxes), binding), 1, line))
    product = _cii_product(line) if ledger.is_cii else _ubl_product(line)
    if product is not None:
        ledger.products.append(Product(position, *product))


def _counts(line: _Element) -> bool:
    codes = under(line, ("AssociatedDocumentLineDocument", "LineStatusReasonCode"))
    codes = codes or under(line, ("BillingReference", "InvoiceDocumentReference", "DocumentStatusCode"))
    return not codes or any(code.text == "DETAIL" for code in codes)


def _cii_product(line: _Element) -> tuple[Decimal, str] | None:
    price = under(line, ("SpecifiedLineTradeAgreement", "NetPriceProductTradePrice"))
    quantity = under(line, ("SpecifiedLineTradeDelivery", "BilledQuantity"))
    groups = under(line, ("SpecifiedLineTradeSettlement", "SpecifiedTradeAllowanceCharge"))
    others = [(g, ("ChargeIndicator", "Indicator"), "ActualAmount") for g in groups]
    return _product(price, ("ChargeAmount", "BasisQuantity"), quantity, others)


def _ubl_product(line: _Element) -> tuple[Decimal, str] | None:
    quantity = [*under(line, ("InvoicedQuantity",)), *under(line, ("CreditedQuantity",))]
    others = [(g, ("ChargeIndicator",), "Amount") for g in under(line, ("AllowanceCharge",))]
    return _product(under(line, ("Price",)), ("PriceAmount", "BaseQuantity"), quantity, others)


def _product(
    prices: Elements,
    names: tuple[str, str],
    quantities: Elements,
    others: Sequence[tuple[_Element, Names, str]],
) -> tuple[Decimal, str] | None:
    """Return quantity × price ÷ base quantity, less allowances, plus charges; None where one is missing.

    The formula is given where there is nothing but quantity and price.
    """
    price = _first(prices[0], names[0]) if prices else None
    quantity = number_of(quantities[0]) if quantities else None
    base = _first(prices[0], names[1]) if prices else None
    if price is None or quantity is None:
        return None
    signed = [(_sign(group, indicator), _first(group, amount)) for group, indicator, amount in others]
    net = quantity * price / (base or Decimal(1))
    plain = not signed and base in {None, Decimal(1)}
    formula = f"BT-129 {quantity:f} × BT-146 {price:f}" if plain else ""
    return net + sum((sign * (amount or ZERO) for sign, amount in signed), ZERO), formula


def _first(element: _Element, name: str) -> Decimal | None:
    found = under(element, (name,))
    return number_of(found[0]) if found else None


def _sign(group: _Element, indicator: Names) -> int:
    return 1 if any((e.text or "").strip() in {"true", "1"} for e in under(group, indicator)) else -1


def _add_allowance(ledger: Ledger, group: _Element, binding: Binding) -> None:
    sign = _sign(group, binding.indicator)
    amount = ("BT-99" if sign > 0 else "BT-92", binding.allowance_amount)
    position = _add_counted(ledger, group, sign, amount, (binding.allowance_taxes,))
    base = _first(group, "BasisAmount" if ledger.is_cii else "BaseAmount")
    percent = _first(group, "CalculationPercent" if ledger.is_cii else "MultiplierFactorNumeric")
    if base is not None and percent is not None:
        ledger.products.append(Product(position, base * percent / 100))


def _add_counted(ledger: Ledger, group: _Element, sign: int, amount: tuple[str, str], taxes: Names) -> int:
    position = ledger.add(amount[0], under(group, (amount[1],))[:1])
    key = _key(under(group, taxes), CII_BINDING if ledger.is_cii else UBL_BINDING)
    ledger.allowances.append(Counted(position, key, sign, group))
    return position


def _add_share(ledger: Ledger, share: _Element, binding: Binding) -> None:
    category = share if ledger.is_cii else next(iter(under(share, ("TaxCategory",))), share)
    key = _key([category], binding)
    if key is None:
        return
    base = ledger.add("BT-116", under(share, (binding.taxable,)))
    tax = ledger.add("BT-117", under(share, (binding.tax,)))
    ledger.shares.append(Share(share, base, tax, key, _rate(category, binding)))


def _key(taxes: Elements, binding: Binding) -> Key | None:
    """Return the VAT category of a group, with its rate for the categories that go by rate."""
    codes = [e.text for tax in taxes for e in under(tax, binding.category) if e.text]
    if not codes:
        return None
    code = codes[0].strip()
    return code, _rate(taxes[0], binding) if code in _BY_RATE else None


def _rate(tax: _Element, binding: Binding) -> Decimal | None:
    return next((number_of(e) for e in under(tax, binding.rate)), None)
