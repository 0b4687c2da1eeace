"""Whose decision an invoice waits for: the turns of the approval phase.

A turn lasts from the status with which a document reaches its actor to the status in which that actor, the
clock or an answering document leaves it; taking in charge within it is no new turn. Validators have one each,
and so does each link of the works chain (docs/reference/waits.md, docs/reference/works-contracts.md). What a
depositor must correct is not a decision, and the treatment of a payable invoice by its recipient is not an
approval. Turns are derived from `statuses.tsv` and `transitions.tsv`.
"""

from __future__ import annotations

from choriste.domain.lifecycle.deadlines import deadline_of
from choriste.domain.lifecycle.frames import Frame
from choriste.domain.lifecycle.next_actor import holders
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import STATUSES, Phase, Status
from choriste.domain.lifecycle.transitions import awaits_document, transitions_from


def turn_of(frame: Frame, status: Status) -> Role | None:
    """Return the role whose decision a document of this frame waits for at this status, or None."""
    validates = STATUSES[status].phase is Phase.VALIDATION and bool(transitions_from(frame, status))
    if not validates and not awaits_document(frame, status):
        return None
    return next(iter(holders(frame, status)))


def ends_by_itself(frame: Frame, status: Status) -> bool:
    """Whether the clock ends this turn: silence then counts as a decision (`Deadline.outcome`)."""
    deadline = deadline_of(frame, status)
    return deadline is not None and deadline.outcome is not None
