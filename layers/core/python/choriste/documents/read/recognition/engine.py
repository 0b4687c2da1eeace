"""RapidOCR on one picture: which strips of text it holds, whichever way the picture was taken.

The models are those that the package holds; their paths are given, so that nothing is ever fetched. It
imports nothing of the other rooms that read documents: the function that holds it has no room for theirs.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from choriste.documents.read.recognition.strip import Strip

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS: Final = 12_000_000
"""Pixels of a picture that is read: a page at 300 dots an inch has 8.7 million."""

_THREADS: Final = 2
_DETECTOR: Final = "PP-OCRv6_det_small.onnx"
_READER: Final = "PP-OCRv6_rec_small.onnx"
_SAMPLE: Final = 6
_SURE: Final = 0.8
"""Mean score of a picture that stands upright; text that is upside down or turned stays well below."""


class TooManyPixelsError(ValueError):
    """The picture has more pixels than are read."""


def is_installed() -> bool:
    """Return whether the optional libraries are there."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def recognise(picture: bytes) -> tuple[Strip, ...]:
    """Return the strips of text of a picture (JPEG, PNG), the picture turned so that they stand upright.

    Raises `TooManyPixelsError`.
    """
    from PIL import Image  # noqa: PLC0415 - only where it is installed

    with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG")) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise TooManyPixelsError
        page = opened.convert("RGB")
    strips, score = _read(page)
    if score >= _SURE and not _is_lying(strips):
        return strips
    turn = _turn(page, strips)
    return _read(page.rotate(turn, expand=True))[0] if turn else strips


def _turn(page: Image, strips: tuple[Strip, ...]) -> int:
    """Return by how many degrees to turn a picture: the way in which its longest strips read best."""
    longest = sorted(strips, key=lambda strip: -len(strip.text))[:_SAMPLE]
    crops = [page.crop(_bounds(strip)) for strip in longest]
    turns = (90, 270) if _is_lying(strips) else (0, 180)
    return max(turns, key=lambda turn: sum(_legibility(crop.rotate(turn, expand=True)) for crop in crops))


def _legibility(crop: Image) -> float:
    import numpy as np  # noqa: PLC0415 - only where it is installed

    found = _engine()(np.asarray(crop)[:, :, ::-1], use_det=False)
    return float(sum(found.scores or ()))


def _read(page: Image) -> tuple[tuple[Strip, ...], float]:
    import numpy as np  # noqa: PLC0415 - only where it is installed

    found = _engine()(np.asarray(page)[:, :, ::-1], use_det=True)
    if found.txts is None or found.boxes is None:
        return (), 0.0
    strips = tuple(
        Strip(text, tuple(float(value) for corner in box for value in corner), page.width, page.height)
        for text, box in zip(found.txts, found.boxes, strict=True)
    )
    letters = [len(text) for text in found.txts]
    return strips, sum(s * n for s, n in zip(found.scores, letters, strict=True)) / max(sum(letters), 1)


def _is_lying(strips: tuple[Strip, ...]) -> bool:
    """Return whether most strips are taller than wide; a single letter says nothing."""
    bounds = [_bounds(strip) for strip in strips if len(strip.text) > 2]  # noqa: PLR2004
    return sum(y1 - y0 > x1 - x0 for x0, y0, x1, y1 in bounds) > len(bounds) / 2


def _bounds(strip: Strip) -> tuple[float, float, float, float]:
    xs, ys = strip.corners[::2], strip.corners[1::2]
    return min(xs), min(ys), max(xs), max(ys)


@cache
def _engine() -> Any:  # noqa: ANN401 - the library's own object
    import rapidocr  # noqa: PLC0415 - only where it is installed

    models = Path(rapidocr.__file__).with_name("models")
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "Det.model_path": str(models / _DETECTOR),
            "Rec.model_path": str(models / _READER),
        }
    )
