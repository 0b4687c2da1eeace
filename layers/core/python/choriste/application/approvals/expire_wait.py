"""End a wait that nobody answered, and apply a legal deadline whose time has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from choriste.application.approvals.await_decision import is_waiting
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.invoices.write import change_invoice
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import Journey, let_deadline_pass

_LATE = dt.timedelta(hours=1)
"""How long after a legal deadline the sweeper, which runs every few minutes, must have applied it."""


class Leftover(StrEnum):
    """What a wait that nobody answered leaves behind: nothing, or what a person should look at."""

    NOTHING = "nothing"
    LATE_DEADLINE = "late deadline"
    """The deadline is applied, but the sweeper should have done so long ago."""
    NO_MACHINE = "no machine"
    """The invoice goes on waiting for its actor, with no machine behind it."""


@dataclass(frozen=True, slots=True)
class ExpiredWait:
    """The end of a wait that nobody answered: the invoice's status then, and what is left to look at."""

    status: str
    leftover: Leftover = Leftover.NOTHING


def expire_wait(ports: InvoicePorts, invoice_id: InvoiceId, version: int) -> ExpiredWait:
    """End a wait that failed or was never answered; apply the legal deadline if its time has come.

    Most often nothing is left: the invoice went on, and only the answer did not reach the machine. Whoever
    takes a step at this moment wins; an act that leaves the status alone does not stop the clock.
    """

    def expired(head: InvoiceHead) -> Journey:
        if not is_waiting(ports, head, version):
            return Journey.begin(head)
        return _overdue(head, ports.clock.now())

    journey = change_invoice(ports, invoice_id, expired)
    status = journey.head.status.value
    if is_waiting(ports, journey.head, version):
        return ExpiredWait(status, Leftover.NO_MACHINE)
    due = journey.before.due_at
    late = not journey.is_empty and due is not None and ports.clock.now() - due > _LATE
    return ExpiredWait(status, Leftover.LATE_DEADLINE if late else Leftover.NOTHING)


def apply_deadline(ports: InvoicePorts, invoice_id: InvoiceId) -> None:
    """Write what follows when an invoice's deadline has passed; nothing while it runs."""
    change_invoice(ports, invoice_id, lambda head: _overdue(head, ports.clock.now()))


def _overdue(head: InvoiceHead, now: dt.datetime) -> Journey:
    if head.due_at is None or head.due_at > now:
        return Journey.begin(head)
    return let_deadline_pass(head, at=now)
