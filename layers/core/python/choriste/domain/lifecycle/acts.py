"""Acts: what is done to an invoice and leaves its status alone, read from `acts.tsv`.

The acknowledgements are actions of the official history (ACQUITTEMENT_REJET, TRAITEMENT_REJET,
ACQUITTEMENT_SUSPENSION); the others come from docs/reference/b2g-lifecycle.md#acts.
"""

from __future__ import annotations

from dataclasses import dataclass

from choriste.domain.lifecycle.frames import FRAMES
from choriste.domain.lifecycle.position import Position
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import DRAFTS, ENDED, Holder, Phase, Status, in_phase
from choriste.domain.shared.tables import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row of the table: who may do it, and at which statuses.

    An act that is `depositor_only` is open to the roles that deposit the frame of the invoice at hand.
    """

    name: str
    roles: frozenset[Role]
    statuses: frozenset[Status]
    depositor_only: bool = False


_PERSONS = "PERSONS"
_SENT = frozenset(Status) - DRAFTS - in_phase(Phase.DELETED)
_GROUPS = {"sent": _SENT, "open": _SENT - ENDED} | {phase.value: in_phase(phase) for phase in Phase}


def _roles(word: str) -> frozenset[Role]:
    if word == _PERSONS:
        return frozenset(role for role in Role if role.is_person)
    if word == Holder.DEPOSITOR:
        return frozenset().union(*(row.depositors for row in FRAMES.values()))
    return frozenset({Role(word)})


def _statuses(text: str) -> frozenset[Status]:
    words = text.split()
    return frozenset().union(*(_GROUPS[word] if word in _GROUPS else {Status(word)} for word in words))


ACTS = tuple(
    Act(
        name=line["name"],
        roles=_roles(line["roles"]),
        statuses=_statuses(line["statuses"]),
        depositor_only=line["roles"] == Holder.DEPOSITOR,
    )
    for line in read_table(__package__, "acts.tsv")
)
"""Every act, in the order of the lists of acts."""


def acts_of(position: Position, role: Role) -> tuple[str, ...]:
    """Return the names of the acts that a role may do here."""
    return tuple(
        act.name
        for act in ACTS
        if role in (position.frame.depositors if act.depositor_only else act.roles)
        and position.status in act.statuses
    )
