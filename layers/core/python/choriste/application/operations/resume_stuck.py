"""What stands still although the platform should have moved it: the operator's list, and its resuming.

The sweeper takes the same items up every few minutes; what still stands here needs a look. Waiting for a
person within a legal delay is not standing still.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from choriste.application.access.policy import require_operator
from choriste.application.operations.ports import DueItem, DueKind, OperationPorts
from choriste.application.operations.resume_overdue import AGAIN, BATCH, resume_item
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle import Role, Status
from choriste.domain.lifecycle.next_actor import expected_actors
from choriste.domain.operations.standstill import StuckCause
from choriste.domain.shared.errors import BadRequestError
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import position_of
from choriste.i18n.catalogue import message
from choriste.i18n.message import Message

_SHOWN = frozenset({DueKind.FLOW, DueKind.INVOICE})
"""What the list shows; requests for access wait for people."""

FLOW_PATIENCE = dt.timedelta(minutes=10)
"""How long a flow may take before it stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckItem:
    """A flow or an invoice that stands still: its kind and id, since when, at which state or status, why."""

    kind: DueKind
    id: str
    since: dt.datetime
    state: str
    cause: StuckCause
    number: str | None = None


def list_stuck(ports: OperationPorts, principal: Principal) -> tuple[StuckItem, ...]:
    """Return what stands still, longest first (at most 200); raises `ForbiddenError` unless operator.

    While archives or their documents wait for their turn, flows that are merely unfinished are no matter of
    the operator's.
    """
    require_operator(principal)
    now, waits = ports.clock.now(), ports.backlog.is_waiting()
    # the sweeper puts what it took up off by `AGAIN`
    items = ports.due_items.due_before(now + AGAIN, limit=BATCH)
    found = [_stuck(ports, item, now) for item in items if item.kind in _SHOWN]
    standing = [item for item in found if item is not None]
    shown = [item for item in standing if not (waits and item.cause is StuckCause.FLOW_UNFINISHED)]
    return tuple(sorted(shown, key=lambda item: item.since))


def stuck_reason(cause: StuckCause) -> Message:
    """Return why an item is stuck, and what resuming it does."""
    return message("operations", cause.value)


def resume_stuck(ports: OperationPorts, principal: Principal, *, kind: str, item_id: str) -> StuckItem | None:
    """Take an item up at once and return it if it still stands still.

    Doing so twice, or on an item that went on meanwhile, changes nothing. Raises `ForbiddenError` unless
    operator, `BadRequestError` for an unknown kind.
    """
    require_operator(principal)
    now = ports.clock.now()
    item = DueItem(kind=_kind(kind, item_id), id=item_id, due_at=now)
    resume_item(ports, item, now)
    return _stuck(ports, item, now)


def _kind(word: str, item_id: str) -> DueKind:
    if word not in _SHOWN or (word == DueKind.INVOICE and not item_id.isdigit()):
        raise BadRequestError(field="kind", expected=message("expected", "stuck-item"))
    return DueKind(word)


def _stuck(ports: OperationPorts, item: DueItem, now: dt.datetime) -> StuckItem | None:
    return _stuck_flow(ports, item, now) if item.kind is DueKind.FLOW else _stuck_invoice(ports, item, now)


def _stuck_flow(ports: OperationPorts, item: DueItem, now: dt.datetime) -> StuckItem | None:
    flow = ports.flows.get(FlowId(item.id))
    if flow is None or flow.state.is_final or now - flow.received_at < FLOW_PATIENCE:
        return None
    cause = StuckCause.FLOW_BLOCKED if flow.blocked else StuckCause.FLOW_UNFINISHED
    return StuckItem(kind=item.kind, id=flow.id, since=flow.received_at, state=flow.state.value, cause=cause)


def _stuck_invoice(ports: OperationPorts, item: DueItem, now: dt.datetime) -> StuckItem | None:
    """Return the invoice when its time is over, or when it is the platform that should act, late."""
    head = ports.invoices.get(InvoiceId(int(item.id)))
    if head is None or head.due_at is None or head.due_at > now:
        return None
    waits_for_platform = Role.PLATFORM in expected_actors(position_of(head))
    since = head.status_at if waits_for_platform else head.due_at
    return StuckItem(
        kind=item.kind,
        id=str(head.id),
        since=since,
        state=head.status.value,
        cause=_cause(head, waits_for_platform=waits_for_platform),
        number=head.number,
    )


def _cause(head: InvoiceHead, *, waits_for_platform: bool) -> StuckCause:
    if head.status is Status.DEPOSEE:
        return StuckCause.INTAKE_UNFINISHED
    return StuckCause.PLATFORM_LATE if waits_for_platform else StuckCause.DEADLINE_UNAPPLIED
