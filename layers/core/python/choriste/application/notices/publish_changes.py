"""Publish status changes from the outbox to the bus, each at least once.

Events carry no personal data: who acted stays in the history, which only entitled people may read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from choriste.application.notices.ports import NoticePorts
from choriste.application.shared.messages import SCHEMA
from choriste.application.shared.ports import Acquisition
from choriste.domain.lifecycle import ReasonCode, Status
from choriste.domain.shared.ids import EventId
from choriste.domain.tracking.head import StatusChange

BATCH = 100


_LEASE = "publisher"
"""Under what one run at a time empties the outbox."""

_LEASED = dt.timedelta(minutes=1)
"""How long a run has the outbox at most: as long as its function may run."""


def _always() -> bool:
    return True


def publish_changes(ports: NoticePorts, *, by: str, has_time: Callable[[], bool] = _always) -> int:
    """Publish all that waits in the outbox and return how many changes went out.

    `by` names the run, which empties the outbox alone: another one under way goes on with it. It ends early,
    between two batches, when `has_time` says no.
    """
    if (
        ports.idempotency.acquire(_LEASE, by=by, until=ports.clock.now() + _LEASED)
        is not Acquisition.ACQUIRED
    ):
        return 0
    published = 0
    while has_time() and (changes := ports.outbox.pending(limit=BATCH)):
        _publish(ports, changes)
        published += len(changes)
        if len(changes) < BATCH:
            break
    ports.idempotency.put(_LEASE, by, until=ports.clock.now())
    return published


def publish_named(ports: NoticePorts, ids: Sequence[EventId]) -> int:
    """Publish the named changes, without those that went out before; return how many went out."""
    changes = ports.outbox.unpublished(ids)
    _publish(ports, changes)
    return len(changes)


def _publish(ports: NoticePorts, changes: Sequence[StatusChange]) -> None:
    if changes:
        ports.bus.publish([event_of(change) for change in changes])
        ports.outbox.mark_published(changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEvent:
    """The public event of a status change; `schemas/invoice-status-changed.json` describes it.

    `at` is ISO 8601 in UTC; the same change always has the same `id`. `schema` is raised when a field changes
    its meaning; fields may be added under the same one.
    """

    schema: int
    id: str
    invoice_id: int
    version: int
    at: str
    transition: str
    before: Status | None
    after: Status
    reason_code: ReasonCode | None


def event_of(change: StatusChange) -> dict[str, object]:
    """Return the event of a status change as JSON values."""
    event = StatusEvent(
        schema=SCHEMA,
        id=change.id,
        invoice_id=change.invoice_id,
        version=change.version,
        at=change.at.isoformat(),
        transition=change.transition,
        before=change.before,
        after=change.after,
        reason_code=change.reason_code,
    )
    return asdict(event)
