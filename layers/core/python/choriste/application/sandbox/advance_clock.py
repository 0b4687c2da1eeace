"""Move the clock of a sandbox on: every legal wait of its invoices ends so many days earlier.

Times stay those of the real clock everywhere; what moves is when a wait ends, which comes to the same for
whoever waits. Nothing outside the sandbox can see it, and the sweeper needs to know nothing of it.

A move is stored once every invoice was moved, and when each wait ends then is written down first: a move that
broke off is taken up where it stopped when it is asked for again, and moves nothing twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from choriste.application.approvals.expire_wait import apply_deadline
from choriste.application.invoices.write import change_invoice
from choriste.application.sandbox.ports import SandboxPorts
from choriste.application.sandbox.read_sandbox import change_sandbox, own_sandbox_of
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle.deadlines import deadline_of
from choriste.domain.parties.form import refused
from choriste.domain.sandbox.sandbox import MOST_DAYS, Sandbox
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import Journey
from choriste.domain.tracking.lists import InvoiceList, ListKind, invoice_at

_PAGE: Final = 100
_REMEMBERED: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Advanced:
    """A sandbox after its clock was moved on, the invoices that waited, and those whose wait is over."""

    sandbox: Sandbox
    waiting: tuple[InvoiceId, ...]
    over: tuple[InvoiceId, ...]


@dataclass(frozen=True, slots=True)
class _End:
    """When the wait that began at a moment ends after a move."""

    since: dt.datetime
    due_at: dt.datetime


def advance_clock(ports: SandboxPorts, principal: Principal, *, days: int) -> Advanced:
    """Bring every legal wait in the principal's sandbox nearer by days, and end those that are over.

    Asked again after it broke off, it goes on. Raises `NotFoundError`, `ForbiddenError`, or
    `FieldsInvalidError` for days out of 1 to 365.
    """
    if not 1 <= days <= MOST_DAYS:
        raise refused("days", "SANDBOX-BOUNDS", found=days, least=1, most=MOST_DAYS)
    sandbox, waiting, over = own_sandbox_of(ports, principal), [], []
    target = sandbox.days + days
    for head in _waiting(ports, sandbox):
        end = _end_of(ports, head, days=days, move=f"{sandbox.id}#{target}")
        journey = change_invoice(ports, head.id, partial(_nearer, end=end))
        waiting.append(head.id)
        if journey.head.due_at is not None and journey.head.due_at <= ports.clock.now():
            apply_deadline(ports, head.id)
            over.append(head.id)
    moved = change_sandbox(ports, principal, lambda known: replace(known, days=max(known.days, target)))
    return Advanced(moved, tuple(waiting), tuple(over))


def _end_of(ports: SandboxPorts, head: InvoiceHead, *, days: int, move: str) -> _End:
    """Return when a wait ends after a move: as it was written down first, however often that is asked."""
    wanted = (head.due_at or ports.clock.now()) - dt.timedelta(days=days)
    text = f"{head.status_at.isoformat()} {wanted.isoformat()}"
    until = ports.clock.now() + _REMEMBERED
    known = ports.idempotency.put_if_absent(f"sandbox-clock#{move}#{head.id}", text, until=until)
    since, due_at = known.split(" ")
    return _End(dt.datetime.fromisoformat(since), dt.datetime.fromisoformat(due_at))


def _waiting(ports: SandboxPorts, sandbox: Sandbox) -> Iterator[InvoiceHead]:
    """Yield the invoices of a sandbox that wait for a legal deadline: each has a supplier inside it."""
    for structure in sandbox.structures.values():
        after = None
        while True:
            issued = InvoiceList(ListKind.ISSUED, structure)
            page = ports.invoices.places(issued, after=after, limit=_PAGE)
            heads = ports.invoices.heads([invoice_at(place) for place in page.rows])
            yield from (head for head in heads if _waits(head))
            if page.after is None:
                break
            after = page.after


def _waits(head: InvoiceHead) -> bool:
    return head.due_at is not None and deadline_of(head.frame, head.status) is not None


def _nearer(head: InvoiceHead, *, end: _End) -> Journey:
    """Return the journey of an invoice whose wait ends earlier, none where it has ended or was moved."""
    journey = Journey.begin(head)
    if not _waits(head) or head.due_at is None or head.status_at != end.since or head.due_at <= end.due_at:
        return journey
    step, received = head.due_at - end.due_at, head.moe_available_at
    return journey.revised(
        replace(head, due_at=head.due_at - step, moe_available_at=received - step if received else None)
    )
