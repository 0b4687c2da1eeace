"""A works contract played in memory: its actors deposit, answer, keep silent, and time is moved on demand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal

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
from choriste.domain.works.billing_file import BillingFile, Piece

STRUCTURES = {Role.SUPPLIER: "contractor", Role.MOE: "moe", Role.MOA: "moa"}


@dataclass
class Tracked:
    """A piece in circulation: where it stands, when its wait ends, what happened to it."""

    number: str
    file: str
    position: Position
    due: dt.datetime | None = None
    trail: list[tuple[dt.datetime, Status]] = field(default_factory=list)


class WorksContract:
    """The platform and the actors of one contract, with their clock."""

    def __init__(self, *, start: dt.datetime) -> None:
        self.now = start
        self.files: dict[str, BillingFile] = {}
        self.pieces: dict[str, Tracked] = {}
        self.moves: Counter[str] = Counter()

    def deposit(  # noqa: PLR0913 - a builder names every term of a piece
        self,
        file: str,
        number: str,
        frame: Frame,
        *,
        role: Role = Role.SUPPLIER,
        structure: str | None = None,
        answers: tuple[str, ...] = (),
        amount: Decimal = Decimal(1000),
        adjusted: tuple[tuple[str, Decimal], ...] = (),
        second_validator: bool = False,
    ) -> Tracked:
        """Deposit a piece, end those that it answers, and let the platform carry it to its addressee."""
        known = self.files.setdefault(file, BillingFile(contract="M-2026-1", contractor="contractor"))
        piece = Piece(
            number=number,
            frame=frame,
            role=role,
            structure=structure or STRUCTURES[role],
            amount=amount,
            status=initial(frame),
            answers=answers,
            attachments=(f"{number}.pdf",),
            adjusted=adjusted,
        )
        self.files[file], endings = known.deposit(piece)
        position = Position(frame=frame, status=initial(frame), second_validator=second_validator)
        tracked = self.pieces[number] = Tracked(number=number, file=file, position=position)
        for ending in endings:
            self.act(ending.number, ending.transition, role)
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
        file = self.files[tracked.file]
        self.files[tracked.file] = file.with_status(tracked.number, decision.after.status)


def _due(tracked: Tracked) -> dt.datetime:
    assert tracked.due is not None
    return tracked.due
