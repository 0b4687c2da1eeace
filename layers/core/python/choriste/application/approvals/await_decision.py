"""The waits for decisions: start one, end one, keep its token, and let it lapse when nobody came.

Each turn of the approval phase (a validator's, or that of an actor of the works chain) is one execution of
the approval machine, named after the invoice and the version at which the turn began. Repeated and late
calls change nothing: whose turn it is, the invoice alone says.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from choriste.application.ports import Ports
from choriste.domain.lifecycle import Role
from choriste.domain.lifecycle.turns import ends_by_itself, turn_of
from choriste.domain.shared.errors import NotFoundError, StaleVersionError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import Journey, let_deadline_pass

_GRACE = dt.timedelta(days=1)
"""How long after a legal deadline the machine still leaves it to the sweeper."""

_LONGEST = dt.timedelta(days=364)
"""How long a turn without a deadline is waited for; an execution lasts a year at most (Step Functions)."""

_LATE = dt.timedelta(hours=1)
"""How long after a legal deadline the sweeper, which runs every few minutes, must have applied it."""

_TRIES = 3


class Left(StrEnum):
    """What a wait that nobody answered leaves behind: nothing, or what a person should look at."""

    NOTHING = "nothing"
    LATE_DEADLINE = "late deadline"
    """The deadline is applied, but the sweeper should have done so long ago."""
    NO_MACHINE = "no machine"
    """The invoice goes on waiting for its actor, with no machine behind it."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """The end of a wait that nobody answered: the invoice's status then, and what is left to look at."""

    status: str
    left: Left = Left.NOTHING


def follow_waits(ports: Ports, before: InvoiceHead, after: InvoiceHead) -> None:
    """End the wait of a turn that is over, and start that of the next; to be called after the write."""
    was, now_is = _turn(before), _turn(after)
    if was is now_is:
        return
    if was is not None:
        ports.approvals.answer(before.id, _began(ports, before), after.status.value)
    if now_is is not None:
        restart_wait(ports, after)


def restart_wait(ports: Ports, head: InvoiceHead) -> None:
    """Start the machine of a turn that goes on; one that is running already stays as it is."""
    if _turn(head) is not None:
        ports.approvals.ask(head.id, _began(ports, head), seconds=_patience(head, ports.clock.now()))


def keep_token(ports: Ports, invoice_id: InvoiceId, version: int, token: str) -> str:
    """Keep the token of a wait, or end the wait at once when the invoice went on; return its status."""
    if _waits(ports, _found(ports, invoice_id), version):
        ports.approvals.remember(invoice_id, version, token)
    # whoever acted between the reading and the keeping found no token to answer
    head = _found(ports, invoice_id)
    if not _waits(ports, head, version):
        ports.approvals.answer_token(token, head.status.value)
    return head.status.value


def lapse_wait(ports: Ports, invoice_id: InvoiceId, version: int) -> Lapse:
    """End a wait that failed or was never answered; apply the legal deadline if its time has come.

    Most often nothing is left: the invoice went on, and only the answer did not reach the machine. Whoever
    takes a step at this moment wins; an act beside the steps does not stop the clock.
    """
    for _ in range(_TRIES):
        head = _found(ports, invoice_id)
        try:
            return _lapsed(ports, head, version)
        except StaleVersionError:
            continue
    raise StaleVersionError(version=head.version, status=head.status.value)


def _lapsed(ports: Ports, head: InvoiceHead, version: int) -> Lapse:
    now = ports.clock.now()
    if not _waits(ports, head, version):
        return Lapse(head.status.value)
    if head.due_at is None or head.due_at > now:
        return Lapse(head.status.value, Left.NO_MACHINE)
    after = write_deadline(ports, head)
    if _waits(ports, after, version):
        return Lapse(after.status.value, Left.NO_MACHINE)
    return Lapse(after.status.value, Left.LATE_DEADLINE if now - head.due_at > _LATE else Left.NOTHING)


def write_deadline(ports: Ports, head: InvoiceHead) -> InvoiceHead:
    """Write what follows when an invoice's deadline has passed; raises `StaleVersionError`."""
    journey: Journey = let_deadline_pass(head, at=ports.clock.now())
    ports.invoices.advance(journey.head, journey.changes, journey.audits, expected_version=head.version)
    follow_waits(ports, head, journey.head)
    return journey.head


def _turn(head: InvoiceHead) -> Role | None:
    return turn_of(head.frame, head.status)


def _waits(ports: Ports, head: InvoiceHead, version: int) -> bool:
    """Whether the turn that began at a version is still the invoice's."""
    return _turn(head) is not None and _began(ports, head) == version


def _began(ports: Ports, head: InvoiceHead) -> int:
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


def _found(ports: Ports, invoice_id: InvoiceId) -> InvoiceHead:
    head = ports.invoices.get(invoice_id)
    if head is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    return head
