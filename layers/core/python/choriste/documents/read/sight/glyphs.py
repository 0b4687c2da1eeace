"""Characters with their places, turned upright and joined into words."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from itertools import pairwise
from typing import Any, NamedTuple

Box = tuple[float, float, float, float]
Glyph = tuple[str, float, float, float, float, int]
"""A character, its box (left, top, right, bottom), the break before it: 0, 1 a guessed space, 2 a space."""

HARD = 2
SPACED_FROM = 0.15
"""A gap wider than this share of the size between most characters of a line spaces its letters."""

_FEWEST_SPACED, _MOST_SPACED = 5, 0.7


class Turn(IntEnum):
    """The way that text runs in the page's own coordinates, in degrees against the clock."""

    RIGHT = 0
    UP = 90
    LEFT = 180
    DOWN = 270


class View(NamedTuple):
    """The rectangle of the page that is shown."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, left: float, bottom: float, right: float, top: float) -> bool:
        """Return whether the middle of a box is shown."""
        return self.left <= (left + right) / 2 <= self.right and self.bottom <= (bottom + top) / 2 <= self.top

    def size(self, turn: Turn) -> tuple[float, float]:
        """Return width and height once text that runs in a direction is turned upright."""
        width, height = self.right - self.left, self.top - self.bottom
        return (width, height) if turn in {Turn.RIGHT, Turn.LEFT} else (height, width)

    def turned(self, turn: Turn, left: float, bottom: float, right: float, top: float) -> Box:
        """Return a box (left, top, right, bottom) from the top left corner of the page turned upright."""
        if turn is Turn.RIGHT:
            return left - self.left, self.top - top, right - self.left, self.top - bottom
        if turn is Turn.UP:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if turn is Turn.LEFT:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        return self.top - top, self.right - right, self.top - bottom, self.right - left

    def is_covered(self, boxes: list[Box]) -> bool:
        """Return whether one of some boxes (left, bottom, right, top) covers half of what is shown."""
        half = (self.right - self.left) * (self.top - self.bottom) / 2
        return any(
            max(min(box[2], self.right) - max(box[0], self.left), 0)
            * max(min(box[3], self.top) - max(box[1], self.bottom), 0)
            >= half
            for box in boxes
        )


def words(glyphs: list[Glyph]) -> Iterator[list[Any]]:
    """Join characters into words `[text, left, top, right, bottom]`.

    A space, a gap or another baseline ends one; where the letters of a line are spaced, a wider gap does.
    """
    for line in _lines(glyphs):
        spacing = _spacing(line)
        word: list[Any] = []
        last: Glyph | None = None
        for glyph in line:
            if word and not (_follows(word, glyph, spacing) or (last and _is_ligature(last, glyph))):
                yield word
                word = []
            last = glyph
            if word:
                word[0] += glyph[0]
                word[2], word[3] = min(word[2], glyph[2]), max(word[3], glyph[3] + spacing)
                word[4] = max(word[4], glyph[4])
            else:
                word = [*glyph[:3], glyph[3] + spacing, glyph[4]]
        if word:
            yield word


def _lines(glyphs: list[Glyph]) -> Iterator[list[Glyph]]:
    """Cut the characters where the baseline changes, or where a gap is wider than two of their heights."""
    line: list[Glyph] = []
    for glyph in glyphs:
        if line:
            last = line[-1]
            size = max(last[4] - last[2], 1.0)
            level = abs(glyph[4] - last[4]) < size * 0.35 and abs(glyph[2] - last[2]) < size * 0.6
            if not (level and (-size * 0.6 < glyph[1] - last[3] < size * 2 or _is_ligature(last, glyph))):
                yield line
                line = []
        line.append(glyph)
    if line:
        yield line


def _is_ligature(last: Glyph, glyph: Glyph) -> bool:
    """Return whether two characters share one box: a glyph that draws both, as `ff` or `fi`."""
    return last[1:5] == glyph[1:5]


def _spacing(line: list[Glyph]) -> float:
    """Return the space between the letters of a line in points; 0 where they stand close, as usual."""
    if len(line) < _FEWEST_SPACED:
        return 0.0
    size = max(line[0][4] - line[0][2], 1.0)
    gaps = [second[1] - first[3] for first, second in pairwise(line)]
    wide = [gap for gap in gaps if gap > SPACED_FROM * size]
    return sorted(wide)[len(wide) // 2] if len(wide) >= _MOST_SPACED * len(gaps) else 0.0


def _follows(word: list[Any], glyph: Glyph, spacing: float) -> bool:
    gap, size = glyph[1] - word[3], max(word[4] - word[2], 1.0)
    if spacing:
        return bool(gap < max(0.6 * spacing, 0.12 * size))
    return bool(glyph[5] == 0 and -size * 0.6 < gap < size * 0.25)
