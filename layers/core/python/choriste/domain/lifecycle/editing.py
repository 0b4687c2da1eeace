"""What may still be changed on an invoice: the fields that a recycling corrects, and its number."""

from __future__ import annotations

from enum import StrEnum

from choriste.domain.lifecycle.position import Position, open_transitions
from choriste.domain.lifecycle.reasons import ReasonCode
from choriste.domain.lifecycle.statuses import REFUSED, STATUSES, Phase, Status
from choriste.domain.lifecycle.transitions import Carries


class Field(StrEnum):
    """What a correction may change; the value is the business term of EN 16931."""

    RECIPIENT = "BT-46"
    SERVICE_CODE = "BT-10"
    ENGAGEMENT = "BT-13"


_CORRECTED_BY_REASON = {
    ReasonCode.SE_ERR: frozenset({Field.SERVICE_CODE}),
    ReasonCode.EJ_ERR: frozenset({Field.ENGAGEMENT}),
}


def recyclable_fields(position: Position, *, reason: ReasonCode | None = None) -> frozenset[Field]:
    """Return what `recycle` may change here; the number and everything else stay.

    Source: docs/reference/b2g-lifecycle.md#refuse-or-recycle.

    Sent back: recipient, service code and engagement number (Chorus Pro swagger, `recycler`). Rejected by
    the State: the one field that `reason`, the reason of the rejection, names.
    """
    if not any(row.carries is Carries.ROUTING for row in open_transitions(position)):
        return frozenset()
    if position.status is not Status.REJETEE:
        return frozenset(Field)
    both = frozenset({Field.SERVICE_CODE, Field.ENGAGEMENT})
    return both if reason is None else _CORRECTED_BY_REASON.get(reason, frozenset())


def needs_new_number(position: Position) -> bool:
    """Whether the supplier must issue a new invoice under a new number: refused for good (B2)."""
    return position.status in REFUSED and not position.reject_corrects


def frees_number(status: Status) -> bool:
    """Whether the number may be used again: only a deleted draft gives it back."""
    return STATUSES[status].phase is Phase.DELETED
