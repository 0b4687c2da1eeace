"""The totals and the VAT breakdown, believed only when their arithmetic holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import permutations, product, takewhile
from typing import Final

from choriste.documents.read.prefill.amounts import Amount, Run, amounts_for, runs_of, underneath
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import Box, Confidence, FieldName, Found, VatRow

_TOLERANCE: Final = Decimal("0.02")
_HIGHEST_RATE: Final = Decimal(27)
_NAMED: Final = 2
"""Strong labels that make three amounts sure: the third follows."""

_COLUMN_EDGE: Final = 3.0
"""Points by which the edges of a column may differ."""

_EXEMPT: Final = re.compile(
    r"293 b|non applicable|exoner|autoliquid|reverse charge|vat exempt|zero rated|steuerfrei|steuerschuld"
)
_IN_CURRENCY: Final = re.compile(
    r"\b(?:en|in|devise|currency|wahrung|monnaie)\b[ :]*(euros?|eur|gbp|usd|chf)\b"
)


@dataclass(frozen=True)
class Solution:
    """Three amounts that add up, the rows that add up with them, and how well they are labelled."""

    net: Amount
    vat: Amount
    gross: Amount
    rows: tuple[VatRow, ...]
    score: int

    @property
    def key(self) -> tuple[Decimal, Decimal, Decimal]:
        """The three values."""
        return self.net.value, self.vat.value, self.gross.value


@dataclass(frozen=True)
class Totals:
    """What was read of the totals: fields, VAT rows, and whether the sums hold."""

    fields: dict[FieldName, Found]
    rows: tuple[VatRow, ...]
    coherent: bool


def read_totals(page: Page) -> Totals:
    """Read the three totals, the amount due, the VAT rows and the currency."""
    runs = runs_of(page)
    named = {name: list(amounts_for(page, runs, name)) for name in ("net", "vat", "gross", "due", "prepaid")}
    groups = [*_table_groups(runs), *_label_rows(page, runs)]
    solutions = list(_solutions(page, named, groups))
    best = max(solutions, key=lambda each: each.score, default=None)
    if best is None:
        fields = _unsolved(named)
        everything = [*named["gross"], *named["due"], *named["net"]]
        return Totals(fields | _currency(page, everything), _probable(_largest(groups)), coherent=False)
    rivals = {each.key for each in solutions if each.score == best.score}
    confidence = Confidence.CERTAIN if len(rivals) == 1 and _is_sure(best) else Confidence.PROBABLE
    fields = _solved(best, named, confidence)
    rows = tuple(replace(row, confidence=confidence) for row in best.rows)
    return Totals(fields | _currency(page, [best.net, best.vat, best.gross]), rows, coherent=True)


def _solutions(
    page: Page, named: dict[str, list[Amount]], groups: Sequence[tuple[VatRow, ...]]
) -> Iterator[Solution]:
    vats = named["vat"] + [_sum_of(rows) for rows in groups]
    if any(_EXEMPT.search(segment.plain) for segment in page.segments) and named["net"]:
        vats.append(replace(named["net"][0], value=Decimal("0.00"), strong=False, beside=False))
    for net, vat, gross in product(named["net"], vats, named["gross"] + named["due"]):
        if net.value + vat.value == gross.value and (net.value or gross.value):
            rows = _rows_for(groups, net.value, vat.value)
            score = 2 * (net.strong + vat.strong + gross.strong) + net.beside + vat.beside + gross.beside
            yield Solution(net, vat, gross, rows, score + 3 * bool(rows))


def _is_sure(solution: Solution) -> bool:
    amounts = (solution.net, solution.vat, solution.gross)
    named = sum(amount.strong for amount in amounts)
    return named >= _NAMED or (named > 0 and bool(solution.rows))


def _rows_for(groups: Iterable[tuple[VatRow, ...]], net: Decimal, vat: Decimal) -> tuple[VatRow, ...]:
    fitting = [
        rows
        for rows in groups
        if sum(row.tax for row in rows) == vat
        and (any(row.base is None for row in rows) or sum(row.base or 0 for row in rows) == net)
        and len({row.rate for row in rows}) == len(rows)
        and all(_fits(row, net, alone=len(rows) == 1) for row in rows)
    ]
    return max(fitting, key=lambda rows: sum(row.base is not None for row in rows), default=())


def _fits(row: VatRow, net: Decimal, *, alone: bool) -> bool:
    base = row.base if row.base is not None else (net if alone else None)
    return base is None or _is_tax(base, row.rate, row.tax)


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
    yield from (tuple(group[start:]) for start in range(max(0, len(group) - 6), len(group)))


def _label_rows(page: Page, runs: Iterable[Sequence[Run]]) -> Iterator[tuple[VatRow, ...]]:
    named = [run for line in runs for run in line if run.means("vat") and len(run.rates) == 1]
    rows = []
    for run in named:
        under = list(underneath(page, run.labels[0])) if len(run.amounts) <= 1 else []
        both = _row(Run(run.labels, [*run.amounts, *under], run.rates))
        row = both or _row(Run(run.labels, run.amounts or under, run.rates), named=True)
        rows += [row] if row is not None else []
    if rows:
        yield tuple(rows)


def _row(run: Run, *, named: bool = False) -> VatRow | None:
    if len(run.rates) != 1 or not run.amounts or run.rates[0] > _HIGHEST_RATE:
        return None
    rate = run.rates[0]
    for base, tax in permutations(run.amounts, 2):
        if _is_tax(base.value, rate, tax.value) and abs(base.value) >= abs(tax.value):
            return VatRow(rate, base.value, tax.value, Confidence.PROBABLE, _around(base.box, tax.box))
    if named and len(run.amounts) == 1:
        return VatRow(rate, None, run.amounts[0].value, Confidence.PROBABLE, run.amounts[0].box)
    return None


def _is_tax(base: Decimal, rate: Decimal, tax: Decimal) -> bool:
    return abs(base * rate / 100 - tax) <= _TOLERANCE and (rate == 0 or base * tax >= 0)


def _sum_of(rows: tuple[VatRow, ...]) -> Amount:
    total = sum((row.tax for row in rows), Decimal(0))
    return Amount(total, strong=False, beside=False, currency=None, box=rows[0].box)


def _solved(best: Solution, named: dict[str, list[Amount]], confidence: Confidence) -> dict[FieldName, Found]:
    fields = {
        FieldName.TOTAL_WITHOUT_VAT: _found(best.net, confidence),
        FieldName.TOTAL_WITH_VAT: _found(best.gross, confidence),
    }
    if any(best.vat.value == each.value for each in named["vat"]) or len(best.rows) == 1:
        fields[FieldName.TOTAL_VAT] = _found(best.vat, confidence)
    for due in named["due"]:
        settled = due.value == best.gross.value
        part = any(best.gross.value - abs(paid.value) == due.value for paid in named["prepaid"])
        sure = confidence if settled or part else Confidence.PROBABLE
        fields.setdefault(FieldName.AMOUNT_DUE, _found(due, sure))
    return fields


def _unsolved(named: dict[str, list[Amount]]) -> dict[FieldName, Found]:
    fields = {}
    for name, field in (
        ("net", FieldName.TOTAL_WITHOUT_VAT),
        ("vat", FieldName.TOTAL_VAT),
        ("gross", FieldName.TOTAL_WITH_VAT),
        ("due", FieldName.AMOUNT_DUE),
    ):
        ranked = sorted(named[name], key=lambda each: each.beside, reverse=True)
        ranked = [each for each in ranked if each.strong]
        if ranked:
            fields[field] = _found(ranked[0], Confidence.PROBABLE)
    return fields


def _currency(page: Page, totals: Sequence[Amount]) -> dict[FieldName, Found]:
    for segment in page.segments:
        if (match := _IN_CURRENCY.search(segment.plain)) is not None:
            code = "EUR" if match[1].startswith("eur") else match[1].upper()
            return {
                FieldName.CURRENCY: Found(code, Confidence.CERTAIN, segment.box(match.start(), match.end()))
            }
    written = [each for each in totals if each.currency]
    if len({each.currency for each in written}) == 1:
        return {FieldName.CURRENCY: Found(str(written[0].currency), Confidence.CERTAIN, written[0].box)}
    return {}


def _probable(rows: tuple[VatRow, ...]) -> tuple[VatRow, ...]:
    return tuple(replace(row, confidence=Confidence.PROBABLE) for row in rows)


def _largest(groups: Sequence[tuple[VatRow, ...]]) -> tuple[VatRow, ...]:
    labelled = [rows for rows in groups if len({row.rate for row in rows}) == len(rows)]
    return max(labelled, key=len, default=())


def _found(amount: Amount, confidence: Confidence) -> Found:
    return Found(f"{amount.value:.2f}", confidence, amount.box)


def _around(one: Box, other: Box) -> Box:
    return Box(
        one.page,
        min(one.x0, other.x0),
        min(one.top, other.top),
        max(one.x1, other.x1),
        max(one.bottom, other.bottom),
    )
