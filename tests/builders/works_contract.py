"""A works contract played in memory: its actors deposit, answer, keep silent, and time is moved on demand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace

from choriste.domain.lifecycle import (
    Frame,
    Position,
    Reason,
    Role,
    Status,
    available,
    decide,
    initial,
)
from choriste.domain.lifecycle.deadlines import deadline_of, due_after
from choriste.domain.works.chain import ending_of


@dataclass
class Tracked:
    """A piece in circulation: where it stands, when its wait ends, what happened to it."""

    number: str
    position: Position
    due: dt.datetime | None = None
    trail: list[tuple[dt.datetime, Status]] = field(default_factory=list)


class WorksContract:
    """The platform and the actors of one contract, with their clock."""

    def __init__(self, *, start: dt.datetime) -> None:
        self.now = start
        self.pieces: dict[str, Tracked] = {}
        self.moves: Counter[str] = Counter()

    def deposit(
        self,
        number: str,
        frame: Frame,
        *,
        role: Role = Role.SUPPLIER,
        answers: tuple[str, ...] = (),
        second_validator: bool = False,
    ) -> Tracked:
        """Deposit a piece, end those that it answers, and let the platform carry it to its addressee."""
        position = Position(frame=frame, status=initial(frame), second_validator=second_validator)
        tracked = self.pieces[number] = Tracked(number=number, position=position)
        for answered in answers:
            self.act(answered, ending_of(self.pieces[answered].position.frame, follower=frame), role)
        self._platform(tracked)
        return tracked

    def act(self, number: str, name: str, role: Role, reason: Reason | None = None) -> Tracked:
        """Take a transition on a piece, then let the platform go on."""
        tracked = self.pieces[number]
        self._move(tracked, name, role, reason)
        self._platform(tracked)
        return tracked

    def advance(self, days: int) -> None:
        """Move the clock, sweeping what falls due in between in the order in which it falls."""
        end = self.now + dt.timedelta(days=days)
        while due := min((t for t in self.pieces.values() if t.due and t.due <= end), default=None, key=_due):
            self.now = max(self.now, due.due or self.now)
            self._sweep(due)
        self.now = end

    def status(self, number: str) -> Status:
        """Return where a piece stands."""
        return self.pieces[number].position.status

    def _sweep(self, tracked: Tracked) -> None:
        deadline = deadline_of(tracked.position.frame, tracked.position.status)
        assert deadline is not None
        if deadline.outcome:
            self._move(tracked, deadline.outcome, Role.CLOCK, None)
            self._platform(tracked)
        else:
            tracked.position, tracked.due = replace(tracked.position, overdue=True), None

    def _platform(self, tracked: Tracked) -> None:
        while row := next(
            (row for row in available(tracked.position, Role.PLATFORM) if row.is_automatic), None
        ):
            self._move(tracked, row.name, Role.PLATFORM, None)

    def _move(self, tracked: Tracked, name: str, role: Role, reason: Reason | None) -> None:
        decision = decide(tracked.position, name=name, role=role, reason=reason)
        tracked.due = due_after(tracked.position, decision.after, at=self.now, due=tracked.due)
        tracked.position = decision.after
        tracked.trail.append((self.now, decision.after.status))
        self.moves[name] += 1


def _due(tracked: Tracked) -> dt.datetime:
    assert tracked.due is not None
    return tracked.due
