"""Words put back into lines and cells by their places, whatever order the PDF wrote them in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from choriste.documents.read.inspection.text import TextPage, Word
from choriste.documents.read.prefill.model import Box

_CELL_GAP: Final = 0.85
"""A gap wider than this share of the line's height parts two cells; a space takes about a quarter."""

_COLUMNS: Final = 64
_LARGER: Final = 1.4
_DESCENT: Final = 0.21
"""The share of a line's height below its baseline, in most fonts."""

_DASHES: Final = str.maketrans(
    {"’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "\u2011": "-", "\u00ad": ""}
)


@dataclass
class Segment:
    """A run of words on one line without a wide gap: a cell, a label, a sentence."""

    sheet: TextPage
    words: tuple[Word, ...]
    line: Line | None = field(default=None, repr=False)
    place: int = 0

    def __post_init__(self) -> None:
        """Join the words and note where each begins in the text."""
        parts = [_clean(word.text) for word in self.words]
        self.text = " ".join(parts)
        self.starts: list[int] = []
        at = 0
        for part in parts:
            self.starts.append(at)
            at += len(part) + 1

    @cached_property
    def page(self) -> int:
        """The rank of its page; text that stands turned on a page ranks as a page of its own."""
        return self.sheet.number * 4 + self.sheet.turn // 90

    @property
    def page_height(self) -> float:
        """The height of the page in points."""
        return self.sheet.height

    @property
    def middle(self) -> float:
        """The height at which it stands."""
        return (self.top + self.bottom) / 2

    @cached_property
    def x0(self) -> float:
        """The left edge."""
        return self.words[0].x0

    @cached_property
    def x1(self) -> float:
        """The right edge."""
        return self.words[-1].x1

    @cached_property
    def top(self) -> float:
        """The upper edge."""
        return min(word.top for word in self.words)

    @cached_property
    def bottom(self) -> float:
        """The lower edge."""
        return max(word.bottom for word in self.words)

    @cached_property
    def height(self) -> float:
        """The line height in points."""
        return max(self.bottom - self.top, 1.0)

    @cached_property
    def plain(self) -> str:
        """The text in lower case without accents or punctuation, each character at its place."""
        return "".join(_plain(character) for character in self.text)

    def box(self, start: int = 0, end: int | None = None) -> Box:
        """Return the rectangle of the words that a span of the text touches."""
        end = len(self.text) if end is None else end
        touched = [
            word
            for word, at in zip(self.words, self.starts, strict=True)
            if at < end and at + len(_clean(word.text)) > start
        ] or list(self.words)
        return _as_shown(
            self.sheet,
            min(word.x0 for word in touched),
            min(word.top for word in touched),
            max(word.x1 for word in touched),
            max(word.bottom for word in touched),
        )

    def overlaps(self, other: Segment) -> bool:
        """Return whether the two stand in the same column: their extents overlap, or an edge is shared."""
        shared = min(self.x1, other.x1) - max(self.x0, other.x0)
        edge = min(abs(self.x0 - other.x0), abs(self.x1 - other.x1))
        return shared > 0 or edge < self.height


@dataclass
class Line:
    """The segments on one baseline, from left to right."""

    segments: list[Segment]

    def after(self, segment: Segment) -> list[Segment]:
        """Return the segments to the right of one, the nearest first, as many as a table has columns."""
        return self.segments[segment.place + 1 : segment.place + 1 + _COLUMNS]


def lines_of(pages: Iterable[TextPage]) -> tuple[Line, ...]:
    """Put all pages' words into lines, top to bottom."""
    return tuple(line for page in pages for line in _lines(page))


def _lines(page: TextPage) -> Iterator[Line]:
    rows: list[list[Word]] = []
    for word in sorted(page.words, key=lambda each: (_baseline(each), each.x0)):
        row = next((row for row in reversed(rows[-4:]) if _same_row(row[-1], word)), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    for row in rows:
        line = Line([Segment(page, words) for words in _cells(sorted(row, key=lambda w: w.x0))])
        for place, segment in enumerate(line.segments):
            segment.line, segment.place = line, place
        yield line


def _same_row(first: Word, second: Word) -> bool:
    """Return whether two words stand on one line; where their sizes differ, their baselines must agree."""
    heights = sorted((first.bottom - first.top, second.bottom - second.top))
    shared = min(first.bottom, second.bottom) - max(first.top, second.top)
    if shared <= 0.6 * heights[0]:
        return False
    alike = heights[1] < _LARGER * max(heights[0], 1.0)
    return alike or abs(_baseline(first) - _baseline(second)) < 0.3 * heights[0]


def _baseline(word: Word) -> float:
    return word.bottom - _DESCENT * (word.bottom - word.top)


def _as_shown(page: TextPage, x0: float, top: float, x1: float, bottom: float) -> Box:
    """Return a rectangle on the page as it is shown, whose text may stand turned on it."""
    if page.turn == 90:  # noqa: PLR2004 - degrees
        return Box(page.number, top, page.width - x1, bottom, page.width - x0)
    if page.turn == 180:  # noqa: PLR2004 - degrees
        return Box(page.number, page.width - x1, page.height - bottom, page.width - x0, page.height - top)
    if page.turn == 270:  # noqa: PLR2004 - degrees
        return Box(page.number, page.height - bottom, x0, page.height - top, x1)
    return Box(page.number, x0, top, x1, bottom)


def _cells(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    cell: list[Word] = []
    for word in words:
        if cell and word.x0 - cell[-1].x1 > _CELL_GAP * max(word.bottom - word.top, 1.0):
            yield tuple(cell)
            cell = []
        cell.append(word)
    if cell:
        yield tuple(cell)


def _clean(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("№", "N°")).translate(_DASHES).replace(" ", "")


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    if base == "ß":
        return "s"
    return base if len(base) == 1 and (base.isalnum() or base == "#") and base not in "ºª" else " "
