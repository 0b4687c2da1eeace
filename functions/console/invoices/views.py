"""What the pages of invoices show, made from the domain's objects in the visitor's language."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.invoices.criteria import Side
from choriste.application.invoices.read_invoices import InvoiceView
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level
from choriste.domain.lifecycle import (
    TRANSITIONS,
    Carries,
    Frame,
    ReasonCode,
    Status,
    Transition,
)
from choriste.domain.lifecycle.editing import Field, recyclable_fields
from choriste.domain.lifecycle.labels import Kind, find_label, label, reason_label, status_label
from choriste.domain.lifecycle.reasons import REASON_TEXT_LIMIT, Need
from choriste.domain.parties.search import plain
from choriste.domain.tracking.head import FileKind, InvoiceHead, StatusChange
from choriste.domain.tracking.journey import position_of
from functions.console.web.rendering import text
from functions.console.web.views import Badge, Choice, status_badge, tone_of

_RECYCLE = "recycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What the visitor may do with an invoice: which form it needs, and the tone of where it leads."""

    name: str
    label: str
    reasons: tuple[Choice, ...]
    wants_text: bool
    needs_text: bool
    corrects: frozenset[str]
    """The fields that it may correct: `recipient`, `service_code`, `engagement`."""
    names_party: bool
    leads_to: str
    text_limit: int = REASON_TEXT_LIMIT

    @property
    def is_plain(self) -> bool:
        """Whether one button is enough, with at most a remark that may be left out."""
        return not (self.reasons or self.needs_text or self.corrects or self.names_party)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A line of an invoice's history: a status with its badge, or an act beside the statuses by its name."""

    change: StatusChange
    badge: Badge | None
    act: str | None
    reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an invoice; `category` is its type in the words of whoever attached it."""

    name: str
    label: str
    size: int
    sha256: str
    category: str | None = None


def action(
    row: Transition, *, frame: Frame, language: str, corrects: frozenset[Field] = frozenset()
) -> Action:
    """Return the form that a transition needs for an invoice of a frame, with what it may correct."""
    codes = sorted(row.reason.codes_for(frame)) if row.reason.need in {Need.CODE, Need.CODE_AND_TEXT} else []
    return Action(
        name=row.name,
        label=action_label(row.name, language=language) or row.name,
        reasons=tuple(Choice(code.value, reason_label(code, language=language)) for code in codes),
        wants_text=row.reason.need is not Need.NOTHING,
        needs_text=row.reason.need is Need.CODE_AND_TEXT,
        corrects=frozenset(f.name.lower() for f in corrects) if row.name == _RECYCLE else frozenset(),
        names_party=row.carries is Carries.PARTY,
        leads_to=tone_of(row.target),
    )


def action_label(name: str, *, language: str) -> str | None:
    """Return what an action is called on its button; None for a name that is no action."""
    known = find_label(Kind.ACTION, name)
    return known.in_language(language) if known is not None else None


def act_label(name: str, *, language: str) -> str | None:
    """Return what an act (a comment, an attachment …) is called on its button; None for any other name."""
    known = find_label(Kind.ACT, name)
    return known.in_language(language) if known is not None else None


def actions(view: InvoiceView, *, language: str) -> tuple[Action, ...]:
    """Return what the visitor may do, in the order of the table."""
    head = view.head
    corrects = recyclable_fields(position_of(head), reason=head.reason_code)
    return tuple(action(row, frame=head.frame, language=language, corrects=corrects) for row in view.actions)


def history(view: InvoiceView, *, language: str) -> tuple[HistoryRow, ...]:
    """Return the history, newest first."""
    rows = (
        HistoryRow(
            change=change,
            badge=None if change.is_act else status_badge(change.after, language=language),
            act=label(Kind.DONE, change.transition).in_language(language) if change.is_act else None,
            reason=_coded_reason(change, language=language),
            note=change.note.in_language(language) if change.note is not None else None,
        )
        for change in view.history
    )
    return tuple(rows)[::-1]


def files(head: InvoiceHead, *, language: str) -> tuple[FileRow, ...]:
    """Return the files of an invoice, with their kind in words."""
    labels = {kind: text(f"file.{kind.name.lower()}", language=language) for kind in FileKind}
    return tuple(
        FileRow(file.name, labels[file.kind], file.size, file.sha256, file.category) for file in head.files
    )


def status_choices(chosen: Status | None, *, language: str) -> tuple[Choice, ...]:
    """Return the statuses that ordinary invoices go through, by name."""
    common = {row.target for row in TRANSITIONS if Frame.A1 in row.frames} | {Status.DEPOSEE}
    choices = (Choice(each.value, status_label(each, language=language), each is chosen) for each in common)
    return tuple(sorted(choices, key=lambda choice: plain(choice.label)))


def open_sides(principal: Principal) -> tuple[Side, ...]:
    """Return the sides that the visitor has a right on; received invoices wait for somebody, so they lead."""
    return tuple(
        side
        for side in (Side.RECEIVED, Side.ISSUED, Side.VALIDATION, Side.WORKS)
        if principal.structures_with(side.space, Level.CONSULT)
    )


def _coded_reason(change: StatusChange, *, language: str) -> str | None:
    """Return the reason's name; a remark has none, its words stand alone."""
    if change.reason_code is None or (change.reason_code is ReasonCode.AUTRE and change.reason_text):
        return None
    return reason_label(change.reason_code, language=language)
