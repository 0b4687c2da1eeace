"""Works contracts: which document answers which in a billing file, and who corrects what.

The order is that of CCAG-Travaux 12; the followers of each frame stand in `frames.tsv`. The project
manager's own fees are no works document: they are an ordinary A1 (docs/reference/works-contracts.md).
"""

from __future__ import annotations

from choriste.domain.lifecycle.frames import Frame
from choriste.domain.lifecycle.roles import Role


def may_follow(frame: Frame, *, preceding: Frame) -> bool:
    """Whether a document of this frame may answer one of the preceding frame."""
    return frame in preceding.followers


def ending_of(preceding: Frame, *, follower: Frame) -> str:
    """Return the transition that a follower's deposit sets off on the document that it answers.

    Raises ValueError when it may not follow it.
    """
    if not may_follow(follower, preceding=preceding):
        raise ValueError(preceding, follower)
    return "replace" if follower is Frame.A22 else "associate"


AMOUNTS_ADJUSTED_BY = frozenset({Role.MOE, Role.MOA})
"""Who may adjust the amounts of a subcontractor's document within its own next document."""
