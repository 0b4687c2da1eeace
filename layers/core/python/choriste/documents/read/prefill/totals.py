"""The totals and the VAT breakdown, believed only when their arithmetic holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations, product
from typing import Final

from choriste.documents.read.prefill.amounts import Amount, amounts_for, runs_of
from choriste.documents.read.prefill.evidence import Doubt, Evidence
from choriste.documents.read.prefill.judgement import doubted
from choriste.documents.read.prefill.kind import DEPOSIT_INVOICE
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import FieldName, Found, VatRow
from choriste.documents.read.prefill.patterns import amounts_in
from choriste.documents.read.prefill.table_totals import TableTotal, table_totals
from choriste.documents.read.prefill.vat_rows import is_tax, largest, rows_for, vat_groups

NAMES: Final = ("net", "vat", "gross", "due", "prepaid")
_ENOUGH: Final = 2
"""Strong labels that make three amounts sure: the third follows."""

_MOST: Final = 40
"""Amounts of one name that are tried; no honest document has so many."""

_PARTS: Final = 6
_CENT: Final = Decimal("0.01")
_COLUMN: Final = 3.0
EXEMPT: Final = re.compile(
    r"\b293 ?b\b|\btva non applicable|\bnon (?:assujetti|soumis)|\bexoner\w+ de (?:la )?tva"
    r"|franchise (?:en base )?de (?:la )?(?:tva|taxe)"
    r"|autoliquid|reverse charge|vat exempt|zero rated|steuerfrei|steuerschuld|exoneration de tva|exonere"
)
_PART_EXEMPT: Final = re.compile(r"debours|frais|dont")


@dataclass(frozen=True)
class Solution:
    """Three amounts that add up, the rows that add up with them, and how well they are labelled."""

    net: Amount
    vat: Amount
    gross: Amount
    rows: tuple[VatRow, ...]
    score: float
    is_sure: bool
    is_exempt: bool = False

    @property
    def key(self) -> tuple[Decimal, Decimal, Decimal]:
        """The three values."""
        return self.net.value, self.vat.value, self.gross.value


@dataclass(frozen=True)
class Totals:
    """What was read of the totals: sightings by field, VAT rows, and whether the sums hold.

    `amounts` are those whose currency is the document's.
    """

    fields: dict[FieldName, list[Found]]
    rows: tuple[VatRow, ...]
    coherent: bool
    amounts: tuple[Amount, ...] = ()


Named = dict[str, list[Amount]]


def read_totals(page: Page, *, code: str | None, lines_sum: Decimal | None) -> Totals:
    """Read the three totals, the amount due and the VAT rows.

    `code` is the kind of the document; `lines_sum` is what its item lines add up to, None where not proven.
    """
    runs = runs_of(page)
    named = {name: list(amounts_for(page, runs, name))[:_MOST] for name in NAMES}
    groups = vat_groups(page, runs)
    solutions = list(_solutions(page, named, groups, list(table_totals(page, runs))))
    solutions = [_with_lines(each, lines_sum) for each in solutions]
    best = max(solutions, key=lambda each: each.score, default=None)
    if best is None:
        amounts = [*named["gross"], *named["due"], *named["net"]]
        return Totals(_unsolved(named), largest(groups), coherent=not amounts, amounts=tuple(amounts))
    printed = {abs(each.value) for segment in page.segments for each in amounts_in(segment.text)}
    doubts = _doubts(printed, best, solutions, named, code)
    fields = _solved(printed, best, named, doubts)
    if code == DEPOSIT_INVOICE and Doubt.CONTRADICTED in doubts:
        fields = _of_deposit(best, named) or fields
    evidence = frozenset({Evidence.SUMS, Evidence.NAMED})
    rows = tuple(replace(row, evidence=evidence, doubts=doubts) for row in best.rows)
    return Totals(fields, rows, coherent=True, amounts=(best.net, best.vat, best.gross, *named["due"][:1]))


def _solutions(
    page: Page, named: Named, groups: Sequence[tuple[VatRow, ...]], tables: Sequence[TableTotal]
) -> list[Solution]:
    found = [*_labelled(named, groups), *_from_rows(named, groups), *_from_tables(tables, named, groups)]
    if any(
        EXEMPT.search(segment.plain) and not _PART_EXEMPT.search(segment.plain) for segment in page.segments
    ):
        found += _exempt(named)
    return _without_parts(found)


def _labelled(named: Named, groups: Sequence[tuple[VatRow, ...]]) -> Iterator[Solution]:
    vats = named["vat"] + [_sum_of(rows) for rows in groups]
    grosses = named["gross"] + [replace(each, strong=False) for each in named["due"]]
    by_value: dict[Decimal, list[Amount]] = {}
    for gross in grosses:
        by_value.setdefault(gross.value, []).append(gross)
    for net, vat in product(named["net"], vats[:_MOST]):
        for gross in by_value.get(net.value + vat.value, ()):
            if net.value or gross.value:
                yield _solution(net, vat, gross, groups)


def _solution(net: Amount, vat: Amount, gross: Amount, groups: Sequence[tuple[VatRow, ...]]) -> Solution:
    rows = rows_for(groups, net.value, vat.value)
    amounts = (net, vat, gross)
    strong = sum(each.strong for each in amounts)
    score = 2 * strong + sum(each.beside for each in amounts) + 3 * bool(rows)
    aligned = max(each.box.x1 for each in amounts) - min(each.box.x1 for each in amounts) < _COLUMN
    is_sure = strong >= _ENOUGH or (strong > 0 and bool(rows))
    return Solution(net, vat, gross, rows, score + 0.5 * aligned - 0.1 * (not net.named), is_sure)


def _from_rows(named: Named, groups: Sequence[tuple[VatRow, ...]]) -> Iterator[Solution]:
    """Yield what rows of the breakdown prove with a total: `TVA 20 % sur 202,25 : 40,45`, `TTC 242,70`."""
    for rows in groups:
        tax = sum((row.tax for row in rows), Decimal(0))
        bases = [row.base for row in rows]
        vat = _sum_of(rows)
        for gross in named["gross"] + named["due"]:
            net = gross.value - tax
            whole = all(base is not None for base in bases) and sum(filter(None, bases)) == net
            single = len(rows) == 1 and bases == [None] and net and is_tax(net, rows[0].rate, tax)
            if whole or single:
                derived = Amount(net, False, False, gross.currency, rows[0].box, named=False)
                filled = rows_for(groups, net, tax)
                yield Solution(
                    derived, vat, gross, filled, 2 * gross.strong + 2.5 + gross.beside, gross.strong
                )


def _from_tables(
    tables: Sequence[TableTotal], named: Named, groups: Sequence[tuple[VatRow, ...]]
) -> Iterator[Solution]:
    totals = {each.value: each for each in named["gross"] + named["due"]}
    for table in tables:
        net, vat, gross = table.triple
        if table.alone and table.summed:
            if gross.value not in totals:
                continue
            gross = totals[gross.value]
        rows = rows_for(groups, net.value, vat.value)
        score = 4.0 + 4 * table.summed + 2 * table.named - 3 * table.alone + bool(rows) + gross.strong
        is_sure = (table.summed and (table.named or gross.strong)) or (table.named and bool(rows))
        yield Solution(net, vat, gross, rows, score, is_sure)


def _exempt(named: Named) -> Iterator[Solution]:
    """Yield the totals of an invoice that says that it bears no VAT."""
    totals = named["gross"] + named["due"] + named["net"]
    for net in named["net"] or totals:
        for gross in totals:
            if net.value == gross.value and net.value:
                zero = replace(net, value=Decimal("0.00"), strong=False, beside=False, named=False)
                both = net.box != gross.box and (net.strong or gross.strong)
                score = 2 * (net.strong + gross.strong) + net.beside + gross.beside
                yield Solution(net, zero, gross, (), score, both, is_exempt=True)


def _without_parts(solutions: list[Solution]) -> list[Solution]:
    """Leave out subtotals: where the amounts of some solutions add up to those of another, it counts."""
    keys = list(dict.fromkeys(each.key for each in solutions))[:_PARTS]
    parts: set[tuple[Decimal, Decimal, Decimal]] = set()
    for whole in keys:
        others = [key for key in keys if key != whole and all(key)]
        for size in range(2, len(others) + 1):
            for chosen in combinations(others, size):
                if tuple(sum(column) for column in zip(*chosen, strict=True)) == whole:
                    parts.update(chosen)
    return [each for each in solutions if each.key not in parts]


def _with_lines(solution: Solution, lines_sum: Decimal | None) -> Solution:
    """Let the item lines speak for the total that they add up to."""
    if lines_sum is None or lines_sum != solution.net.value:
        return solution
    named = any(each.named for each in (solution.net, solution.gross))
    return replace(solution, score=solution.score + 2, is_sure=solution.is_sure or named)


def _doubts(
    printed: set[Decimal], best: Solution, solutions: Iterable[Solution], named: Named, code: str | None
) -> frozenset[Doubt]:
    doubts = set()
    if any(each.key != best.key and each.score >= best.score for each in solutions):
        doubts.add(Doubt.RIVAL)
    if not best.is_sure:
        doubts.add(Doubt.UNNAMED)
    dues = [each for each in named["due"] if each.strong]
    if dues and not any(_is_explained(printed, best.gross.value, each.value, code) for each in dues):
        doubts.add(Doubt.CONTRADICTED)
    return frozenset(doubts)


def _is_explained(printed: set[Decimal], gross: Decimal, due: Decimal, code: str | None) -> bool:
    """Return whether an amount due fits a total: the same, or less by an amount that the pages name."""
    paid = abs(gross) - abs(due)
    if not paid:
        return True
    if paid < 0 or (code == DEPOSIT_INVOICE and paid > abs(due)):
        return False
    return paid in printed


def _solved(
    printed: set[Decimal], best: Solution, named: Named, doubts: frozenset[Doubt]
) -> dict[FieldName, list[Found]]:
    fields = {
        FieldName.TOTAL_WITHOUT_VAT: [_found(best.net, doubts), *_passed(named["net"], best.net)],
        FieldName.TOTAL_VAT: [_found(best.vat, doubts), *_passed(named["vat"], best.vat)],
        FieldName.TOTAL_WITH_VAT: [_found(best.gross, doubts), *_passed(named["gross"], best.gross)],
    }
    paid = {best.gross.value - abs(each.value) for each in named["prepaid"] if each.value}
    left = [each for each in named["due"] if each.value in paid]
    fields[FieldName.AMOUNT_DUE] = [
        doubted(_due(printed, each, best, doubts), *({Doubt.SUBTOTAL} if left and each not in left else ()))
        for each in named["due"]
    ]
    return fields


def _due(printed: set[Decimal], due: Amount, best: Solution, doubts: frozenset[Doubt]) -> Found:
    evidence = {Evidence.NAMED if due.strong else Evidence.HINTED}
    difference = abs(due.value - best.gross.value)
    if due.value == best.gross.value or difference in printed:
        evidence.add(Evidence.SUMS)
    kept = doubts - {Doubt.CONTRADICTED} if Evidence.SUMS in evidence else doubts
    return Found(f"{due.value:.2f}", due.box, frozenset(evidence), kept, due.text)


def _of_deposit(best: Solution, named: Named) -> dict[FieldName, list[Found]] | None:
    """Return the totals of a deposit invoice that prints its order's: their share in what is due."""
    due = next((each for each in named["due"] if each.strong), None)
    if due is None or not best.gross.value:
        return None
    net = (best.net.value * due.value / best.gross.value).quantize(_CENT, ROUND_HALF_UP)
    values = (
        (FieldName.TOTAL_WITHOUT_VAT, net),
        (FieldName.TOTAL_VAT, due.value - net),
        (FieldName.TOTAL_WITH_VAT, due.value),
        (FieldName.AMOUNT_DUE, due.value),
    )
    evidence, derived = frozenset({Evidence.SUMS, Evidence.NAMED}), frozenset({Doubt.DERIVED})
    return {name: [Found(f"{value:.2f}", due.box, evidence, derived, due.text)] for name, value in values}


def _passed(amounts: Sequence[Amount], chosen: Amount) -> Iterator[Found]:
    for amount in amounts:
        if amount.value != chosen.value:
            yield Found(
                f"{amount.value:.2f}",
                amount.box,
                frozenset({Evidence.NAMED if amount.strong else Evidence.HINTED}),
                frozenset({Doubt.SUBTOTAL}),
                amount.text,
            )


def _unsolved(named: Named) -> dict[FieldName, list[Found]]:
    fields: dict[FieldName, list[Found]] = {}
    for name, field in (
        ("net", FieldName.TOTAL_WITHOUT_VAT),
        ("vat", FieldName.TOTAL_VAT),
        ("gross", FieldName.TOTAL_WITH_VAT),
        ("due", FieldName.AMOUNT_DUE),
    ):
        strong = [each for each in named[name] if each.strong]
        ranked = sorted(strong, key=lambda each: each.beside, reverse=True)
        doubts = frozenset({Doubt.UNBALANCED})
        fields[field] = [_found(each, doubts) for each in ranked]
    return fields


def _found(amount: Amount, doubts: frozenset[Doubt]) -> Found:
    evidence = {Evidence.SUMS} if Doubt.UNBALANCED not in doubts else set()
    if amount.named:
        evidence.add(Evidence.NAMED if amount.strong else Evidence.HINTED)
    else:
        evidence.add(Evidence.TOTALS)
    return Found(f"{amount.value:.2f}", amount.box, frozenset(evidence), doubts, amount.text)


def _sum_of(rows: tuple[VatRow, ...]) -> Amount:
    total = sum((row.tax for row in rows), Decimal(0))
    return Amount(total, False, False, None, rows[0].box, named=False)
