"""What the operator is answered with."""

from __future__ import annotations

from choriste.application.operations.resume_stuck import StuckItem, stuck_reason
from choriste.domain.operations.standstill import StuckCause
from functions.api.http.models import Answer, LocalizedText, Moment, text_out


class StuckEntry(Answer):
    """A flow or an invoice that does not advance: since when, at which state or status, and why.

    `number` is the invoice's own number, null for a flow.
    """

    kind: str
    id: str
    number: str | None
    state: str
    since: Moment
    cause: StuckCause
    why: LocalizedText


class StuckItems(Answer):
    """What does not advance, longest first."""

    stuck: list[StuckEntry]


class ResumedItem(Answer):
    """The item that was resumed, if it still does not advance, else null."""

    stuck: StuckEntry | None


def stuck_out(item: StuckItem) -> StuckEntry:
    """Return an item as an answer holds it."""
    return StuckEntry(
        kind=item.kind,
        id=item.id,
        number=item.number,
        state=item.state,
        since=item.since,
        cause=item.cause,
        why=text_out(stuck_reason(item.cause)),
    )
