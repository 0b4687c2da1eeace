"""The bytes of a body: JSON, deflated with a dictionary of what all records share: above all their names.

Items pay by the kilobyte: with the dictionary a whole record is smaller than one without defaults was.
`dictionary.txt` is part of the stored form (RFC 1950, FDICT): it must never change, since no body that was
deflated with it could be read any more. Bodies of schema 1 were deflated without one and are read as well.
"""

from __future__ import annotations

import zlib
from functools import cache
from importlib.resources import files
from typing import Final

_LEVEL: Final = 6
"""Of zlib: higher ones cost time and save nothing on a kilobyte."""


def deflate(text: bytes) -> bytes:
    """Return the body of a JSON text."""
    press = zlib.compressobj(_LEVEL, zdict=_dictionary())
    return press.compress(text) + press.flush()


def inflate(body: bytes) -> bytes:
    """Return the JSON text of a body; raises `zlib.error` where it is none."""
    return zlib.decompressobj(zdict=_dictionary()).decompress(body)


@cache
def _dictionary() -> bytes:
    return (files(__package__) / "dictionary.txt").read_bytes()
