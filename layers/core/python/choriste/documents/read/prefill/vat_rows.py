"""The rows of the VAT breakdown: a rate, a base and its tax, as tables and labelled lines print them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import permutations, takewhile
from typing import Final

from choriste.documents.read.prefill.amounts import Run, underneath
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import Box, VatRow

TOLERANCE: Final = Decimal("0.02")
_HIGHEST_RATE: Final = Decimal(27)
_KNOWN_RATES: Final = frozenset(
    Decimal(rate)
    for rate in (
        "0", "2.1", "2.6", "3", "4", "4.8", "5", "5.5", "6", "7", "7.7", "8", "8.1", "8.5", "9", "10", "12",
        "13", "13.5", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "27",
    )
)  # fmt: skip
"""Rates of VAT in Europe: a bare number in a row is one only if it is among them."""

_COLUMN_EDGE: Final = 3.0
"""Points by which the edges of a column may differ."""

_WINDOW: Final = 6


def vat_groups(page: Page, runs: Sequence[Sequence[Run]]) -> list[tuple[VatRow, ...]]:
    """Return the groups of rows that may be the breakdown."""
    return [*_table_groups(runs), *_label_rows(page, runs)]


def is_tax(base: Decimal, rate: Decimal, tax: Decimal) -> bool:
    """Return whether a tax is that of a base, to the rounding of a sum of lines."""
    return abs(base * rate / 100 - tax) <= TOLERANCE and (rate == 0 or base * tax >= 0)


def rows_for(groups: Iterable[tuple[VatRow, ...]], net: Decimal, vat: Decimal) -> tuple[VatRow, ...]:
    """Return the group whose sums are a net total and its VAT, the base of a single rate filled in."""
    fitting = [
        rows
        for rows in groups
        if sum(row.tax for row in rows) == vat
        and (any(row.base is None for row in rows) or sum(row.base or 0 for row in rows) == net)
        and len({row.rate for row in rows}) == len(rows)
        and all(_fits(row, net, alone=len(rows) == 1) for row in rows)
    ]
    best = max(fitting, key=lambda rows: sum(row.base is not None for row in rows), default=())
    if len(best) == 1 and best[0].base is None:
        row = best[0]
        return (VatRow(row.rate, net, row.tax, row.box),)
    return best


def largest(groups: Sequence[tuple[VatRow, ...]]) -> tuple[VatRow, ...]:
    """Return the longest group of rows of different rates."""
    labelled = [rows for rows in groups if len({row.rate for row in rows}) == len(rows)]
    return max(labelled, key=len, default=())


def _fits(row: VatRow, net: Decimal, *, alone: bool) -> bool:
    base = row.base if row.base is not None else (net if alone else None)
    return base is None or is_tax(base, row.rate, row.tax)


def _table_groups(runs: Iterable[Sequence[Run]]) -> Iterator[tuple[VatRow, ...]]:
    """Yield groups of rows in one column that hold a rate, a base and its tax, and nothing that names them.

    Other lines may stand between two rows: those of a box of totals beside the table.
    """
    group: list[VatRow] = []
    for line in runs:
        rows = (_row(run) for run in takewhile(_is_bare, line))
        row = next((row for row in rows if row is not None), None)
        if row is None:
            continue
        if group and not _in_column(group[-1].box, row.box):
            yield from _windows(group)
            group = []
        group.append(row)
    if group:
        yield from _windows(group)


def _is_bare(run: Run) -> bool:
    # `Taux normal` may begin a row of the breakdown, as its head does.
    return all(label.name in {"rate", "base"} for label in run.labels)


def _in_column(above: Box, below: Box) -> bool:
    edges = min(abs(above.x0 - below.x0), abs(above.x1 - below.x1))
    near = 0 <= below.top - above.top < 5 * max(above.bottom - above.top, 1.0)
    return above.page == below.page and edges < _COLUMN_EDGE and near


def _windows(group: list[VatRow]) -> Iterator[tuple[VatRow, ...]]:
    # The item table may end right above the VAT table: any run of rows at its end may be the latter.
    yield from (tuple(group[start:]) for start in range(max(0, len(group) - _WINDOW), len(group)))


def _label_rows(page: Page, runs: Iterable[Sequence[Run]]) -> Iterator[tuple[VatRow, ...]]:
    named = [run for line in runs for run in line if run.means("vat") and len(run.rates) == 1]
    rows = []
    for run in named:
        under = list(underneath(page, run.labels[0])) if len(run.amounts) <= 1 else []
        both = _row(Run(run.labels, [*run.amounts, *under], run.rates))
        row = both or _row(Run(run.labels, run.amounts or under, run.rates), named=True)
        rows += [row] if row is not None else []
    yield from _windows(rows)
    yield from ((row,) for row in rows[:_WINDOW])


def _row(run: Run, *, named: bool = False) -> VatRow | None:
    if not run.amounts:
        return None
    if len(run.rates) != 1:
        return _row_without_sign(run) if not run.rates else None
    rate = run.rates[0]
    if rate > _HIGHEST_RATE:
        return None
    for base, tax in permutations(run.amounts, 2):
        if is_tax(base.value, rate, tax.value) and abs(base.value) >= abs(tax.value):
            return VatRow(rate, base.value, tax.value, around(base.box, tax.box))
    if named and len(run.amounts) == 1:
        return VatRow(rate, None, run.amounts[0].value, run.amounts[0].box)
    return None


def _row_without_sign(run: Run) -> VatRow | None:
    """Read a row whose rate has no `%`: a number among the known rates that makes one amount the tax."""
    rates = [*run.numbers, *(each.value for each in run.amounts)]
    for rate in rates:
        if rate.normalize() not in _KNOWN_RATES or not rate:
            continue
        for base, tax in permutations(run.amounts, 2):
            if (
                rate not in {base.value, tax.value}
                and base.value > tax.value
                and is_tax(base.value, rate, tax.value)
            ):
                return VatRow(rate, base.value, tax.value, around(base.box, tax.box))
    return None


def around(one: Box, other: Box) -> Box:
    """Return the rectangle around two."""
    return Box(
        one.page,
        min(one.x0, other.x0),
        min(one.top, other.top),
        max(one.x1, other.x1),
        max(one.bottom, other.bottom),
    )
