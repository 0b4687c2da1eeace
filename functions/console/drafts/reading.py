"""What was read of the file that a draft began from, beside the form: values, why, totals compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from choriste.domain.drafts.draft import Draft, DraftReading, ReadValue
from choriste.domain.invoice.model import Totals
from choriste.i18n.formats import date_text, money_text
from choriste.i18n.typography import typeset
from functions.console.drafts.form import Typed, proposal
from functions.console.web.rendering import text

_TOTALS: Final = {
    "total_without_vat": "without_vat",
    "total_vat": "vat",
    "total_with_vat": "with_vat",
    "amount_due": "due",
}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A value in words: what it is called, the value, why, and the page it stands on."""

    label: str
    value: str
    certain: bool
    why: str
    page: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A total as the page prints it and as the form adds it up."""

    label: str
    printed: str
    computed: str
    same: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class ReadingView:
    """Everything that stands beside the form; `takes` counts the proposals for fields that are empty."""

    filename: str
    pages: tuple[int, ...]
    rows: tuple[ReadRow, ...]
    totals: tuple[Compared, ...]
    remarks: tuple[str, ...]
    takes: int


def reading_view(draft: Draft, typed: Typed, *, language: str) -> ReadingView | None:
    """Return what was read for a draft, None for one that began from nothing."""
    read = draft.read
    if read is None:
        return None
    return ReadingView(
        filename=read.filename,
        pages=tuple(range(1, read.pages + 1)),
        rows=tuple(_row(each, draft, language) for each in read.values if each.name not in _TOTALS),
        totals=tuple(_compared(read, draft, language)),
        remarks=tuple(typeset(each.in_language(language), language=language) for each in read.remarks),
        takes=sum(not value and proposal(read, name) is not None for name, value in typed.fields.items()),
    )


def _row(read: ReadValue, draft: Draft, language: str) -> ReadRow:
    return ReadRow(
        label=text(f"read.{read.name}", language=language),
        value=_shown(read, draft, language),
        certain=read.certain,
        why=typeset(read.why.in_language(language), language=language),
        page=read.page,
    )


def _shown(read: ReadValue, draft: Draft, language: str) -> str:
    if read.name.endswith("_date"):
        return date_text(dt.date.fromisoformat(read.value), language=language)
    if read.name in _TOTALS:
        return money_text(Decimal(read.value), draft.invoice.currency, language=language)
    return read.value


def _compared(read: DraftReading, draft: Draft, language: str) -> Iterator[Compared]:
    """Yield the totals; a credit note's have a sign on some pages, and none in its data."""
    totals = draft.invoice.totals or Totals()
    for name, attribute in _TOTALS.items():
        found, computed = read.value(name), getattr(totals, attribute) or Decimal(0)
        if found is not None:
            yield Compared(
                label=text(f"read.{name}", language=language),
                printed=_shown(found, draft, language),
                computed=money_text(computed, draft.invoice.currency, language=language),
                same=abs(Decimal(found.value)) == abs(computed),
                certain=found.certain,
            )
