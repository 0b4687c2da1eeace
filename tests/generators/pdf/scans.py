"""Scans of other people's PDFs: pages that went through a printer and a scanner, or before a telephone.

A page is drawn at the resolution of an office scanner, laid askew, blurred, lit unevenly, strewn with noise
and written as a JPEG. Every third document is a photograph: in perspective, and lying on its side.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageFilter

from tests.generators.pdf.case import Case

_DPI: Final = 200
_POINTS: Final = 72
_MOST_PAGES: Final = 3
_QUALITY: Final = 60


def scans(cases: Iterable[Case]) -> Iterator[Case]:
    """Yield cases as scans, and every third as photographs; longer documents are left out."""
    for seed, case in enumerate(cases):
        document = pdfium.PdfDocument(case.data)
        if len(document) <= _MOST_PAGES:
            is_photograph = seed % 3 == 2 and len(document) == 1
            data = photograph(document[0], seed) if is_photograph else scanned(document, seed)
            yield Case(f"scans of {case.source}", case.name, data, case.truth)


def scanned(document: Any, seed: int) -> bytes:
    """Return a PDF of pictures of the pages of a document."""
    chance = np.random.default_rng(seed)
    pages = [_worn(_askew(_drawn(page), chance.uniform(-1.2, 1.2)), chance) for page in document]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=_DPI, quality=_QUALITY)
    return out.getvalue()


def photograph(page: Any, seed: int) -> bytes:
    """Return a JPEG of a page as a telephone takes it."""
    chance = np.random.default_rng(seed)
    flat = _drawn(page)
    wide, high = flat.size
    shift = [chance.uniform(0, 0.02) * wide for _ in range(8)]
    left, right = (-shift[0], wide + shift[1]), (-shift[2], wide + shift[3])
    corners = (left[0], -shift[4], right[0], high + shift[5], right[1], high + shift[6], left[1], -shift[7])
    taken = flat.transform(flat.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=90)
    out = io.BytesIO()
    _worn(taken, chance).rotate(90 * int(chance.integers(0, 4)), expand=True).save(
        out, "JPEG", quality=_QUALITY
    )
    return out.getvalue()


def _askew(page: Image.Image, degrees: float) -> Image.Image:
    return page.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=250)


def _drawn(page: Any) -> Image.Image:
    drawn: Image.Image = page.render(scale=_DPI / _POINTS, grayscale=True).to_pil().convert("L")
    return drawn


def _worn(page: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Return a page out of focus, in uneven light and with the noise of a sensor."""
    light = np.linspace(chance.uniform(0.8, 1.0), chance.uniform(0.8, 1.0), page.width)
    seen = np.asarray(page.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 0.8))), dtype=float)
    noisy = seen * light * 0.94 + 8 + chance.normal(0, 8, seen.shape)
    return Image.fromarray(noisy.clip(0, 255).astype("uint8"))
