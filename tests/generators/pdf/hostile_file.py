"""A hostile file, and a writer that puts down objects as they are."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

MEBIBYTE = 1 << 20
UNREADABLE = frozenset({"PDF-TRUNCATED", "PDF-DAMAGED", "PDF-PAGE-TREE", "PDF-BOMB", "PDF-TOO-COMPLEX"})


@dataclass(frozen=True)
class Hostile:
    """A hostile file and the codes of which the inspection must find at least one."""

    name: str
    data: bytes
    expected: frozenset[str] = frozenset()


def raw_pdf(
    objects: Mapping[int, bytes], *, trailer: bytes = b"/Root 1 0 R", size: int | None = None
) -> bytes:
    """Write objects as they are, with a right cross-reference table."""
    target = io.BytesIO()
    target.write(b"%PDF-1.7\n")
    offsets = {}
    for number, body in objects.items():
        offsets[number] = target.tell()
        target.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = target.tell()
    target.write(b"xref\n0 1\n0000000000 65535 f \n")
    for number, offset in offsets.items():
        target.write(b"%d 1\n%010d 00000 n \n" % (number, offset))
    count = size or max(objects) + 1
    target.write(b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (count, trailer, start))
    return target.getvalue()
