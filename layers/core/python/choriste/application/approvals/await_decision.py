"""The waits for decisions: start one, end one, and keep its token.

Each turn of the approval phase (a validator's, or that of an actor of the works chain) is one execution of
the approval machine, named after the invoice and the version at which the turn began. Repeated and late
calls change nothing: whose turn it is, the invoice alone says.
"""

from __future__ import annotations

import datetime as dt

from choriste.application.invoices.ports import InvoicePorts
from choriste.domain.lifecycle import Role
from choriste.domain.lifecycle.turns import ends_by_itself, turn_of
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead

_GRACE = dt.timedelta(days=1)
"""How long after a legal deadline the machine still leaves it to the sweeper."""

_LONGEST = dt.timedelta(days=364)
"""How long a turn without a deadline is waited for; an execution lasts a year at most (Step Functions)."""


def follow_waits(ports: InvoicePorts, before: InvoiceHead, after: InvoiceHead) -> None:
    """End the wait of a turn that is over, and start that of the next; to be called after the write."""
    was, now_is = _turn(before), _turn(after)
    if was is now_is:
        return
    if was is not None:
        ports.approvals.answer(before.id, _began(ports, before), after.status.value)
    if now_is is not None:
        restart_wait(ports, after)


def restart_wait(ports: InvoicePorts, head: InvoiceHead) -> None:
    """Start the machine of a turn that goes on; one that is running already stays as it is."""
    if _turn(head) is not None:
        ports.approvals.ask(head.id, _began(ports, head), seconds=_patience(head, ports.clock.now()))


def keep_token(ports: InvoicePorts, invoice_id: InvoiceId, version: int, token: str) -> str:
    """Keep the token of a wait, or end the wait at once when the invoice went on; return its status."""
    if is_waiting(ports, _found(ports, invoice_id), version):
        ports.approvals.remember(invoice_id, version, token)
    # whoever acted between the reading and the keeping found no token to answer
    head = _found(ports, invoice_id)
    if not is_waiting(ports, head, version):
        ports.approvals.answer_token(token, head.status.value)
    return head.status.value


def _turn(head: InvoiceHead) -> Role | None:
    return turn_of(head.frame, head.status)


def is_waiting(ports: InvoicePorts, head: InvoiceHead, version: int) -> bool:
    """Say whether the turn that began at a version is still the invoice's."""
    return _turn(head) is not None and _began(ports, head) == version


def _began(ports: InvoicePorts, head: InvoiceHead) -> int:
    """Return the version at which the present turn began; acts and steps within it do not count."""
    steps = [c for c in ports.invoices.history(head.id) if not c.is_act and c.version <= head.version]
    turn, began = _turn(head), head.version
    for step in sorted(steps, key=lambda step: step.version, reverse=True):
        if turn_of(head.frame, step.after) is not turn:
            break
        began = step.version
    return began


def _patience(head: InvoiceHead, now: dt.datetime) -> int:
    """Return for how many seconds the machine waits before it looks at the deadline itself: at least one."""
    if head.due_at is None or not ends_by_itself(head.frame, head.status):
        return int(_LONGEST.total_seconds())
    return max(1, int((head.due_at - now + _GRACE).total_seconds()))


def _found(ports: InvoicePorts, invoice_id: InvoiceId) -> InvoiceHead:
    head = ports.invoices.get(invoice_id)
    if head is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    return head
