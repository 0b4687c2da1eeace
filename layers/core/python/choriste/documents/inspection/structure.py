"""A first look at a PDF's raw bytes, before any library opens it.

Cross-reference and object streams are decompressed by every PDF reader on opening. They are measured here
in small steps that keep nothing, so that a bomb in them is refused before it can take the memory.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from choriste.documents.inspection import limits
from choriste.documents.inspection.objects import ExpansionError

_STRUCTURE: Final = re.compile(rb"/(?:ObjStm|XRef)\b")
_STREAM: Final = re.compile(rb"stream\r?\n")
_STEP: Final = 1 << 18
_DICTIONARY: Final = 4096


def measure_structure(data: bytes) -> int:
    """Return how many bytes the structure streams decompress to.

    Raises:
        ExpansionError: more than `limits.MAX_STRUCTURE`.
    """
    total = 0
    starts: set[int] = set()
    for mark in _STRUCTURE.finditer(data):
        begin = _STREAM.search(data, mark.end(), mark.end() + _DICTIONARY)
        if begin and begin.end() not in starts:
            starts.add(begin.end())
            total += _inflated_size(data, begin.end(), limits.MAX_STRUCTURE - total)
    return total


def is_cut(data: bytes) -> bool:
    """Tell whether the end of the file is missing: no end marker after the last cross-reference offset."""
    end = data.rfind(b"%%EOF")
    return end < 0 or b"startxref" not in data[max(0, end - 2048) : end]


def _inflated_size(data: bytes, start: int, limit: int) -> int:
    engine = zlib.decompressobj()
    size = 0
    position = start
    pending = b""
    while not engine.eof and (pending or position < len(data)):
        if not pending:
            pending, position = data[position : position + _STEP], position + _STEP
        try:
            size += len(engine.decompress(pending, _STEP))
        except zlib.error:
            return size
        if size > limit:
            raise ExpansionError
        pending = engine.unconsumed_tail
    return size
