"""The shortest legal way of an invoice to a status, whoever has to take each step."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from choriste.domain.lifecycle import Position, Reason, ReasonCode, Role, Status, Transition, decide
from choriste.domain.lifecycle.position import open_transitions

PLAYED_TEXT = "Bac à sable / Sandbox"
"""The text of a reason that nobody gave."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way: the transition, the role that takes it, and the reason where it needs one."""

    row: Transition
    role: Role
    reason: Reason | None

    def taken_from(self, position: Position) -> Position:
        """Return where the step leads."""
        return decide(position, name=self.row.name, role=self.role, reason=self.reason).after


def way_to(position: Position, target: Status, *, reason: Reason | None = None) -> tuple[Step, ...] | None:
    """Return the steps that lead to a status, None where none do.

    A step that needs a reason has the rules' own first choice; the last has `reason`, where one is given,
    whether the rules take it or not. Documents that a step would need are done without.
    """
    seen = {position}
    waiting: deque[tuple[Position, tuple[Step, ...]]] = deque([(position, ())])
    while waiting:
        here, way = waiting.popleft()
        for step in _steps(here):
            if step.row.target is target:
                return (*way, replace(step, reason=reason or step.reason))
            after = step.taken_from(here)
            if after not in seen:
                seen.add(after)
                waiting.append((after, (*way, step)))
    return None


def reachable(position: Position) -> tuple[Status, ...]:
    """Return the statuses that an invoice can come to from where it stands, in the order of their list."""
    return tuple(
        status for status in Status if status is not position.status and way_to(position, status) is not None
    )


def _steps(position: Position) -> Iterator[Step]:
    for row in open_transitions(position):
        yield Step(row, min(row.roles, key=_preference), _first_choice(row, position))


def _preference(role: Role) -> tuple[bool, bool, str]:
    """Put people first, and the operator last: a step of the platform is the platform's."""
    return not role.is_person, role is Role.OPERATOR, role.value


def _first_choice(row: Transition, position: Position) -> Reason | None:
    if not row.reason.is_mandatory:
        return None
    codes = row.reason.codes_for(position.frame)
    code = ReasonCode.AUTRE if ReasonCode.AUTRE in codes else min(codes)
    return Reason(code=code, text=PLAYED_TEXT)
