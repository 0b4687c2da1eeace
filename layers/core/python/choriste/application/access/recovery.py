"""Recovery codes: what replaces the second factor when it is lost. Each works once; they are shown once.

A code has 80 random bits, which nobody can guess even with its hash at hand, so a plain SHA-256 keeps it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from choriste.application.access.hashing import fingerprint
from choriste.application.access.records import Credentials

NUMBER: Final = 10
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH: Final = 16
_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """New codes: in clear for their owner, this once, and the hashes that are kept."""

    clear: tuple[str, ...]
    hashes: tuple[str, ...]


def new_recovery_codes() -> RecoveryCodes:
    """Return ten new codes of four groups of four letters and digits, none of which looks like another."""
    clear = tuple(_new_code() for _ in range(NUMBER))
    return RecoveryCodes(clear, tuple(map(_hash, clear)))


def is_recovery_code(typed: str) -> bool:
    """Say whether a text has the shape of a recovery code, with or without its hyphens."""
    plain = _plain(typed)
    return len(plain) == _LENGTH and set(plain) <= set(_ALPHABET)


def without_code(credentials: Credentials, typed: str) -> tuple[str, ...] | None:
    """Return the hashes that are left when a code was used; None when it is none of these credentials."""
    used = _hash(typed)
    left = tuple(kept for kept in credentials.recovery_codes if not secrets.compare_digest(kept, used))
    return left if len(left) < len(credentials.recovery_codes) else None


def _new_code() -> str:
    letters = [secrets.choice(_ALPHABET) for _ in range(_LENGTH)]
    return "-".join("".join(letters[start : start + _GROUP]) for start in range(0, _LENGTH, _GROUP))


def _hash(code: str) -> str:
    return fingerprint(f"recovery:{_plain(code)}")


def _plain(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())
