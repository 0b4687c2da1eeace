"""Resume what is overdue (the sweeper): legal deadlines, and what a failure left standing.

Nothing is ever left without an owner: a flow that is not settled and an invoice that did not reach its
recipient come up here until they are, and are marked for the operator after several tries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from choriste.application.approvals.await_decision import restart_wait
from choriste.application.approvals.expire_wait import apply_deadline
from choriste.application.deposits.receive_deposit import resume_flow
from choriste.application.members.advance_request import advance_request
from choriste.application.members.merge_structures import advance_merger
from choriste.application.members.ports import MemberPorts
from choriste.application.members.transfer_role import advance_transfer
from choriste.application.operations.ports import DueItem, DueKind, OperationPorts
from choriste.domain.lifecycle import Status
from choriste.domain.shared.errors import StaleVersionError
from choriste.domain.shared.ids import FlowId, InvoiceId

BATCH = 200
AGAIN = dt.timedelta(minutes=10)
BLOCKED_AFTER = dt.timedelta(hours=2)

_ALL = 1_000_000
_EVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def resume_overdue(ports: OperationPorts, *, at_once: bool) -> int:
    """Take up all that is overdue, or with `at_once` everything that is unfinished; return how many items.

    At once also starts again the machines of the waits that go on: they may have been lost with a platform
    that was killed. What fails is raised as one group once everything else was taken up: nobody waits for it.
    """
    now = ports.clock.now()
    items = ports.due_items.due_before(_EVER, limit=_ALL) if at_once else _overdue(ports, now)
    count, failures = 0, []
    for item in items:
        count += 1
        failure = _take_up(ports, item, now)
        if failure is not None:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("items that could not be resumed", failures)
    return count


def _overdue(ports: OperationPorts, now: dt.datetime) -> Iterator[DueItem]:
    """Yield what is overdue, batch by batch; what was taken up comes back later only.

    The index may lag behind: a batch that brings nothing new is the last of this run.
    """
    seen: set[DueItem] = set()
    while fresh := [item for item in ports.due_items.due_before(now, limit=BATCH) if item not in seen]:
        seen.update(fresh)
        yield from fresh


def _take_up(ports: OperationPorts, item: DueItem, now: dt.datetime) -> Exception | None:
    """Resume an item and look at it again later; return what failed, so that the others are resumed first."""
    failure = _tried(lambda: resume_item(ports, item, now))
    # a wait that goes on keeps its legal deadline
    if item.kind is DueKind.FLOW or item.due_at <= now:
        failure = _tried(lambda: ports.due_items.postpone(item, now + AGAIN)) or failure
    return failure


def _tried(step: Callable[[], None]) -> Exception | None:
    try:
        step()
    except Exception as error:  # noqa: BLE001 - one item must not keep the others from their owner
        return error
    return None


_ADVANCED: Final[Mapping[DueKind, Callable[[MemberPorts, str, dt.datetime], None]]] = {
    DueKind.REQUEST: advance_request,
    DueKind.TRANSFER: advance_transfer,
    DueKind.MERGER: advance_merger,
}
"""What waits for people, or was begun by one: who takes it up when its time has come."""


def resume_item(ports: OperationPorts, item: DueItem, now: dt.datetime) -> None:
    """Take one item up where it stands; an item that is gone or went on is left alone."""
    attempt = int(now.timestamp())
    if item.kind is DueKind.FLOW:
        flow = resume_flow(ports, FlowId(item.id), attempt=attempt)
        if flow is not None and now - flow.received_at > BLOCKED_AFTER:
            ports.flows.block(flow.id)
        return
    advance = _ADVANCED.get(item.kind)
    if advance is not None:
        advance(ports, item.id, now)
        return
    head = ports.invoices.get(InvoiceId(int(item.id)))
    if head is None or head.due_at is None:
        return
    if head.status is Status.DEPOSEE:
        ports.intake.start(head.flow_id, head.position, attempt=attempt)
    elif head.due_at <= now:
        # somebody who acted at the last moment wins
        with suppress(StaleVersionError):
            apply_deadline(ports, head.id)
    else:
        restart_wait(ports, head)
