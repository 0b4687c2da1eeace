"""The lifecycle of an invoice: statuses, billing frames, roles, and the one table of what may follow what.

Pure: no storage, no clock, no HTTP. Callers build a `Position` from what they stored, ask `available` or
`decide`, and write what the `Decision` says. The facts stand in four tables: `statuses.tsv`, `frames.tsv`,
`transitions.tsv` and `acts.tsv`. Deliberately absent: rights (who may wear which role), texts for people
outside the catalogue, and the codes of other systems (`choriste.domain.codes`).
"""

from __future__ import annotations

from choriste.domain.lifecycle.errors import RefusalCode, TransitionRefusedError
from choriste.domain.lifecycle.frames import Frame, parse_frame
from choriste.domain.lifecycle.position import (
    Decision,
    Origin,
    Position,
    action_towards,
    available,
    decide,
    initial,
    open_transitions,
)
from choriste.domain.lifecycle.reasons import (
    REASON_TEXT_LIMIT,
    Reason,
    ReasonCode,
    ReasonRule,
    free_reason,
)
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import DRAFTS, ENDED, REFUSED, Status
from choriste.domain.lifecycle.transitions import (
    ACTIONS,
    MOVES_LISTS,
    TRANSITIONS,
    Carries,
    Guard,
    Mark,
    Transition,
)

__all__ = [
    "ACTIONS",
    "DRAFTS",
    "ENDED",
    "MOVES_LISTS",
    "REASON_TEXT_LIMIT",
    "REFUSED",
    "TRANSITIONS",
    "Carries",
    "Decision",
    "Frame",
    "Guard",
    "Mark",
    "Origin",
    "Position",
    "Reason",
    "ReasonCode",
    "ReasonRule",
    "RefusalCode",
    "Role",
    "Status",
    "Transition",
    "TransitionRefusedError",
    "action_towards",
    "available",
    "decide",
    "free_reason",
    "initial",
    "open_transitions",
    "parse_frame",
]
