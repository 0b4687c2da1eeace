"""Pages of words made of the strips of text that were recognised on pictures."""

from __future__ import annotations

import math
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from choriste.documents.read.inspection.text import TextPage, Word
from choriste.documents.read.recognition.strip import Strip

_WIDTH: Final = 595.0
"""Points: a picture says nothing of its size on paper, so its width is taken for that of a page of A4."""

_LONG: Final = 6
"""How many times its height a strip is long whose slant says something of the page's."""

_MARGIN: Final = 0.15
"""Share of its height that the engine leaves above and below the letters."""

_NARROW, _WIDE = frozenset(" .,:;'’!|iIljtfr()[]/"), frozenset("mwMWOQ@%€")


def text_page(strips: Sequence[Strip], number: int, total: int) -> TextPage:
    """Return a page of a number, from 1, in a document of so many; its words are marked as recognised."""
    width, height = (strips[0].width, strips[0].height) if strips else (1, 1)
    scale, slant = _WIDTH / width, _slant(strips)
    words = tuple(word for strip in strips for word in _words(strip, scale, slant))
    return TextPage(
        number=number, width=_WIDTH, height=height * scale, words=words, images=1, of=total, recognised=True
    )


def _slant(strips: Sequence[Strip]) -> float:
    """Return by how much the lines of a page slant, in radians: the median of its long strips."""
    slants = [
        math.atan2(y1 - y0, x1 - x0)
        for x0, y0, x1, y1, _, _, _, y3 in (strip.corners for strip in strips)
        if x1 - x0 > _LONG * abs(y3 - y0)
    ]
    return statistics.median(slants) if slants else 0.0


def _words(strip: Strip, scale: float, slant: float) -> Iterator[Word]:
    """Yield the words of a strip, laid level, each as wide as its letters are in the strip."""
    corners = [_level(x, y, slant) for x, y in zip(strip.corners[::2], strip.corners[1::2], strict=True)]
    left = (corners[0][0] + corners[3][0]) / 2 * scale
    right = (corners[1][0] + corners[2][0]) / 2 * scale
    top, bottom = (corners[0][1] + corners[1][1]) / 2 * scale, (corners[2][1] + corners[3][1]) / 2 * scale
    margin = _MARGIN * (bottom - top)
    text = unicodedata.normalize("NFKC", strip.text)
    step, at = (right - left) / max(sum(map(_breadth, text)), 1), 0
    for word in text.split():
        at = text.index(word, at)
        begun = left + step * sum(map(_breadth, text[:at]))
        at += len(word)
        yield Word(word, begun, top + margin, left + step * sum(map(_breadth, text[:at])), bottom - margin)


def _level(x: float, y: float, slant: float) -> tuple[float, float]:
    cosine, sine = math.cos(slant), math.sin(slant)
    return x * cosine + y * sine, y * cosine - x * sine


def _breadth(letter: str) -> float:
    if letter in _NARROW:
        return 0.5
    return 1.4 if letter in _WIDE else 1.0
