"""Documents of a works contract: monthly statement, instalment statement, final account, and their kin.

One page serves every document of the chain (frames A4 to A8 and A13 to A25): its title says which, its
tables show what was due before, for the period, and in all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from choriste.documents.issue.actors import Actor
from choriste.documents.issue.assembly import Attachment, assemble
from choriste.documents.issue.pages.pairs import labelled, pairs
from choriste.documents.issue.pages.sheet import (
    Block,
    Row,
    Sheet,
    actor_block,
    facts,
    prose,
    set_sheet,
    table,
)
from choriste.documents.issue.wording import Wording, wording
from choriste.domain.shared.findings import Message

_COLUMNS = ("before", "now", "total")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksAmount:
    """A row of the statement: what it is for, and its amounts without VAT before, now and in all."""

    label: str
    detail: str | None = None
    before: Decimal | None = None
    now: Decimal | None = None
    total: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksStep:
    """An actor's turn in the chain: who did what, when (aware UTC)."""

    at: dt.datetime
    actor: Actor
    act: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksDocument:
    """One document of a billing file (*dossier de facturation*).

    `works` are the rows that add up, `deductions` what comes off or on afterwards (retention, advance
    repaid, penalties, price revision), `admitted` what it admits of other pieces of the file, `totals` the
    labelled results down to the amount to pay.
    """

    kind: Message
    number: str
    issued_on: dt.date
    technical_id: str
    deposited_at: dt.datetime
    currency: str
    amount_due: Decimal
    contractor: Actor | None = None
    project_manager: Actor | None = None
    authority: Actor | None = None
    subcontractor: Actor | None = None
    co_contractor: Actor | None = None
    market: str | None = None
    lot: str | None = None
    billing_file: str | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    works: tuple[WorksAmount, ...] = ()
    deductions: tuple[WorksAmount, ...] = ()
    admitted: tuple[WorksAmount, ...] = ()
    totals: tuple[tuple[Message, Decimal], ...] = ()
    steps: tuple[WorksStep, ...] = ()
    comment: str | None = None


def make_works_document(
    document: WorksDocument, *, language: str = "fr", attachments: Sequence[Attachment] = ()
) -> bytes:
    """Return the document as PDF/A-3a and PDF/UA-1, its annexes embedded; raises DocumentError."""
    words = wording(language)
    sheet = Sheet(
        title=document.kind.in_language(words.language),
        subtitle=document.number,
        highlights=_highlights(document, words),
        actors=_actors(document, words),
        blocks=_blocks(document, words),
        reference=f"{words['tracking.technical_id']} {document.technical_id}",
        closing=words["works.closing"],
    )
    page = set_sheet(sheet, words, dated=document.deposited_at)
    return assemble(page, attachments=attachments, modified=document.deposited_at)


def _highlights(document: WorksDocument, words: Wording) -> list[list[str]]:
    return pairs(
        (words["works.issued"], words.long_day(document.issued_on)),
        (words["amount_due"], words.money(document.amount_due, document.currency)),
    )


def _actors(document: WorksDocument, words: Wording) -> list[list[Block]]:
    left = actor_block(words["works.contractor"], document.contractor, words)
    left += actor_block(words["works.co_contractor"], document.co_contractor, words)
    left += actor_block(words["works.subcontractor"], document.subcontractor, words)
    right = actor_block(words["works.project_manager"], document.project_manager, words)
    return [left, right + actor_block(words["works.authority"], document.authority, words)]


def _blocks(document: WorksDocument, words: Wording) -> list[Block | None]:
    values = (
        ("market", document.market),
        ("lot", document.lot),
        ("period", words.period(document.period_start, document.period_end)),
        ("billing_file", document.billing_file),
        ("deposited", words.moment(document.deposited_at)),
    )
    totals = [[label.in_language(words.language), words.amount(value)] for label, value in document.totals]
    return [
        facts(words["works.contract"], labelled(words, "works", values)),
        _amounts(words["works.works"], document.works, words),
        _amounts(words["works.deductions"], document.deductions, words),
        _amounts(words["works.admitted"], document.admitted, words),
        table(
            words["totals"],
            [words["works.column.label"], document.currency],
            totals,
            widths=(0, 36),
            figures=1,
            last=Row.SUM,
        ),
        prose(words["works.comment"], (document.comment,)),
        _steps(document, words),
    ]


def _amounts(title: str, rows: Sequence[WorksAmount], words: Wording) -> Block | None:
    """Return a table of amounts with the columns that hold any."""
    held = [name for name in _COLUMNS if any(getattr(row, name) is not None for row in rows)]
    named = ["amount"] if held == ["now"] else held
    columns = [words[f"works.column.{name}"] for name in ("label", *named)]
    shown = [
        [[row.label, row.detail or ""], *(_shown(getattr(row, name), words) for name in held)] for row in rows
    ]
    return table(title, columns, shown, widths=(0, *(32 for _ in held)), figures=len(held))


def _shown(value: Decimal | None, words: Wording) -> str:
    return words.amount(value) if value is not None else ""


def _steps(document: WorksDocument, words: Wording) -> Block | None:
    rows = [
        [
            list(words.day_and_hour(step.at)),
            [step.actor.name, step.actor.identifier or ""],
            step.act.in_language(words.language),
        ]
        for step in document.steps
    ]
    columns = [words[f"slip.column.{name}"] for name in ("moment", "actor", "status")]
    return table(words["works.steps"], columns, rows, widths=(40, 70, 0))
