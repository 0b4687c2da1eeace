"""Careful steps through a PDF's objects: a wrong type is an absence, a loop or a flood is an error."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from typing import Final

import pikepdf

from choriste.documents.read.inspection import limits

UNREADABLE: Final = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What pikepdf raises on objects that are not what they should be."""


class TreeError(ValueError):
    """A tree of the PDF loops, or is deeper or larger than any honest one."""


class ExpansionError(ValueError):
    """A stream decompresses to more than is allowed."""


def dictionary(value: object) -> pikepdf.Object | None:
    """Return the value where it is a dictionary (a stream's included), None otherwise."""
    if isinstance(value, pikepdf.Stream | pikepdf.Dictionary):
        return value
    return None


def entry(parent: object, *keys: str) -> object:
    """Follow keys through nested dictionaries; None as soon as one is missing or no dictionary."""
    value: object = parent
    for key in keys:
        holder = dictionary(value)
        if holder is None:
            return None
        value = holder.get(key)
    return value


def items(value: object) -> list[object]:
    """Return an array's items, or a lone value as its own list; nothing for None.

    Raises:
        TreeError: the array is longer than any honest one.
    """
    if isinstance(value, pikepdf.Array):
        if len(value) > limits.MAX_NODES:
            raise TreeError
        return list(value)
    return [] if value is None else [value]


def text(value: object) -> str | None:
    """Return a string's or a name's text (a name without its slash), None for anything else."""
    if isinstance(value, pikepdf.Name):
        return str(value)[1:]
    if isinstance(value, pikepdf.String | str):
        return str(value).replace("\x00", "").strip()
    return None


class Repeats(Enum):
    """What a node means that a tree holds twice, or below itself."""

    REFUSED = auto()
    SKIPPED = auto()


def walk(
    roots: Iterable[object],
    children: Callable[[pikepdf.Object], Iterable[object]],
    *,
    repeats: Repeats = Repeats.REFUSED,
) -> Iterator[pikepdf.Object]:
    """Yield every dictionary below the roots, in document order, each once.

    Form builders list a field twice, and no reader minds; a tree of pages must be sound.

    Raises:
        TreeError: the tree is too deep or too large, or a node repeats where that is refused.
    """
    seen: set[tuple[int, int]] = set()
    stack = [(root, 0) for root in reversed(list(roots))]
    count = 0
    while stack:
        value, depth = stack.pop()
        node = dictionary(value)
        if node is None:
            continue
        count += 1
        repeated = _seen_before(node, seen)
        if repeated and repeats is Repeats.SKIPPED:
            continue
        if depth > limits.MAX_TREE_DEPTH or count > limits.MAX_NODES or repeated:
            raise TreeError
        yield node
        stack.extend((child, depth + 1) for child in reversed(list(children(node))))


def _seen_before(node: pikepdf.Object, seen: set[tuple[int, int]]) -> bool:
    if not node.is_indirect:
        return False
    if node.objgen in seen:
        return True
    seen.add(node.objgen)
    return False


def stream_bytes(value: object, limit: int) -> bytes | None:
    """Return a stream's decoded bytes, None where the value is no stream or cannot be decoded.

    Raises:
        ExpansionError: it decodes to more than the limit, in bytes.
    """
    if not isinstance(value, pikepdf.Stream):
        return None
    filters = [text(name) for name in items(value.get("/Filter"))]
    if filters == ["FlateDecode"] and value.get("/DecodeParms") is None:
        return inflate(value.read_raw_bytes(), limit)
    decoded = value.read_bytes(pikepdf.StreamDecodeLevel.generalized)
    if len(decoded) > limit:
        raise ExpansionError
    return decoded


def inflate(raw: bytes, limit: int) -> bytes | None:
    """Decompress zlib data, None where it is damaged; what was read of a cut stream is returned.

    Raises:
        ExpansionError: it holds more than the limit, in bytes.
    """
    engine = zlib.decompressobj()
    try:
        decoded = engine.decompress(raw, limit + 1)
    except zlib.error:
        return None
    if len(decoded) > limit:
        raise ExpansionError
    return decoded
