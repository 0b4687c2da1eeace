"""Positions and reasons for tests of the lifecycle."""

from __future__ import annotations

from functools import cache
from itertools import product

from choriste.domain.lifecycle import (
    Frame,
    Guard,
    Origin,
    Position,
    Reason,
    ReasonCode,
    ReasonRule,
    Transition,
    decide,
    initial,
    open_transitions,
)
from choriste.domain.lifecycle.transitions import transitions_from

STATE, STEP, SECOND, OVERDUE = "state_recipient", "validation_step", "second_validator", "overdue"


def reason_of(rule: ReasonRule, *, code: ReasonCode | None = None) -> Reason | None:
    """Return a reason that a rule takes, or None when it takes none."""
    return Reason(code=code or min(rule.codes), text="Texte du motif") if rule.codes else None


def taken(position: Position, row: Transition, *, code: ReasonCode | None = None) -> Position:
    """Return the position after a transition, by the first of its roles, for the first of its reasons."""
    reason = reason_of(row.reason, code=code)
    return decide(position, name=row.name, role=min(row.roles), reason=reason).after


def beginnings() -> tuple[Position, ...]:
    """Return every first position: each frame, each way to begin, each combination of facts."""
    return tuple(
        Position(
            frame=frame,
            status=initial(frame, origin=origin),
            state_recipient=state,
            validation_step=step,
            second_validator=second,
            overdue=overdue,
        )
        for frame, origin in product(Frame, Origin)
        for state, step, second, overdue in product((False, True), repeat=4)
        if frame.may_have_validator_2 or not second
    )


def steps(position: Position) -> frozenset[Position]:
    """Return every position one legal transition away, whoever acts and for whatever reason."""
    return frozenset(
        taken(position, row, code=code)
        for row in open_transitions(position)
        for code in (row.reason.codes_for(position.frame) if row.reason.is_mandatory else (None,))
    )


@cache
def reachable() -> dict[Position, frozenset[Position]]:
    """Return every position that legal moves reach from the beginnings, with those one move further."""
    seen: dict[Position, frozenset[Position]] = {}
    waiting = list(beginnings())
    while waiting:
        position = waiting.pop()
        if position not in seen:
            seen[position] = steps(position)
            waiting.extend(seen[position])
    return seen


def guards_at(position: Position) -> frozenset[Guard]:
    """Return every guard that some row reads for this frame and status."""
    rows = transitions_from(position.frame, position.status)
    return frozenset(guard for row in rows for guard in row.guards)
