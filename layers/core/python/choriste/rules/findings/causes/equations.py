"""What must hold between the amounts of an invoice: one linear equation a rule, with the official margin.

The sums are rules of EN 16931 (BR-CO-10 … BR-CO-17, BR-*-08). Beside them stand equations that no rule asks
for, and that most invoices fulfil all the same: a line's amount is quantity × price, an allowance its
percentage, VAT exactly its rate. They never make an amount wrong; they tell which of two is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from choriste.rules.findings.causes.ledger import ZERO, Key, Ledger, Share

if TYPE_CHECKING:
    from lxml.etree import _Element

_CENT: Final = Decimal("0.01")
_HALF_CENT: Final = Decimal("0.005")
_ONE: Final = Decimal(1)
_RATED: Final = frozenset({"S", "L", "M"})
_SUMS: Final = (
    ("BR-CO-13", {"BT-109": -1, "BT-106": 1, "BT-107": -1, "BT-108": 1}),
    ("BR-CO-15", {"BT-112": -1, "BT-109": 1, "BT-110": 1}),
    ("BR-CO-16", {"BT-115": -1, "BT-112": 1, "BT-113": -1, "BT-114": 1}),
)


class Equation(NamedTuple):
    """`parts` (position of an amount: factor) and the constant come to 0, give or take the margin.

    `rule` names the requirement (`VAT-08` and `VAT-09` for every category), `place` the line of the breakdown
    that it is about. `is_rule` tells that an official rule asks for it; the others are evidence only. `key`
    is the VAT key of a base.
    """

    rule: str
    parts: dict[int, Decimal]
    constant: Decimal = ZERO
    margin: Decimal = ZERO
    is_rule: bool = True
    place: _Element | None = None
    key: Key | None = None

    def residual(self, values: list[Decimal | None]) -> Decimal | None:
        """Return by how much the equation fails; None where an amount cannot be read."""
        total = self.constant
        for position, factor in self.parts.items():
            value = values[position]
            if value is None:
                return None
            total += factor * value
        return total

    def holds(self, residual: Decimal) -> bool:
        """Say whether a residual is within the margin."""
        return abs(residual) <= self.margin


def equations_of(ledger: Ledger) -> list[Equation]:
    """Return the equations of an invoice; those of lines only where it has lines."""
    return [*_sums(ledger), *_totals(ledger), *_shares(ledger), *_evidence(ledger)]


def _signed(factors: Iterable[tuple[int, int]]) -> dict[int, Decimal]:
    parts: dict[int, Decimal] = {}
    for position, factor in factors:
        parts[position] = parts.get(position, ZERO) + factor
    return parts


def _sums(ledger: Ledger) -> Iterator[Equation]:
    """Yield the sums of lines, allowances, charges and VAT."""
    total = ledger.total
    if ledger.lines:
        parts = [(total["BT-106"], -1), *((line.amount, 1) for line in ledger.lines)]
        yield Equation("BR-CO-10", _signed(parts), margin=_margin(ledger, len(ledger.lines)))
    for rule, term, sign in (("BR-CO-11", "BT-107", -1), ("BR-CO-12", "BT-108", 1)):
        groups = [group for group in ledger.allowances if group.sign == sign]
        if ledger.lines or groups:
            parts = [(total[term], -1), *((group.amount, 1) for group in groups)]
            yield Equation(rule, _signed(parts), margin=_margin(ledger, len(groups)))
    if ledger.shares:
        parts = [(total["BT-110"], -1), *((share.tax, 1) for share in ledger.shares)]
        yield Equation("BR-CO-14", _signed(parts), margin=_HALF_CENT)


def _margin(ledger: Ledger, parts: int) -> Decimal:
    """Return what a sum may be off: a cent a part where the profile says so, else what rounding leaves."""
    return _CENT * parts if ledger.has_margins else _HALF_CENT


def _totals(ledger: Ledger) -> Iterator[Equation]:
    has_lines_total = ledger.amounts[ledger.total["BT-106"]].element is not None
    for rule, factors in _SUMS:
        if rule == "BR-CO-13" and not has_lines_total and not ledger.lines:
            continue
        parts = _signed((ledger.total[term], factor) for term, factor in factors.items())
        many = len(ledger.lines) + len(ledger.allowances)
        margin = _CENT * many if ledger.has_margins and rule != "BR-CO-16" else ZERO
        constant = ledger.adjustments if rule == "BR-CO-16" else ZERO
        yield Equation(rule, parts, constant, margin)


def _shares(ledger: Ledger) -> Iterator[Equation]:
    """Yield what the breakdown asks for: each VAT is base × rate, each base what its lines give."""
    for share in ledger.shares:
        factor = (share.rate or ZERO) / 100
        margin = _ONE if ledger.is_cii else _ONE - Decimal("0.0001")
        parts = {share.tax: Decimal(-1), share.base: factor} if factor else {share.tax: Decimal(-1)}
        yield Equation("VAT-09", parts, margin=margin if factor else ZERO, place=share.element)
    for key in dict.fromkeys(share.key for share in ledger.shares) if ledger.lines else ():
        yield _base(ledger, key, [share for share in ledger.shares if share.key == key])


def _base(ledger: Ledger, key: Key, shares: list[Share]) -> Equation:
    counted = [c for c in (*ledger.lines, *ledger.allowances) if c.key == key]
    parts = _signed([*((share.base, -1) for share in shares), *((c.amount, c.sign) for c in counted)])
    margin = _margin(ledger, len(counted))
    if not ledger.has_margins and not ledger.is_cii and key[0] in _RATED:
        margin = _ONE - Decimal("0.0001")
    return Equation("VAT-08", parts, margin=margin, place=shares[0].element, key=key)


def _evidence(ledger: Ledger) -> Iterator[Equation]:
    for product in ledger.products:
        parts = {product.amount: Decimal(-1)}
        yield Equation("product", parts, product.value, _HALF_CENT, is_rule=False)
    if ledger.shares:
        bases = [(ledger.total["BT-109"], -1), *((share.base, 1) for share in ledger.shares)]
        yield Equation("bases", _signed(bases), margin=_HALF_CENT, is_rule=False)
    for equation in (*_sums(ledger), *_totals(ledger), *_shares(ledger)):
        if equation.margin > _HALF_CENT:
            yield equation._replace(margin=_HALF_CENT, is_rule=False)
