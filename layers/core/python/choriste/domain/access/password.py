"""Which passwords may be chosen: long, not widely known, and not made of what everybody knows of the user.

Source: NIST SP 800-63B, 5.1.1.2. There are no rules of composition, and no password expires.

The known ones are the 30,000 most frequent of leaked passwords, as zxcvbn 4.5.0 ships them (© 2012-2016 Dan
Wheeler and Dropbox, Inc., MIT licence).
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from choriste.domain.access.errors import WeakPasswordError

SHORTEST: Final = 12
LONGEST: Final = 128

_FEWEST_CHARACTERS: Final = 5
"""Different ones; `abababababab` has two."""
_SHORTEST_WORD: Final = 4
"""Of an address or a name, to be looked for in a password."""
_LEAST_OF_ONES_OWN: Final = 8
"""Characters that must be left when the user's own words are taken out."""
_AROUND: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "0123456789",
)


class Weakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    KNOWN = "known"
    MONOTONOUS = "monotonous"
    OWN_WORDS = "own-words"


def normal_password(password: str) -> str:
    """Return a password as it is hashed: NFKC, so that every keyboard's accents are the same."""
    return unicodedata.normalize("NFKC", password)


def require_strong(password: str, *, email: str, name: str) -> None:
    """Raise `WeakPasswordError` for a password that nobody should choose, with what is wrong with it."""
    weakness = weakness_of(password, email=email, name=name)
    if weakness is not None:
        raise WeakPasswordError(weakness=weakness.value, shortest=SHORTEST, longest=LONGEST)


def weakness_of(password: str, *, email: str, name: str) -> Weakness | None:
    """Return the first weakness of a password, None for one that may be chosen."""
    text = normal_password(password).casefold()
    if len(normal_password(password)) < SHORTEST:
        return Weakness.TOO_SHORT
    if len(normal_password(password)) > LONGEST:
        return Weakness.TOO_LONG
    if _is_monotonous(text):
        return Weakness.MONOTONOUS
    if _is_known(text):
        return Weakness.KNOWN
    return Weakness.OWN_WORDS if _is_own(text, _words(email) | _words(name)) else None


def _is_monotonous(text: str) -> bool:
    """Say whether it is a few characters again and again, or a row of the alphabet or of a keyboard."""
    rows = [row * 12 for row in (*_ROWS, *(row[::-1] for row in _ROWS))]
    return len(set(text)) < _FEWEST_CHARACTERS or any(text in row for row in rows)


def _is_known(text: str) -> bool:
    """Say whether it is a known password, once or repeated, also with digits or signs around it."""
    half = text[: len(text) // 2]
    stems = {text, _AROUND.sub("", text), *((half,) if half * 2 == text else ())}
    return not stems.isdisjoint(_known())


def _is_own(text: str, words: set[str]) -> bool:
    """Say whether too little is left of it without the words that everybody knows of its user."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return bool(words) and len(text) < _LEAST_OF_ONES_OWN


def _words(known: str) -> set[str]:
    parts = re.split(r"[\W_]+", normal_password(known).casefold())
    return {part for part in parts if len(part) >= _SHORTEST_WORD}


@cache
def _known() -> frozenset[str]:
    packed = (files("choriste.domain.access") / "known_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))
