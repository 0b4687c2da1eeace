"""What stands behind and before the text of a page, and whether a run of text can be seen."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from pypdfium2 import raw

from choriste.documents.read.sight.glyphs import Box, Turn

MAX_OBJECTS = 5_000
MAX_DEPTH = 3
_WHITE_FROM = 240
_SMALLEST = 0.9
_OBLIQUE = 4.0
_RECTANGLE = 6
"""Segments of a path that is a rectangle, at most: a closed one repeats its first point."""

_NO_COLOUR = (0, 0, 0, 255)


class Seen(NamedTuple):
    """A run of text that can be read: the way it runs (None: askew), and what is odd about it."""

    turn: Turn | None
    unmapped: bool
    recognised: bool


class Shape(NamedTuple):
    """A filled shape or a picture: its box, its rank among what is drawn, whether it is a white rectangle."""

    box: Box
    rank: int
    is_white: bool
    is_rectangle: bool


class Scenery:
    """The filled shapes and pictures of a page, in the order they are drawn."""

    def __init__(self, page: Any, text_page: Any) -> None:  # noqa: ANN401 - library objects
        self._text = text_page
        self.shapes: list[Shape] = []
        self.pictures: list[Box] = []
        self._ranks: dict[int | None, int] = {}
        for rank, (drawn, matrix) in enumerate(_objects(page)):
            self._place(drawn, matrix, rank)

    def _place(self, drawn: Any, matrix: Any, rank: int) -> None:  # noqa: ANN401 - library objects
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            self._ranks[ctypes.cast(drawn, ctypes.c_void_p).value] = rank
        elif kind in {raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING}:
            box = _box(drawn, matrix)
            self.shapes.append(Shape(box, rank, is_white=False, is_rectangle=True))
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                self.pictures.append(box)
        elif kind == raw.FPDF_PAGEOBJ_PATH and _is_filled(drawn):
            colour = _colour(drawn)
            white = min(colour[:3]) >= _WHITE_FROM and colour[3] == 255  # noqa: PLR2004 - opaque
            is_rectangle = raw.FPDFPath_CountSegments(drawn) <= _RECTANGLE
            self.shapes.append(Shape(_box(drawn, matrix), rank, white, is_rectangle))

    def look(self, index: int, drawn: int | None) -> Seen | None:
        """Return how the run of text that a character begins is seen, None where it is not."""
        turn = _turn(self._text, index)
        if drawn is None:
            return Seen(turn, unmapped=False, recognised=False)
        unmapped = raw.FPDFText_HasUnicodeMapError(self._text, index) == 1
        mode = raw.FPDFTextObj_GetTextRenderMode(ctypes.cast(drawn, raw.FPDF_PAGEOBJECT))
        box = _char_box(self._text, index)
        rank = self._ranks.get(drawn)
        colour = _colour(ctypes.cast(drawn, raw.FPDF_PAGEOBJECT))
        if mode in {raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP}:
            over_picture = any(_holds(picture, box) for picture in self.pictures)
            return Seen(turn, unmapped, recognised=True) if over_picture else None
        if box[3] - box[1] < _SMALLEST or (mode == raw.FPDF_TEXTRENDERMODE_FILL and colour[3] == 0):
            return None
        if self._is_covered(box, rank):
            return None
        if mode == raw.FPDF_TEXTRENDERMODE_FILL and min(colour[:3]) >= _WHITE_FROM:
            return Seen(turn, unmapped, recognised=False) if self._is_on_colour(box, rank) else None
        return Seen(turn, unmapped, recognised=False)

    def _is_covered(self, box: Box, rank: int | None) -> bool:
        return rank is not None and any(
            shape.is_white and shape.is_rectangle and shape.rank > rank and _holds(shape.box, box)
            for shape in self.shapes
        )

    def _is_on_colour(self, box: Box, rank: int | None) -> bool:
        under = [
            shape for shape in self.shapes if (rank is None or shape.rank < rank) and _holds(shape.box, box)
        ]
        return bool(under) and not max(under, key=lambda shape: shape.rank).is_white


def _objects(page: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - library objects
    """Yield what is drawn, in order, with the matrix of the forms around it (None at the top)."""
    left = MAX_OBJECTS
    top = iter([raw.FPDFPage_GetObject(page, at) for at in range(min(_count(page), left))])
    stack: list[tuple[Iterator[Any], tuple[float, ...] | None]] = [(top, None)]
    while stack and left > 0:
        drawn = next(stack[-1][0], None)
        if drawn is None:
            stack.pop()
            continue
        left -= 1
        yield drawn, stack[-1][1]
        if raw.FPDFPageObj_GetType(drawn) == raw.FPDF_PAGEOBJ_FORM and len(stack) < MAX_DEPTH:
            inner = range(min(raw.FPDFFormObj_CountObjects(drawn), left))
            outer = stack[-1][1]
            stack.append(
                (
                    iter([raw.FPDFFormObj_GetObject(drawn, at) for at in inner]),
                    _product(_matrix(drawn), outer),
                )
            )


def _count(page: Any) -> int:  # noqa: ANN401 - a library object
    return int(raw.FPDFPage_CountObjects(page))


def _matrix(drawn: Any) -> tuple[float, ...]:  # noqa: ANN401 - a library object
    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(drawn, ctypes.byref(found))
    return found.a, found.b, found.c, found.d, found.e, found.f


def _product(inner: tuple[float, ...], outer: tuple[float, ...] | None) -> tuple[float, ...]:
    if outer is None:
        return inner
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _box(drawn: Any, matrix: tuple[float, ...] | None) -> Box:  # noqa: ANN401 - a library object
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
    box = (left.value, bottom.value, right.value, top.value)
    if matrix is None:
        return box
    a, b, c, d, e, f = matrix
    corners = [(box[0], box[1]), (box[0], box[3]), (box[2], box[1]), (box[2], box[3])]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _is_filled(drawn: Any) -> bool:  # noqa: ANN401 - a library object
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(raw.FPDFPath_GetDrawMode(drawn, mode, stroke)) and mode.value != 0


def _colour(drawn: Any) -> tuple[int, int, int, int]:  # noqa: ANN401 - a library object
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(drawn, red, green, blue, alpha):
        return _NO_COLOUR
    return red.value, green.value, blue.value, alpha.value


def _char_box(text_page: Any, index: int) -> Box:  # noqa: ANN401 - a library object
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _turn(text_page: Any, index: int) -> Turn | None:  # noqa: ANN401 - a library object
    degrees = -math.degrees(raw.FPDFText_GetCharAngle(text_page, index)) % 360  # pdfium's runs with the clock
    nearest = round(degrees / 90) * 90
    return Turn(nearest % 360) if abs(degrees - nearest) <= _OBLIQUE else None
