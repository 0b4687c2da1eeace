"""Labelled amounts: every line cut into runs of a label and the amounts and rates that follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from choriste.documents.read.prefill.labels import Label, Page
from choriste.documents.read.prefill.model import Box
from choriste.documents.read.prefill.page_layout import Line, Segment
from choriste.documents.read.prefill.patterns import amounts_in, rates_in

TOTALS: Final = ("net", "vat", "gross", "due", "prepaid")
_AFTER_DUE: Final = re.compile(
    r"[\s:.\-]*(?:\(?(?:ttc|t\.?t\.?c\.?|ht|h\.?t\.?|eur|euros?|en euros|€|le|avant|au|par|tva|net|ce jour"
    r"|total|taxes? comprises?|toutes|incl|excl|gbp|usd|chf)\b[\s:.)/]*)*(?=$|[-(€£$\d]|[A-Z]{3} ?\d)",
    re.IGNORECASE,
)
_VERBAL: Final = re.compile(r"(?:montant|reste|solde|balance|solde restant) ?(?:du)?$|^a regler$|^solde$")
_HT: Final = re.compile(r"\b(?:h ?t|hors taxes?|hors tva)\b")
_TTC: Final = re.compile(r"\b(?:t ?t ?c|toutes taxes comprises)\b")
_NOT_TOTAL: Final = re.compile(
    r"\b(?:prix|p ?u|unitaire|cumul\w*|precedent\w*|marche|port|remise|escompte|acompte|taux|franco|soit"
    r"|abonnement|consommation\w*|dont|plafond|minimum|capital|penalite\w*)\b"
)


@dataclass(frozen=True)
class Amount:
    """An amount that a label points at. `strong` labels name one total; `beside` is surer than underneath."""

    value: Decimal
    strong: bool
    beside: bool
    currency: str | None
    box: Box
    text: str = ""
    named: bool = True


@dataclass
class Run:
    """A label (of one or several meanings, or none) with the amounts and rates up to the next label."""

    labels: tuple[Label, ...] = ()
    amounts: list[Amount] = field(default_factory=list)
    rates: list[Decimal] = field(default_factory=list)
    numbers: list[Decimal] = field(default_factory=list)
    text: str = ""

    def means(self, name: str) -> bool:
        """Return whether the run's label may mean a field."""
        return any(label.name == name for label in self.labels)

    @property
    def is_total(self) -> bool:
        """Whether its label may name a total."""
        return any(label.name in TOTALS for label in self.labels)


def runs_of(page: Page) -> tuple[tuple[Run, ...], ...]:
    """Cut every line of the document."""
    cut: list[tuple[Run, ...]] = []
    for line in page.lines:
        wrapped = _wrapped_run(page, line, cut[-1] if cut else ())
        if wrapped is None:
            cut.append(tuple(_runs(page, line)))
        else:
            _feed_first(wrapped, line.segments[0])
            cut.append(())
    return tuple(cut)


def amounts_for(page: Page, runs: tuple[tuple[Run, ...], ...], name: str) -> Iterator[Amount]:
    """Yield the amounts that the labels of a field point at: those beside, or underneath."""
    for line in runs:
        heads_items = any(run.means("column") for run in line)
        for run in line:
            label = next((each for each in run.labels if each.name == name and _names_total(each)), None)
            if label is None:
                yield from _worded(run, name)
            elif run.amounts:
                alone = len(run.amounts) == 1
                for amount in run.amounts:
                    yield replace(amount, strong=label.strong and alone, beside=True)
            elif not heads_items:
                yield from underneath(page, label)
                yield from _larger_beside(page, label)


def _names_total(label: Label) -> bool:
    """Return whether a phrase such as `montant dû` names an amount, unlike that of `montant du marché`."""
    if label.name != "due":
        return True
    phrase = label.segment.plain[label.start : label.end].strip()
    return not _VERBAL.search(phrase) or bool(_AFTER_DUE.match(label.segment.text[label.end :]))


def _worded(run: Run, name: str) -> Iterator[Amount]:
    """Yield the amount of a line whose unknown label ends with HT or TTC: `Montant des travaux HT`."""
    if run.is_total or not run.amounts or name not in {"net", "gross"} or _NOT_TOTAL.search(run.text):
        return
    wanted, other = (_HT, _TTC) if name == "net" else (_TTC, _HT)
    if wanted.search(run.text) and not other.search(run.text):
        yield replace(run.amounts[-1], strong=False, beside=True, named=False)


def _wrapped_run(page: Page, line: Line, before: tuple[Run, ...]) -> Run | None:
    """Return the label's run that a line continues: `TVA` on one line, `20 % sur 1 000,00` under it."""
    if len(line.segments) != 1 or page.labels_of(line.segments[0]):
        return None
    below = line.segments[0]
    for run in before:
        head = run.labels[0].segment if run.labels else None
        if head and abs(head.x0 - below.x0) < 1 and 0 < below.top - head.top < 1.6 * head.height:
            return run
    return None


def _feed_first(run: Run, segment: Segment) -> None:
    run.rates += [each.value for each in rates_in(segment.text)]
    run.amounts[:0] = _amounts(segment, 0, len(segment.text))


def underneath(page: Page, label: Label) -> Iterator[Amount]:
    """Yield the amount that stands alone under a label, as in totals laid out in a row.

    Where amounts follow under it, the label heads a column, and names no total.
    """
    under = page.below(label.segment)
    if under is None or page.labels_of(under):
        return
    amounts = list(_amounts(under, 0, len(under.text), bare=True))
    further = page.below(under)
    heads = further is not None and bool(amounts_in(further.text)) and not page.labels_of(further)
    if len(amounts) == 1 and not heads:
        yield replace(amounts[0], strong=label.strong, beside=False)


def _larger_beside(page: Page, label: Label) -> Iterator[Amount]:
    """Yield the amount in larger letters beside a label that ends its line."""
    right = page.right_of(label.segment)
    if right is None or right.line is label.segment.line or page.labels_of(right):
        return
    amounts = list(_amounts(right, 0, len(right.text), bare=True))
    if len(amounts) == 1:
        yield replace(amounts[0], strong=label.strong, beside=True)


def _runs(page: Page, line: Line) -> Iterator[Run]:
    run = Run()
    for segment in line.segments:
        labels = page.labels_of(segment)
        first = labels[0].start if labels else len(segment.text)
        _feed(run, segment, 0, first)
        for start in sorted({label.start for label in labels}):
            yield run
            here = tuple(label for label in labels if label.start == start)
            run = Run(here, text=segment.plain[: here[0].end])
            _feed(run, segment, here[0].end, here[0].until)
    yield run


def _feed(run: Run, segment: Segment, start: int, until: int) -> None:
    text = segment.text[start:until]
    if not text.strip():
        return
    lead = len(text) - len(text.lstrip(" :"))
    amounts = list(_amounts(segment, start + lead, until, bare=run.is_total))
    run.amounts += amounts
    run.rates += [each.value for each in rates_in(text)]
    run.text += segment.plain[start:until] + " "
    if not amounts and (number := re.fullmatch(r"\d{1,2}(?:[.,]\d{1,2})?", text.strip())):
        run.numbers.append(Decimal(number[0].replace(",", ".")))


def _amounts(segment: Segment, start: int, until: int, *, bare: bool = False) -> Iterator[Amount]:
    for each in amounts_in(segment.text[start:until], bare=bare):
        box = segment.box(start + each.start, start + each.end)
        yield Amount(each.value, False, True, each.currency, box, segment.text)
