"""Works contracts: which document follows which in a billing file, by whom, and who sees and corrects what.

The order is that of CCAG-Travaux 12 as the handbook gives it (A7); the exact follower of each frame is
deduced from the frames' names and the roles of the pivot's text, for no public source states it. The
project manager's own fees are no works document: they are an ordinary A1 (domain.md B6).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from choriste.domain.lifecycle.frames import TO_CONTRACTOR, TO_MOA, TO_MOE, TO_PAYER, WORKS, Frame
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import Status


class Phase(StrEnum):
    """The two circuits of a works contract, and the tacit way out of the second."""

    MONTHLY = "monthly"
    FINAL = "final"
    TACIT = "tacit"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksStep:
    """A works document: who deposits it, who receives it, what may answer it.

    `by` are the depositors, `to` the addressee; `next` are the frames that may follow it in its file;
    `corrects_amounts` says that its depositor states its own amounts instead of refusing the preceding
    document's (handbook A7, since 2025-02-19).
    """

    frame: Frame
    phase: Phase
    by: frozenset[Role]
    to: Role
    next: frozenset[Frame]
    corrects_amounts: bool


_NEXT: dict[Frame, tuple[Phase, str]] = {
    Frame.A4: (Phase.MONTHLY, "A15 A16 A19"),
    Frame.A5: (Phase.MONTHLY, "A19"),
    Frame.A6: (Phase.MONTHLY, ""),
    Frame.A10: (Phase.MONTHLY, "A15 A16 A19"),
    Frame.A13: (Phase.MONTHLY, "A15 A16 A19"),
    Frame.A15: (Phase.MONTHLY, "A19"),
    Frame.A16: (Phase.MONTHLY, ""),
    Frame.A19: (Phase.MONTHLY, ""),
    Frame.A7: (Phase.FINAL, "A17 A18 A22"),
    Frame.A11: (Phase.FINAL, "A17 A18 A20"),
    Frame.A14: (Phase.FINAL, "A17 A18 A20 A22"),
    Frame.A17: (Phase.FINAL, "A20 A22"),
    Frame.A18: (Phase.FINAL, "A8"),
    Frame.A20: (Phase.FINAL, "A8"),
    Frame.A8: (Phase.FINAL, ""),
    Frame.A22: (Phase.TACIT, "A20 A23 A24 A25"),
    Frame.A23: (Phase.TACIT, ""),
    Frame.A24: (Phase.TACIT, ""),
    Frame.A25: (Phase.TACIT, ""),
}

_ADDRESSEES = (
    (TO_MOE, Role.MOE),
    (TO_MOA, Role.MOA),
    (TO_CONTRACTOR, Role.SUPPLIER),
    (TO_PAYER, Role.RECIPIENT),
)


def addressee(frame: Frame) -> Role:
    """Return the role that a document is made available to; the recipient for anything but works."""
    return next((role for frames, role in _ADDRESSEES if frame in frames), Role.RECIPIENT)


def _step(frame: Frame) -> WorksStep:
    phase, followers = _NEXT[frame]
    opening = frame in {Frame.A4, Frame.A7, Frame.A10, Frame.A11, Frame.A13, Frame.A14}
    return WorksStep(
        frame=frame,
        phase=phase,
        by=frame.depositors,
        to=addressee(frame),
        next=frozenset(Frame[word] for word in followers.split()),
        corrects_amounts=not opening,
    )


WORKS_CHAIN = {frame: _step(frame) for frame in Frame if frame in WORKS}
"""Every works document, in the order of the frames."""

OPENING_FRAMES = WORKS - frozenset().union(*(step.next for step in WORKS_CHAIN.values()))
"""Documents that open a billing file; the others may also open one whose first pieces went on paper."""


def may_follow(frame: Frame, *, preceding: Frame) -> bool:
    """Whether a document of this frame may answer one of the preceding frame."""
    step = WORKS_CHAIN.get(preceding)
    return step is not None and frame in step.next


def ending_of(preceding: Frame, *, follower: Frame) -> str:
    """Return the transition that a follower's deposit sets off on the document that it answers.

    Raises ValueError when it may not follow it.
    """
    if not may_follow(follower, preceding=preceding):
        raise ValueError(preceding, follower)
    return "replace" if follower is Frame.A22 else "associate"


FILE_ROLES = frozenset({Role.SUPPLIER, Role.MOE, Role.MOA})
"""Contractor, project manager and contracting authority: they see all that was ever put in the file."""


def sees_whole_file(role: Role, *, is_contractor: bool) -> bool:
    """Whether a role sees and may reuse every attachment of the billing file (domain.md B6).

    A subcontractor or co-contractor, a supplier who is not the contractor, sees its own documents only.
    """
    return role in FILE_ROLES and (role is not Role.SUPPLIER or is_contractor)


AMOUNTS_ADJUSTED_BY = frozenset({Role.MOE, Role.MOA})
"""Who may adjust the amounts of a subcontractor's document within its own next document (B6)."""

CIRCUIT_OPEN = frozenset(
    {
        Status.MISE_A_DISPOSITION_MOE,
        Status.PRISE_EN_COMPTE_MOE,
        Status.A_ASSOCIER_MOE,
        Status.MISE_A_DISPOSITION_MOA,
        Status.PRISE_EN_COMPTE_MOA,
        Status.A_ASSOCIER_MOA,
        Status.TRANSMISE_MOA,
        Status.MISE_A_DISPOSITION,
        Status.PRISE_EN_COMPTE_DESTINATAIRE,
        Status.A_ASSOCIER_FOURNISSEUR,
    }
)
"""Statuses at which a works document waits for the one that answers it."""
