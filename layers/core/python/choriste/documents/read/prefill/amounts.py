"""Labelled amounts: every line cut into runs of a label and the amounts and rates that follow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from choriste.documents.read.prefill.labels import Label, Page
from choriste.documents.read.prefill.model import Box
from choriste.documents.read.prefill.page_layout import Line, Segment
from choriste.documents.read.prefill.patterns import amounts_in, rates_in


@dataclass(frozen=True)
class Amount:
    """An amount that a label points at. `strong` labels name one total; `beside` is surer than underneath."""

    value: Decimal
    strong: bool
    beside: bool
    currency: str | None
    box: Box


@dataclass
class Run:
    """A label (of one or several meanings, or none) with the amounts and rates up to the next label."""

    labels: tuple[Label, ...] = ()
    amounts: list[Amount] = field(default_factory=list)
    rates: list[Decimal] = field(default_factory=list)

    def means(self, name: str) -> bool:
        """Return whether the run's label may mean a field."""
        return any(label.name == name for label in self.labels)


def runs_of(page: Page) -> tuple[tuple[Run, ...], ...]:
    """Cut every line of the document."""
    cut: list[tuple[Run, ...]] = []
    for line in page.lines:
        wrapped = _wrapped_run(page, line, cut[-1] if cut else ())
        if wrapped is None:
            cut.append(tuple(_runs(page, line)))
        else:
            _feed_first(wrapped, line.segments[0])
    return tuple(cut)


def amounts_for(page: Page, runs: tuple[tuple[Run, ...], ...], name: str) -> Iterator[Amount]:
    """Yield the amounts that the labels of a field point at: the last one beside, or the one underneath."""
    for line in runs:
        heads_items = any(run.means("column") for run in line)
        for run in line:
            label = next((label for label in run.labels if label.name == name), None)
            if label is None:
                continue
            if run.amounts:
                yield _as(run.amounts[-1], strong=label.strong and len(run.amounts) == 1, beside=True)
            elif not heads_items:
                yield from underneath(page, label)


def _wrapped_run(page: Page, line: Line, before: tuple[Run, ...]) -> Run | None:
    """Return the label's run that a line continues: `TVA` on one line, `20 % sur 1 000,00` under it."""
    if len(line.segments) != 1 or page.labels_of(line.segments[0]):
        return None
    below = line.segments[0]
    for run in before:
        head = run.labels[0].segment if run.labels else None
        if head and abs(head.x0 - below.x0) < 1 and below.top - head.bottom < 0.6 * head.height:
            return run
    return None


def _feed_first(run: Run, segment: Segment) -> None:
    run.rates += [each.value for each in rates_in(segment.text)]
    run.amounts[:0] = _amounts(segment, 0, len(segment.text))


def underneath(page: Page, label: Label) -> Iterator[Amount]:
    """Yield the amount that stands alone under a label, as in totals laid out in a row."""
    under = page.below(label.segment)
    if under is None or page.labels_of(under):
        return
    amounts = list(_amounts(under, 0, len(under.text)))
    if len(amounts) == 1:
        yield _as(amounts[0], strong=label.strong, beside=False)


def _runs(page: Page, line: Line) -> Iterator[Run]:
    run = Run()
    for segment in line.segments:
        labels = page.labels_of(segment)
        first = labels[0].start if labels else len(segment.text)
        _feed(run, segment, 0, first)
        for start in sorted({label.start for label in labels}):
            yield run
            here = tuple(label for label in labels if label.start == start)
            run = Run(here)
            _feed(run, segment, here[0].end, here[0].until)
    yield run


def _feed(run: Run, segment: Segment, start: int, until: int) -> None:
    run.amounts += _amounts(segment, start, until)
    run.rates += [each.value for each in rates_in(segment.text[start:until])]


def _amounts(segment: Segment, start: int, until: int) -> Iterator[Amount]:
    for each in amounts_in(segment.text[start:until]):
        box = segment.box(start + each.start, start + each.end)
        yield Amount(each.value, strong=False, beside=True, currency=each.currency, box=box)


def _as(amount: Amount, *, strong: bool, beside: bool) -> Amount:
    return Amount(amount.value, strong, beside, amount.currency, amount.box)
