"""The seat of the primary manager: each active structure that has members has exactly one (C5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from choriste.domain.access.user import User, UserId
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import BrokenInvariantError


@dataclass(frozen=True, slots=True)
class PassedSeat:
    """A seat that somebody takes: from its holder `since`, None where it was empty."""

    structure: StructureId
    since: UserId | None
    to: UserId


def seats_passed(changed: Iterable[tuple[User, User]]) -> tuple[PassedSeat, ...]:
    """Return the seats that change hands when users change from the first to the second of each pair.

    Raises `BrokenInvariantError` where a change would give a structure two managers, or leave it without.
    """
    pairs = list(changed)
    touched = sorted({s for before, after in pairs for s in before.structures | after.structures})
    return tuple(seat for structure in touched if (seat := _passed(structure, pairs)) is not None)


def _passed(structure: StructureId, pairs: list[tuple[User, User]]) -> PassedSeat | None:
    lost = [b.id for b, a in pairs if b.manages(structure) and not a.manages(structure)]
    taken = [a.id for b, a in pairs if a.manages(structure) and not b.manages(structure)]
    if len(taken) > 1 or len(lost) > len(taken):
        raise BrokenInvariantError(f"{len(lost)} managers leave and {len(taken)} come in one structure")
    return PassedSeat(structure, lost[0] if lost else None, taken[0]) if taken else None
