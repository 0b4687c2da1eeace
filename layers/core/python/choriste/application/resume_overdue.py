"""Resume what is overdue (the sweeper): legal deadlines, and what a failure left standing.

Nothing is ever left without an owner: a flow that is not settled and an invoice that did not reach its
recipient come up here until they are, and are marked for the operator after several tries.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from choriste.application.await_validator import write_deadline
from choriste.application.ports import DueItem, Workshop
from choriste.application.receive_deposit import resume_flow
from choriste.domain.errors import StaleVersionError
from choriste.domain.ids import FlowId, InvoiceId
from choriste.domain.lifecycle import Status

BATCH = 200
AGAIN = dt.timedelta(minutes=10)
BLOCKED_AFTER = dt.timedelta(hours=2)


def resume_overdue(shop: Workshop, *, at_once: bool) -> int:
    """Take up what is overdue, or with `at_once` everything that is unfinished; return how many items.

    What fails is raised as one group once everything else was taken up: nobody waits for it.
    """
    now = shop.clock.now()
    horizon = now + dt.timedelta(days=1) if at_once else now
    items = shop.agenda.due_before(horizon, limit=BATCH)
    failures = [failure for item in items if (failure := _take_up(shop, item, now)) is not None]
    if failures:
        raise ExceptionGroup("items that could not be resumed", failures)
    return len(items)


def _take_up(shop: Workshop, item: DueItem, now: dt.datetime) -> Exception | None:
    """Resume an item and look at it again later; return what failed, so that the others are resumed first."""
    try:
        resume_item(shop, item, now)
    except Exception as error:  # noqa: BLE001 - one item must not keep the others from their owner
        return error
    finally:
        shop.agenda.postpone(item, now + AGAIN)
    return None


def resume_item(shop: Workshop, item: DueItem, now: dt.datetime) -> None:
    """Take one item up where it stands; an item that is gone or went on is left alone."""
    attempt = int(now.timestamp())
    if item.kind == "flow":
        flow = resume_flow(shop, FlowId(item.id), attempt=attempt)
        if flow is not None and now - flow.received_at > BLOCKED_AFTER:
            shop.flows.block(flow.id)
        return
    head = shop.invoices.get(InvoiceId(int(item.id)))
    if head is None or head.due_at is None:
        return
    if head.status is Status.DEPOSEE:
        shop.intake.start(head.flow_id, head.position, attempt=attempt)
    elif head.due_at <= now:
        # somebody who acted at the last moment wins
        with suppress(StaleVersionError):
            write_deadline(shop, head)
