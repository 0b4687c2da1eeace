"""How passwords that people choose are kept: argon2id (RFC 9106), over the scrypt of older records.

A hash says its own cost. One that is not of today's cost is outdated: it is made again at the next sign-in,
the only moment at which the password is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from choriste.application.access.hashing import is_secret
from choriste.domain.access.password import normal_password

if TYPE_CHECKING:
    from argon2 import PasswordHasher

CLOSED: Final = "closed"
"""Stands where a hash would stand, once a password opens nothing any longer."""

_SCRYPT: Final = "scrypt$"
_NEVER: Final = "no password is this long: " + "-" * 200


@dataclass(frozen=True)
class Passwords:
    """Hashes passwords at one cost: memory in KiB, passes over it; one lane, as a function has one core.

    The default is RFC 9106's choice for little memory (64 MiB, three passes): 0.17 s of a core.
    """

    memory: int = 65_536
    passes: int = 3

    def hash(self, password: str) -> str:
        """Return the hash of a password, with a fresh salt and its cost."""
        return self._hasher.hash(normal_password(password))

    def matches(self, password: str, hashed: str | None) -> bool:
        """Say whether a password is the one that was hashed; without a hash it takes as long, and is none."""
        from argon2.exceptions import VerificationError  # noqa: PLC0415 - most requests check no password

        if hashed is not None and hashed.startswith(_SCRYPT):
            return is_secret(password, hashed)
        genuine = hashed if hashed is not None and hashed != CLOSED else None
        try:
            return self._hasher.verify(genuine or self._decoy, normal_password(password)) and bool(genuine)
        except VerificationError:
            return False

    def is_outdated(self, hashed: str) -> bool:
        """Say whether a hash is not of today's kind and cost."""
        return hashed.startswith(_SCRYPT) or self._hasher.check_needs_rehash(hashed)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher  # noqa: PLC0415 - most requests check no password

        return PasswordHasher(time_cost=self.passes, memory_cost=self.memory, parallelism=1)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(_NEVER)
