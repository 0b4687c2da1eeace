"""Whose decision an invoice waits for: the turns of the approval phase.

A turn lasts from the status with which a document reaches its actor to the status in which that actor, the
clock or an answering document leaves it; taking in charge within it is no new turn. Validators have one each,
and so does each link of the works chain (handbook A7, domain.md B9 and B10). What a depositor must correct is
not a decision, and the treatment of a payable invoice by its recipient is not an approval.
"""

from __future__ import annotations

from choriste.domain.lifecycle.deadlines import deadline_of
from choriste.domain.lifecycle.frames import TO_CONTRACTOR, TO_MOA, TO_MOE, Frame
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import Status

_TURNS: tuple[tuple[Role, frozenset[Frame], frozenset[Status]], ...] = (
    (Role.VALIDATOR_1, frozenset(Frame), frozenset({Status.A_VALIDER_1})),
    (Role.VALIDATOR_2, frozenset(Frame), frozenset({Status.A_VALIDER_2})),
    (
        Role.MOE,
        TO_MOE,
        frozenset({Status.MISE_A_DISPOSITION_MOE, Status.PRISE_EN_COMPTE_MOE, Status.A_ASSOCIER_MOE}),
    ),
    (
        Role.MOA,
        TO_MOE | TO_MOA,
        frozenset(
            {
                Status.MISE_A_DISPOSITION_MOA,
                Status.PRISE_EN_COMPTE_MOA,
                Status.A_ASSOCIER_MOA,
                Status.TRANSMISE_MOA,
            }
        ),
    ),
    (
        Role.SUPPLIER,
        TO_CONTRACTOR | {Frame.A22},
        frozenset(
            {
                Status.MISE_A_DISPOSITION,
                Status.PRISE_EN_COMPTE_DESTINATAIRE,
                Status.A_ASSOCIER_FOURNISSEUR,
            }
        ),
    ),
)


def turn_of(frame: Frame, status: Status) -> Role | None:
    """Return the role whose decision a document of this frame waits for at this status, or None."""
    return next((role for role, frames, statuses in _TURNS if frame in frames and status in statuses), None)


def ends_by_itself(frame: Frame, status: Status) -> bool:
    """Whether the clock ends this turn: silence then counts as a decision (`Deadline.outcome`)."""
    deadline = deadline_of(frame, status)
    return deadline is not None and deadline.outcome is not None
