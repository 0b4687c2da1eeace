"""Tables whose columns are without VAT, VAT, with VAT: which of their rows is the total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import Final

from choriste.documents.read.prefill.amounts import Amount, Run
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.page_layout import Line

_TOTAL: Final = re.compile(
    r"^\W*(?:totau?x?|total general|montant total|ensemble|summe|gesamt|totale?|somme)\b"
)
_LONGEST: Final = 120
_MOST_AMOUNTS: Final = 9
_HIGHEST_SHARE: Final = Decimal("0.28")
_FEWEST_SUMMED: Final = 2

Triple = tuple[Amount, Amount, Amount]


@dataclass(frozen=True)
class TableTotal:
    """A row of amounts without VAT, VAT and with VAT; `summed` where it is the sum of the rows above it.

    `alone` is a row without a name: the only one of its table, or the sum of all rows, which is not printed.
    """

    triple: Triple
    summed: bool
    named: bool
    alone: bool


def table_totals(page: Page, runs: Sequence[Sequence[Run]]) -> Iterator[TableTotal]:
    """Yield the total row of each table, or its only row."""
    for at, line in enumerate(runs):
        if _heads(line):
            yield from _total_of(list(_rows(page.lines, runs, at)))


def _heads(line: Sequence[Run]) -> bool:
    if any(run.amounts for run in line):
        return False
    net = any(run.means("net") or run.means("base") for run in line)
    return net and any(run.means("vat") for run in line) and any(run.means("gross") for run in line)


def _rows(lines: Sequence[Line], runs: Sequence[Sequence[Run]], head: int) -> Iterator[tuple[str, Triple]]:
    for at in range(head + 1, min(head + 1 + _LONGEST, len(lines))):
        if _heads(runs[at]):
            return
        amounts = [amount for run in runs[at] for amount in run.amounts]
        triple = _triple(amounts[-_MOST_AMOUNTS:])
        if triple is not None:
            yield lines[at].segments[0].plain, triple


def _triple(amounts: Sequence[Amount]) -> Triple | None:
    for net, vat, gross in combinations(amounts, 3):
        share = abs(vat.value) <= _HIGHEST_SHARE * abs(net.value)
        if net.value and share and net.value + vat.value == gross.value:
            return net, vat, gross
    return None


def _total_of(rows: Sequence[tuple[str, Triple]]) -> Iterator[TableTotal]:
    for at, (text, triple) in enumerate(rows):
        above = [each for _, each in rows[:at]]
        summed = len(above) >= _FEWEST_SUMMED and all(
            sum(each[column].value for each in above) == triple[column].value for column in range(3)
        )
        named = _TOTAL.match(text) is not None
        if summed or named:
            yield TableTotal(_as_total(triple, strong=summed and named), summed, named, alone=False)
            return
    if len(rows) >= _FEWEST_SUMMED:
        yield TableTotal(_sum_of([each for _, each in rows]), summed=True, named=False, alone=True)
    if len(rows) == 1:
        yield TableTotal(_as_total(rows[0][1], strong=False), summed=False, named=False, alone=True)


def _sum_of(rows: Sequence[Triple]) -> Triple:
    net, vat, gross = (
        replace(
            rows[0][column],
            value=sum((row[column].value for row in rows), Decimal(0)),
            strong=False,
            named=False,
        )
        for column in range(3)
    )
    return net, vat, gross


def _as_total(triple: Triple, *, strong: bool) -> Triple:
    net, vat, gross = (replace(each, strong=strong, beside=False) for each in triple)
    return net, vat, gross
