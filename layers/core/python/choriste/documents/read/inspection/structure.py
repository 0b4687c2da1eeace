"""A first look at a PDF's raw bytes, before any library opens it.

Cross-reference and object streams are decompressed by every PDF reader on opening. They are measured here
in small steps that keep nothing, so that a bomb in them is refused before it can take the memory.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.objects import ExpansionError

_STRUCTURE: Final = re.compile(rb"/(?:ObjStm|XRef)\b")
_STREAM: Final = re.compile(rb"stream\r?\n")
_SECTION: Final = re.compile(rb"xref\s+\d{1,10}\s+(\d{1,12})\b")
_OFFSET: Final = re.compile(rb"startxref\s+(\d{1,12})(?!\d)")
_TABLE: Final = re.compile(rb"\s*(?:xref\s|\d+\s+\d+\s+obj\b)")
_NEAR: Final = 2048
_STEP: Final = 1 << 14
_EXPANDED: Final = 1 << 18
_DICTIONARY: Final = 4096


class TooManyObjectsError(ValueError):
    """The file declares more objects than any invoice has."""


def measure_structure(data: bytes) -> int:
    """Return how many bytes the structure streams decompress to.

    Raises:
        ExpansionError: more than `limits.MAX_STRUCTURE`.
        TooManyObjectsError: more objects are written or declared than `limits.MAX_OBJECTS`, or more such
            streams than `limits.MAX_STRUCTURE_STREAMS`.
    """
    if data.count(b" obj") > limits.MAX_OBJECTS or _declared_objects(data) > limits.MAX_OBJECTS:
        raise TooManyObjectsError
    total = 0
    starts: set[int] = set()
    for count, mark in enumerate(_STRUCTURE.finditer(data)):
        if count > limits.MAX_STRUCTURE_STREAMS:
            raise TooManyObjectsError
        begin = _STREAM.search(data, mark.end(), mark.end() + _DICTIONARY)
        if begin and begin.end() not in starts:
            starts.add(begin.end())
            total += _inflated_size(data, begin.end(), limits.MAX_STRUCTURE - total)
    return total


def _declared_objects(data: bytes) -> int:
    sections = (int(match[1]) for match in _SECTION.finditer(data))
    return max(sections, default=0)


def is_cut(data: bytes) -> bool:
    """Return whether the end of the file is missing.

    Objects that follow the last offset of a cross-reference mean that an update was cut. The mark `%%EOF`
    may be missing or damaged, as some programs write it, if that offset leads to a cross-reference.
    """
    end = data.rfind(b"%%EOF")
    marked = end >= 0 and b"startxref" in data[max(0, end - _NEAR) : end] and b" obj" not in data[end:]
    return not marked and not _leads_to_cross_reference(data)


def lacks_end_mark(data: bytes) -> bool:
    """Return whether `%%EOF` is missing after the last offset of a cross-reference."""
    return b"%%EOF" not in data[max(0, data.rfind(b"startxref")) :]


def _leads_to_cross_reference(data: bytes) -> bool:
    start = data.rfind(b"startxref")
    offset = _OFFSET.match(data, start) if start >= 0 else None
    if offset is None or b" obj" in data[start:]:
        return False
    at = int(offset[1]) + (data.find(b"%PDF-", 0, _NEAR) if not data.startswith(b"%PDF-") else 0)
    return _TABLE.match(data, at) is not None


def _inflated_size(data: bytes, start: int, limit: int) -> int:
    engine = zlib.decompressobj()
    size = 0
    position = start
    pending = b""
    while not engine.eof and (pending or position < len(data)):
        if not pending:
            pending, position = data[position : position + _STEP], position + _STEP
        try:
            size += len(engine.decompress(pending, _EXPANDED))
        except zlib.error:
            return size
        if size > limit:
            raise ExpansionError
        pending = engine.unconsumed_tail
    return size
