"""Which world a structure is in: a sandbox, or the real one. Its id alone says so.

The id of a test structure has 15 digits: those of its sandbox, which begin with a 9, and its rank there. Real
ids have 16 digits (`domain/shared/ids.py`). Nothing needs to be looked up to keep the worlds apart, neither
for a request of a real client nor when figures are counted.
"""

from __future__ import annotations

import re
import secrets
from enum import StrEnum
from typing import Final, NewType

from choriste.domain.parties.structure import StructureId

SandboxId = NewType("SandboxId", str)
"""Thirteen digits; the first is a 9."""

_STRUCTURE: Final = re.compile("(9[0-9]{12})[0-9]{2}")


def new_sandbox_id() -> SandboxId:
    """Return the id of a new sandbox."""
    return SandboxId(f"9{secrets.randbelow(10**12):012d}")


def structure_in(sandbox: SandboxId, rank: int) -> StructureId:
    """Return the id of the test structure with a rank, from 1 to 99, in a sandbox."""
    return StructureId(f"{sandbox}{rank:02d}")


def sandbox_of(structure: str | None) -> SandboxId | None:
    """Return the sandbox of a structure, None for a real one."""
    found = _STRUCTURE.fullmatch(structure or "")
    return SandboxId(found[1]) if found else None


def same_world(*structures: str | None) -> bool:
    """Say whether structures may have to do with each other: all real, or all of one sandbox."""
    return len({sandbox_of(each) for each in structures}) <= 1


class Mode(StrEnum):
    """What a connection is for; that of its structure decides, nobody chooses it."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


def mode_of(structure: str | None) -> Mode:
    """Return what the connections of a structure are for; those of the operator (None) are real."""
    return Mode.SANDBOX if sandbox_of(structure) is not None else Mode.PRODUCTION


def new_siret() -> str:
    """Return an invented SIRET, whose check digits hold; its SIREN begins with a 0, as few real ones do.

    It says nothing of a world, and somebody may have it: whoever gives it to a test structure looks first.
    """
    siren = _with_key(f"0{secrets.randbelow(9 * 10**6) + 10**6:07d}")
    return _with_key(f"{siren}0001")


def _with_key(digits: str) -> str:
    """Return digits with the key that Luhn's formula gives them."""
    doubled = (sum(divmod(2 * int(d), 10)) if n % 2 == 0 else int(d) for n, d in enumerate(reversed(digits)))
    return f"{digits}{-sum(doubled) % 10}"
