"""Values next to their labels: in the same cell, in the next one, underneath, or further in the sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from choriste.documents.read.prefill.evidence import Doubt, Evidence, cut_off
from choriste.documents.read.prefill.labels import Label, Page
from choriste.documents.read.prefill.model import Found
from choriste.documents.read.prefill.page_layout import Segment
from choriste.documents.read.prefill.patterns import amounts_in, dates_in

_ASKS: Final = re.compile(
    r"\b(?:rappel(?:er|ez)|indiqu(?:er|ez)|mentionn(?:er|ez)|precis(?:er|ez)|quote|angeben|communiqu(?:er|ez))\b"
)
"""Words of a request to the reader, whose labels have no value: `rappelez le n° de commande`."""

_REFERENCE_LINE: Final = re.compile(r"(?=.*\d)[\dA-Z][\dA-Z/_.\- ]*")

_CLAUSE: Final = re.compile(
    r"(?:^|[-|,;:/(.])\s*(?:(?:votre|vos|notre|nos|selon|suivant|et|v/|n/|réf\.?) )*$", re.IGNORECASE
)


@dataclass(frozen=True)
class Read:
    """A value at the beginning of a text: its canonical form, the span it was read from, and what is odd."""

    value: str
    start: int
    end: int
    doubts: frozenset[Doubt] = frozenset()


Reader = Callable[[str], Read | None]
"""Reads a value at the beginning of a text."""


@dataclass(frozen=True)
class Sighting:
    """A value that a label points at, with the label and where the value's text was read."""

    found: Found
    label: Label
    segment: Segment
    end: int


def sightings(page: Page, name: str, read: Reader, *, anywhere: bool = False) -> Iterator[Sighting]:
    """Yield what the labels of a field point at.

    A label inside a sentence is none, unless `anywhere` and it is a strong one.
    """
    for label in page.labels(name):
        inside = anywhere and label.strong and not _ASKS.search(label.before)
        if (label.heads or inside) and (sighting := _sighting(page, label, read)) is not None:
            yield sighting


def _sighting(page: Page, label: Label, read: Reader) -> Sighting | None:
    if label.tail:
        return _read_at(page, label, read, (label.segment, label.tail_start, label.until))
    if label.until < len(label.segment.text):
        return None  # labels run together: which of them a value belongs to cannot be known
    if not label.names_its_cell:
        following = page.continued(label.segment) if not label.follows_label else None
        return _read_at(page, label, read, _whole(following)) if following is not None else None
    right = page.right_of(label.segment)
    if right is not None and not page.begins_with_label(right):
        sighting = _read_at(page, label, read, _whole(right))
        if sighting is not None:
            return sighting
    under = page.below(label.segment)
    if under is None or page.begins_with_label(under):
        return None
    return _read_at(page, label, read, _whole(under))


def _whole(segment: Segment) -> tuple[Segment, int, int]:
    lead = len(segment.text) - len(segment.text.lstrip(" :#="))
    return segment, lead, len(segment.text)


def _read_at(page: Page, label: Label, read: Reader, span: tuple[Segment, int, int]) -> Sighting | None:
    segment, start, until = span
    found = read(segment.text[start:until])
    if found is None:
        return None
    evidence = {Evidence.NAMED if label.strong else Evidence.HINTED}
    if _is_paired(label, segment, start + found.end, until):
        evidence.add(Evidence.PAIRED)
    if segment is label.segment:
        found = whole(page, found, segment, start + found.end, until)
    elif cut_off(segment.text[:until], start + found.end):
        found = replace(found, doubts=found.doubts | {Doubt.CUT_OFF})
    box = segment.box(start + found.start, start + found.end)
    sighted = Found(found.value, box, frozenset(evidence), found.doubts, _around(label, segment))
    return Sighting(sighted, label, segment, start + found.end)


def whole(page: Page, read: Read, segment: Segment, end: int, until: int | None = None) -> Read:
    """Return a value read up to a place of a segment with what the text behind it says of it.

    Where it ends its line and the next line is nothing but digits, these belong to a number printed in
    groups; where that line is a reference of another shape, or the text goes on, the value may be cut off.
    """
    text = segment.text[:until]
    if cut_off(text, end):
        return replace(read, doubts=read.doubts | {Doubt.CUT_OFF})
    under = page.continued(segment) if not text[end:].strip() and until in {None, len(segment.text)} else None
    if under is None or not _REFERENCE_LINE.fullmatch(under.text) or _is_dated(under.text):
        return read
    if under.place and under.line and page.begins_with_label(under.line.segments[under.place - 1]):
        return read
    if read.value.isdigit() and under.text.replace(" ", "").isdigit():
        return replace(read, value=read.value + under.text.replace(" ", ""))
    return replace(read, doubts=read.doubts | {Doubt.CUT_OFF})


def _is_dated(text: str) -> bool:
    return bool(dates_in(text) or amounts_in(text))


def _is_paired(label: Label, segment: Segment, end: int, until: int) -> bool:
    """Return whether the label and its value make up a cell, a line or a clause by themselves."""
    begins = label.follows_label or _CLAUSE.search(label.segment.text[: label.start]) is not None
    rest = segment.text[end:until].strip()
    return begins and (
        not rest or rest[0] in ",;)|-.(" or until < len(segment.text) or segment is label.segment
    )


def _around(label: Label, segment: Segment) -> str:
    return segment.text if segment is label.segment else f"{label.segment.text} | {segment.text}"
