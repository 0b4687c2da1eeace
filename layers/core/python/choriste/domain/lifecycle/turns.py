"""Whose decision an invoice waits for: the turns of the approval phase.

A turn lasts from the status with which a document reaches its actor to the status in which that actor, the
clock or an answering document leaves it; taking in charge within it is no new turn. Validators have one each,
and so does each link of the works chain (handbook A7, domain.md B9 and B10). What a depositor must correct is
not a decision, and the treatment of a payable invoice by its recipient is not an approval.
"""

from __future__ import annotations

from dataclasses import dataclass

from choriste.domain.lifecycle.deadlines import deadline_of
from choriste.domain.lifecycle.frames import SIMPLE, TO_CONTRACTOR, TO_MOA, TO_MOE, VALIDATED, Frame
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The statuses in which a document of certain frames waits for the decision of one role."""

    role: Role
    frames: frozenset[Frame]
    statuses: frozenset[Status]


TURNS = (
    Turn(role=Role.VALIDATOR_1, frames=VALIDATED | SIMPLE, statuses=frozenset({Status.A_VALIDER_1})),
    Turn(
        role=Role.VALIDATOR_2,
        frames=frozenset(frame for frame in Frame if frame.may_have_validator_2),
        statuses=frozenset({Status.A_VALIDER_2}),
    ),
    Turn(
        role=Role.MOE,
        frames=TO_MOE,
        statuses=frozenset(
            {Status.MISE_A_DISPOSITION_MOE, Status.PRISE_EN_COMPTE_MOE, Status.A_ASSOCIER_MOE}
        ),
    ),
    Turn(
        role=Role.MOA,
        frames=TO_MOE | TO_MOA,
        statuses=frozenset(
            {
                Status.MISE_A_DISPOSITION_MOA,
                Status.PRISE_EN_COMPTE_MOA,
                Status.A_ASSOCIER_MOA,
                Status.TRANSMISE_MOA,
            }
        ),
    ),
    Turn(
        role=Role.SUPPLIER,
        frames=TO_CONTRACTOR | {Frame.A22},
        statuses=frozenset(
            {
                Status.MISE_A_DISPOSITION,
                Status.PRISE_EN_COMPTE_DESTINATAIRE,
                Status.A_ASSOCIER_FOURNISSEUR,
            }
        ),
    ),
)
"""Every turn; a frame and status belong to at most one."""


def turn_of(frame: Frame, status: Status) -> Role | None:
    """Return the role whose decision a document of this frame waits for at this status, or None."""
    found = (turn.role for turn in TURNS if frame in turn.frames and status in turn.statuses)
    return next(found, None)


def ends_by_itself(frame: Frame, status: Status) -> bool:
    """Whether the clock ends this turn: silence then counts as a decision (`Deadline.outcome`)."""
    deadline = deadline_of(frame, status)
    return deadline is not None and deadline.outcome is not None
