"""Legal deadlines as data: when a wait ends by itself, what the clock then does, and who is named.

Sources: Code de la commande publique R.2393-34-1 (15 days of the contractor), CCAG-Travaux 12.2 (7 days of
the project manager) and 12.4 (30 days to notify the general account, then 10 days); see
docs/reference/waits.md. Days are calendar days; a deadline falls at the same time of day, in UTC.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from choriste.domain.lifecycle.frames import VALIDATED, Frame
from choriste.domain.lifecycle.labels import Kind, label
from choriste.domain.lifecycle.position import Position
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import STATUSES, Phase, Status, in_phase
from choriste.domain.lifecycle.transitions import transitions_from
from choriste.domain.shared.findings import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A wait that the law limits.

    It runs while an invoice of `frames` waits for `holder`, from the moment that wait began.
    `outcome` is the transition that the clock then takes; where it is None the wait goes on, but
    `opens` names the act that becomes possible (the fact `overdue` of a `Position`). `silent` is the
    role whose silence is recorded and named, with its SIRET, in tracking, slip and notice.
    """

    code: str
    frames: frozenset[Frame]
    holder: Role
    days: int
    silent: Role
    outcome: str | None = None
    opens: str | None = None

    @property
    def statuses(self) -> frozenset[Status]:
        """The statuses at which an invoice of its frames waits for its holder."""
        return frozenset(
            status
            for status in in_phase(Phase.VALIDATION, Phase.WORKS)
            if STATUSES[status].actor is self.holder
            and any(transitions_from(frame, status) for frame in self.frames)
        )


DEADLINES = (
    Deadline(
        code="contractor-validation",
        frames=VALIDATED,
        holder=Role.VALIDATOR_1,
        days=15,
        silent=Role.VALIDATOR_1,
        outcome="let-pass",
    ),
    Deadline(
        code="lead-contractor-validation",
        frames=frozenset({Frame.A9, Frame.A10, Frame.A11}),
        holder=Role.VALIDATOR_2,
        days=15,
        silent=Role.VALIDATOR_2,
        outcome="let-pass",
    ),
    Deadline(
        code="project-manager-statement",
        frames=frozenset({Frame.A4, Frame.A10, Frame.A13}),
        holder=Role.MOE,
        days=7,
        silent=Role.MOE,
        outcome="let-pass",
    ),
    Deadline(
        code="general-account-after-final-statement",
        frames=frozenset({Frame.A7, Frame.A14}),
        holder=Role.MOE,
        days=30,
        silent=Role.MOA,
        opens="replace",
    ),
    Deadline(
        code="general-account-after-draft",
        frames=frozenset({Frame.A17}),
        holder=Role.MOA,
        days=30,
        silent=Role.MOA,
        opens="replace",
    ),
    Deadline(
        code="tacit-general-account",
        frames=frozenset({Frame.A22}),
        holder=Role.MOA,
        days=10,
        silent=Role.MOA,
        outcome="let-pass",
    ),
)
"""Every legal deadline; a frame and status have at most one."""


_RUNNING = {(frame, status): row for row in DEADLINES for frame in row.frames for status in row.statuses}


def deadline_of(frame: Frame, status: Status) -> Deadline | None:
    """Return the deadline that runs for an invoice of this frame at this status, or None."""
    return _RUNNING.get((frame, status))


def silence_note(deadline: Deadline, *, name: str, identifier: str) -> Message:
    """Return what tracking, follow-up slip and notice say of the actor who let a deadline pass.

    `name` and `identifier` (SIRET) are those of the party in the role `deadline.silent`.
    Source: docs/reference/waits.md#who-was-silent.
    """
    return label(Kind.SILENCE, deadline.code, name=name, identifier=identifier, days=deadline.days)


def due_after(
    before: Position | None, after: Position, *, at: dt.datetime, due: dt.datetime | None
) -> dt.datetime | None:
    """Return when the wait that follows a status change ends, or None when no deadline runs.

    `due` is the deadline that ran before the change: a move within one wait (the project manager takes
    a statement in charge) keeps it, anything else starts a full new one at `at`. Times are aware UTC.
    """
    running = deadline_of(after.frame, after.status)
    if running is None:
        return None
    if before is not None and due is not None and deadline_of(before.frame, before.status) is running:
        return due
    return at + dt.timedelta(days=running.days)
