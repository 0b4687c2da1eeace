"""The labels that suppliers print, in three languages, and where they stand in a segment.

The vocabulary is `labels.json`: phrases in lower case, without accents or punctuation. A strong phrase
names one field; a weak one (`date`, `total`) counts only at the beginning of a segment. At each place the
longest phrase wins, so that `date de livraison` is never taken for `date`.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from choriste.documents.read.prefill.page_layout import Line, Segment

_GLUED: Final = re.compile(r"[-_/][A-Za-z0-9]")
"""What follows a word that is part of a reference, such as `EJ-2026-12`, and no label."""

_GLUED_BEFORE: Final = re.compile(r"(?:[-_]|\w\w/|\d/)$")
"""What precedes such a part of a reference; `V/` and `N/` (yours, ours) are no part of one."""

_LEAD: Final = re.compile(r"[\s:#°º.\-=)]*(?:\([^)\d]{0,30}\)[\s:#°º.\-=]*)?")
"""What may stand between a label and its value: `(jj/mm/aaaa) :`."""

_INSIDE: Final = frozenset({"issue_date", "due_date", "engagement", "service_code", "contract", "gross"})
"""Fields whose weak labels also count after a comma or a dash inside a segment."""

_SAME_EDGE: Final = 2.0
_LINE_GAP: Final = 0.7
_BESIDE: Final = 40.0
"""Points by which larger text beside a segment may begin above it."""

_NEAR: Final = 200
"""Segments that are looked at over or under one; no honest page has so many within two lines."""


@dataclass(frozen=True)
class Label:
    """A label in a segment: its field, whether it is strong, and the text up to the next label."""

    name: str
    strong: bool
    segment: Segment
    start: int
    end: int
    until: int
    follows_label: bool = False

    @property
    def heads(self) -> bool:
        """Return whether the label begins its segment, or a part of it after a separator or another label."""
        before = self.segment.text[: self.start].strip()
        return self.follows_label or not before or before[-1] in "-|,;:/(."

    @property
    def names_its_cell(self) -> bool:
        """Return whether it is the first label of its cell, its translation (`Date / Datum`) not counted."""
        before = self.segment.text[: self.start].strip()
        return not before or before.endswith("/")

    @property
    def tail(self) -> str:
        """The text that follows the label in its segment, without the separators before it."""
        return self.segment.text[self.tail_start : self.until].rstrip()

    @property
    def tail_start(self) -> int:
        """Where that text begins in the segment."""
        lead = _LEAD.match(self.segment.text[self.end : self.until])
        return self.end + (lead.end() if lead else 0)

    @property
    def before(self) -> str:
        """The plain text before the label in its segment."""
        return self.segment.plain[: self.start]


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, list[tuple[str, bool]]]]:
    text = resources.files(__package__).joinpath("labels.json").read_text(encoding="utf-8")
    meanings: dict[str, list[tuple[str, bool]]] = {}
    for name, strengths in json.loads(text).items():
        for strength in ("strong", "weak"):
            for phrase in strengths[strength]:
                meanings.setdefault(phrase, []).append((name, strength == "strong"))
    longest_first = sorted(meanings, key=len, reverse=True)
    words = "|".join(phrase.replace(" ", " +") for phrase in longest_first)
    return re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])"), meanings


def labels_in(segment: Segment) -> tuple[Label, ...]:
    """Return the labels of a segment from left to right; a phrase of two meanings gives two labels."""
    spans = [
        (match.start(), match.end(), _meanings(match))
        for match in _phrases()[0].finditer(segment.plain)
        if not _GLUED.match(segment.text, match.end())
        and not _GLUED_BEFORE.search(segment.text[: match.start()])
    ]
    kept = [
        (start, end, [each for each in meanings if each[1] or _weak_counts(segment, start, end, each[0])])
        for start, end, meanings in spans
    ]
    kept = [each for each in kept if each[2]]
    found = []
    for at, (start, end, meanings) in enumerate(kept):
        until = kept[at + 1][0] if at + 1 < len(kept) else len(segment.text)
        follows = at > 0 and not segment.plain[kept[at - 1][1] : start].strip()
        found += [Label(name, strong, segment, start, end, until, follows) for name, strong in meanings]
    return tuple(found)


def _weak_counts(segment: Segment, start: int, end: int, name: str) -> bool:
    before = segment.text[:start].rstrip()
    named = segment.text[end:].lstrip().startswith(":")
    return not before or (name in _INSIDE and (named or before[-1] in ",;|(-"))


def _meanings(match: re.Match[str]) -> list[tuple[str, bool]]:
    return _phrases()[1][re.sub(" +", " ", match.group())]


class Page:
    """All lines of a document with their labels: what the readers of fields ask."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self.lines = lines
        self.segments = [segment for line in lines for segment in line.segments]
        self._labels = {id(segment): labels_in(segment) for segment in self.segments}
        self._by_name: dict[str, list[Label]] = {}
        for segment in self.segments:
            for label in self._labels[id(segment)]:
                self._by_name.setdefault(label.name, []).append(label)
        self._by_top = sorted(self.segments, key=_place_of_top)
        self._by_bottom = sorted(self.segments, key=_place_of_bottom)

    def labels_of(self, segment: Segment) -> tuple[Label, ...]:
        """Return a segment's labels."""
        return self._labels[id(segment)]

    def labels(self, name: str) -> Iterator[Label]:
        """Yield every label of a field, in reading order."""
        yield from self._by_name.get(name, ())

    def right_of(self, segment: Segment) -> Segment | None:
        """Return the next segment of the line, or larger text that stands beside it."""
        following = segment.line.after(segment) if segment.line else []
        if following:
            return following[0]
        begin = bisect_left(self._by_top, (segment.page, segment.top - _BESIDE), key=_place_of_top)
        end = bisect_right(self._by_top, (segment.page, segment.bottom), key=_place_of_top)
        beside = [
            each
            for each in self._by_top[begin : min(end, begin + _NEAR)]
            if each.x0 > segment.x1 and each.top < segment.middle < each.bottom
        ]
        return min(beside, key=lambda each: each.x0, default=None)

    def continued(self, segment: Segment) -> Segment | None:
        """Return the line on which a sentence goes on: right below, with the same left edge."""
        under = self.below(segment)
        if under is None or abs(under.x0 - segment.x0) > _SAME_EDGE:
            return None
        return under if under.top - segment.bottom < _LINE_GAP * segment.height else None

    def begins_with_label(self, segment: Segment) -> bool:
        """Return whether a segment is, or begins with, a label."""
        return any(not segment.plain[: label.start].strip() for label in self.labels_of(segment))

    def below(self, segment: Segment) -> Segment | None:
        """Return the nearest segment of the same column under one, within two line heights."""
        first = (segment.page, segment.bottom - 0.2 * segment.height)
        last = (segment.page, segment.bottom + 2.0 * segment.height)
        begin = bisect_right(self._by_top, first, key=_place_of_top)
        end = bisect_left(self._by_top, last, key=_place_of_top)
        under = [each for each in self._by_top[begin : min(end, begin + _NEAR)] if each.overlaps(segment)]
        return min(under, key=lambda each: (each.top, abs(each.x0 - segment.x0)), default=None)

    def above(self, segment: Segment) -> Segment | None:
        """Return the nearest segment of the same column over one, within a line height."""
        first = (segment.page, segment.top - 1.1 * segment.height)
        last = (segment.page, segment.top + 0.2 * segment.height)
        begin = bisect_right(self._by_bottom, first, key=_place_of_bottom)
        end = bisect_left(self._by_bottom, last, key=_place_of_bottom)
        over = [each for each in self._by_bottom[max(begin, end - _NEAR) : end] if each.overlaps(segment)]
        return max(over, key=lambda each: (each.top, -abs(each.x0 - segment.x0)), default=None)


def _place_of_top(segment: Segment) -> tuple[int, float]:
    return segment.page, segment.top


def _place_of_bottom(segment: Segment) -> tuple[int, float]:
    return segment.page, segment.bottom
