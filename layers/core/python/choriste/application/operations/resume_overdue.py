"""Resume what is overdue (the sweeper): legal deadlines, and what a failure left standing.

Nothing is ever left without an owner: a flow that is not settled and an invoice that did not reach its
recipient come up here until they are, and are marked for the operator after several tries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from choriste.application.approvals.await_decision import restart_wait
from choriste.application.approvals.expire_wait import apply_deadline
from choriste.application.deposits.open_flow import resume_flow
from choriste.application.members.advance_request import advance_request
from choriste.application.members.merge_structures import advance_merger
from choriste.application.members.ports import MemberPorts
from choriste.application.members.transfer_role import advance_transfer
from choriste.application.operations.ports import EVERY_KIND, DueItem, DueKind, OperationPorts
from choriste.application.shared.side_by_side import AT_ONCE, side_by_side
from choriste.domain.deposits.flow import Flow
from choriste.domain.lifecycle import Status
from choriste.domain.shared.errors import StaleVersionError
from choriste.domain.shared.ids import FlowId, InvoiceId

BATCH = 200
AGAIN = dt.timedelta(minutes=10)
BLOCKED_AFTER = dt.timedelta(hours=2)

DEADLINES: Final = EVERY_KIND - {DueKind.FLOW}
"""What waits for a date that a law or a person set: taken up in runs of their own, behind no flow."""

_BACKLOG: Final = "sweeper#backlog"
"""Under what it is remembered that something waited for its turn of late."""

_ALL = 1_000_000
_EVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def _always() -> bool:
    return True


def resume_overdue(
    ports: OperationPorts,
    *,
    at_once: bool = False,
    kinds: frozenset[DueKind] = EVERY_KIND,
    has_time: Callable[[], bool] = _always,
) -> int:
    """Take up all that is overdue of some kinds, or with `at_once` everything unfinished; return how many.

    It ends early, between two groups of items, when `has_time` says no: the next run goes on from there. At
    once also starts again the machines of the waits that go on: they may have been lost with a platform
    that was killed. What fails is raised as one group once everything else was taken up: nobody waits for it.
    """
    now = ports.clock.now()
    sweep = _Sweep(ports, now, waits=not at_once and DueKind.FLOW in kinds and _backlog(ports, now))
    count, failures = 0, list[Exception]()
    for group in _groups(ports, now, kinds, at_once=at_once):
        if not has_time():
            break
        count += len(group)
        failures += filter(None, side_by_side(sweep.take_up, group))
    if failures:
        raise ExceptionGroup("items that could not be resumed", failures)
    return count


def _backlog(ports: OperationPorts, now: dt.datetime) -> bool:
    """Say whether something waits for its turn in the queues, and remember it for two hours."""
    waits = ports.backlog.is_waiting()
    if waits:
        ports.idempotency.put(_BACKLOG, now.isoformat(), until=now + BLOCKED_AFTER)
    return waits


def _groups(
    ports: OperationPorts, now: dt.datetime, kinds: frozenset[DueKind], *, at_once: bool
) -> Iterator[Sequence[DueItem]]:
    """Yield what is overdue in groups that are worked on side by side; what was taken up comes back later.

    The index may lag behind: a batch that brings nothing new is the last of this run.
    """
    seen: set[DueItem] = set()
    moment, limit = (_EVER, _ALL) if at_once else (now, BATCH)
    while batch := _fresh(ports.due_items.due_before(moment, limit=limit, kinds=kinds), seen):
        seen.update(batch)
        yield from (batch[start : start + AT_ONCE] for start in range(0, len(batch), AT_ONCE))
        if at_once:
            return


def _fresh(found: Sequence[DueItem], seen: set[DueItem]) -> Sequence[DueItem]:
    return [item for item in found if item not in seen]


@dataclass(frozen=True, slots=True)
class _Sweep:
    """One run; `waits` says that flows wait for their turn in the queues, where nothing is lost."""

    ports: OperationPorts
    now: dt.datetime
    waits: bool

    def take_up(self, item: DueItem) -> Exception | None:
        """Lease an item, then resume it; return what failed, so that the others are resumed too.

        The lease comes first: an item that outlives its function is not the first of the next run again, and
        two runs never work on the same one.
        """
        return _tried(lambda: self._resume(item))

    def _resume(self, item: DueItem) -> None:
        # a wait that goes on keeps its legal deadline
        is_leased = item.kind is DueKind.FLOW or item.due_at <= self.now
        if is_leased and not self.ports.due_items.postpone(item, self.now + AGAIN):
            return
        if not (self.waits and item.kind is DueKind.FLOW):
            resume_item(self.ports, item, self.now)


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
        if flow is not None and _stands_still(ports, flow, now):
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
        # somebody who acted at the last moment wins; a busy table is a matter of the next run
        with suppress(StaleVersionError):
            apply_deadline(ports, head.id)
    else:
        restart_wait(ports, head)


def _stands_still(ports: OperationPorts, flow: Flow, now: dt.datetime) -> bool:
    """Say whether a flow is late without having had to wait for its turn."""
    return now - flow.received_at > BLOCKED_AFTER and ports.idempotency.get(_BACKLOG) is None
