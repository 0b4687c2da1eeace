"""The follow-up slip (*bordereau de suivi*): the whole history of an invoice on paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from choriste.documents.issue.actors import Actor
from choriste.documents.issue.pages.pairs import labelled, pairs
from choriste.documents.issue.pages.sheet import (
    Block,
    Sheet,
    Tone,
    actor_block,
    banner,
    facts,
    set_sheet,
    table,
)
from choriste.documents.issue.wording import Wording, wording
from choriste.domain.shared.findings import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpEvent:
    """One step of the history. `at` is aware UTC; `person` and `structure` say who acted.

    `passed_over` is the structure whose time to answer ran out, where the step was tacit: the slip then
    names it (docs/reference/waits.md#who-was-silent). `note` is what the platform recorded of the step, in
    the slip's language.
    """

    at: dt.datetime
    status: Message
    structure: Actor | None = None
    person: str | None = None
    reason: str | None = None
    comment: str | None = None
    passed_over: Actor | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpSlip:
    """What the slip says; `events` in the order in which they happened. `made_at` dates the document."""

    technical_id: str
    number: str
    kind: Message
    status: Message
    made_at: dt.datetime
    events: tuple[FollowUpEvent, ...]
    supplier: Actor | None = None
    recipient: Actor | None = None
    issued_on: dt.date | None = None
    deposited_at: dt.datetime | None = None
    amount: Decimal | None = None
    currency: str | None = None
    frame: Message | None = None
    engagement: str | None = None
    service: str | None = None
    market: str | None = None


def make_follow_up(slip: FollowUpSlip, *, language: str = "fr") -> bytes:
    """Return the slip as PDF/A-3a and PDF/UA-1; raises RenderError."""
    words = wording(language)
    amount = words.money(slip.amount, slip.currency) if slip.amount is not None else None
    sheet = Sheet(
        title=words["slip"],
        subtitle=f"{slip.kind.in_language(words.language)} {slip.number}",
        highlights=pairs(
            (words["slip.status"], slip.status.in_language(words.language)), (words["slip.amount"], amount)
        ),
        actors=(
            actor_block(words["supplier"], slip.supplier, words),
            actor_block(words["recipient"], slip.recipient, words),
        ),
        blocks=(_identity(slip, words), *_tacit(slip, words), _history(slip, words)),
        reference=f"{words['tracking.technical_id']} {slip.technical_id}",
        closing=words.filled("slip.closing", moment=words.moment(slip.made_at)),
    )
    return set_sheet(sheet, words, dated=slip.made_at)


def _identity(slip: FollowUpSlip, words: Wording) -> Block | None:
    values = (
        ("technical_id", slip.technical_id),
        ("issued", words.long_day(slip.issued_on) if slip.issued_on else None),
        ("deposited", words.moment(slip.deposited_at) if slip.deposited_at else None),
        ("frame", slip.frame.in_language(words.language) if slip.frame else None),
        ("engagement", slip.engagement),
        ("service", slip.service),
        ("market", slip.market),
    )
    return facts(words["slip.invoice"], labelled(words, "slip", values))


def _tacit(slip: FollowUpSlip, words: Wording) -> list[Block]:
    """Return a banner for each structure that let its time run out."""
    passed = [event for event in slip.events if event.passed_over is not None]
    return [banner(_tacit_sentence(event, words), Tone.WARNING) for event in passed]


def _tacit_sentence(event: FollowUpEvent, words: Wording) -> str:
    if event.note:
        return event.note
    name = event.passed_over.in_words() if event.passed_over else ""
    return words.filled("slip.tacit", name=name, day=words.legal_day(event.at))


def _history(slip: FollowUpSlip, words: Wording) -> Block | None:
    columns = [words[f"slip.column.{name}"] for name in ("moment", "status", "actor", "reason")]
    rows = [_row(event, words) for event in slip.events]
    return table(words["slip.history"], columns, rows, widths=(38, 42, 46, 0))


def _row(event: FollowUpEvent, words: Wording) -> list[object]:
    passed_over, note = event.passed_over, event.note
    if passed_over is not None:  # the banner has the note in full
        note = words.filled("slip.passed_over", name=passed_over.in_words())
    reason = "\n".join(text for text in (event.reason, event.comment, note) if text)
    actor = event.structure.name if event.structure else words["slip.platform"]
    detail = " · ".join(
        text for text in (event.person, event.structure.identifier if event.structure else None) if text
    )
    return [
        list(words.day_and_hour(event.at)),
        event.status.in_language(words.language),
        [actor, detail],
        reason,
    ]
