"""Who must act next on an invoice, and whom a status change concerns."""

from __future__ import annotations

from choriste.domain.lifecycle.frames import Frame
from choriste.domain.lifecycle.position import Position, open_transitions
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import ENDED, STATUSES, Holder, Status


def is_ended(position: Position) -> bool:
    """Whether nobody owes anything any more.

    The State's correcting rejection still awaits the supplier; an invoice in the accounts of a recipient
    that never reports payments awaits nobody.
    """
    if position.status is Status.COMPTABILISEE:
        return position.payment_unreported
    return position.status in ENDED and not position.reject_corrects


def holders(frame: Frame, status: Status) -> frozenset[Role]:
    """Return the roles that must act on a document of this frame at this status, guards not yet read."""
    actor = STATUSES[status].actor
    if actor is None:
        return frozenset()
    if actor is Holder.DEPOSITOR:
        return frame.depositors
    return frozenset({frame.addressee if actor is Holder.ADDRESSEE else Role(actor)})


def expected_actors(position: Position) -> frozenset[Role]:
    """Return who must act next, empty once the invoice has ended: the answer to "who has it now?"."""
    if is_ended(position) or not open_transitions(position):
        return frozenset()
    return holders(position.frame, position.status)


def is_late(position: Position, *, target: Status) -> bool:
    """Whether another system reports a status that the treatment already had or went past.

    Status flows arrive in any order: such a report is recorded and changes nothing; it is no error.
    """
    reported, reached = STATUSES[target].rank, STATUSES[position.status].rank
    if reported is None or reached is None:
        return target is position.status
    return reported <= reached


def concerned_roles(before: Position, after: Position, *, actor: Role) -> frozenset[Role]:
    """Return the people to notify of a status change: depositor, who is expected, who held it before.

    Whoever acted knows already; the platform's machines get no notice.
    """
    roles = after.frame.depositors | expected_actors(after) | expected_actors(before)
    return frozenset(role for role in roles if role.is_person and role is not actor)
