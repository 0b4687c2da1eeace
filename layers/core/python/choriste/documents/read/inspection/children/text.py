"""Child: print the words of the PDF on standard input, with their places, as JSON.

`{"pages": total, "texts": [{"number", "width", "height", "images", "words": [WORD]}]}`, each WORD being
`[text, x0, top, x1, bottom]`; lengths in points from the page's top left corner. Of a long document the
first and the last fifteen pages are read, from both ends inwards, as far as the time goes; and at most
60,000 characters a page.
"""

from __future__ import annotations

import resource
import signal
import sys

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
signal.setitimer(signal.ITIMER_PROF, float(sys.argv[2]))  # its signal ends the process

import ctypes  # noqa: E402 - the limits come first
import json  # noqa: E402 - the limits come first
import time  # noqa: E402 - the limits come first
from collections.abc import Iterator  # noqa: E402 - the limits come first
from typing import Any  # noqa: E402 - the limits come first

import pypdfium2 as pdfium  # noqa: E402 - the limits come first
from pypdfium2 import raw  # noqa: E402 - the limits come first

ENDS = 15
MAX_CHARACTERS = 60_000
SHARE = 0.7
"""Of the processor time: no page is begun that would go beyond, were it as long as the longest so far."""

_BREAKS = frozenset(map(ord, "\x00\r\n\t \u00a0\u202f\u2009\u200a\u2007\u2002\u2003\u3000\ufffe\uffff"))

Placed = tuple[str, float, float, float, float]


def characters(text_page: Any, height: float) -> Iterator[Placed | None]:  # noqa: ANN401 - the library's own object
    """Yield the page's characters with their boxes (left, top, right, bottom), None for a space."""
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    box = raw.FS_RECTF()
    target = ctypes.byref(box)
    for index in range(min(raw.FPDFText_CountChars(text_page), MAX_CHARACTERS)):
        code = unicode_of(text_page, index)
        if code in _BREAKS:
            yield None
            continue
        box_of(text_page, index, target)
        character = chr(code) if code < 0x110000 else "\ufffd"  # noqa: PLR2004 - the end of Unicode
        yield character, box.left, height - box.top, box.right, height - box.bottom


def words(source: Iterator[Placed | None]) -> Iterator[list[Any]]:
    """Join characters into words: a space, a gap or another baseline ends one."""
    word: list[Any] = []
    for placed in source:
        if word and (placed is None or not follows(word, placed)):
            yield word
            word = []
        if placed is None:
            continue
        if not word:
            word = list(placed)
            continue
        character, _, top, right, bottom = placed
        word[0] += character
        word[2] = min(word[2], top)
        word[3] = max(word[3], right)
        word[4] = max(word[4], bottom)
    if word:
        yield word


def follows(word: list[Any], placed: Placed) -> bool:
    """Return whether a character stands where the word's next one would."""
    _, left, top, _, bottom = placed
    size = max(word[4] - word[2], 1.0)
    if not -size * 0.6 < left - word[3] < size * 0.25:
        return False
    return bool(abs(bottom - word[4]) < size * 0.35 and abs(top - word[2]) < size * 0.6)


def page_text(document: Any, index: int) -> dict[str, Any]:  # noqa: ANN401 - the library's own object
    """Return one page's words, rounded to a hundredth of a point, and how many images it shows."""
    page = document[index]
    width, height = page.get_size()
    text_page = page.get_textpage()
    found = [
        [word[0], *(round(value, 2) for value in word[1:])] for word in words(characters(text_page, height))
    ]
    images = sum(1 for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    return {"number": index + 1, "width": width, "height": height, "images": images, "words": found}


def inwards(total: int) -> Iterator[int]:
    """Yield the pages to read, 0-based: the first, the last, the second, the last but one."""
    for step in range(min(ENDS, (total + 1) // 2)):
        yield step
        if total - 1 - step != step:
            yield total - 1 - step


def main() -> None:
    """Read, extract, print."""
    document = pdfium.PdfDocument(sys.stdin.buffer.read())
    until = float(sys.argv[2]) * SHARE
    texts: dict[int, str] = {}
    longest = 0.0
    for index in inwards(len(document)):
        begun = time.process_time()
        if begun + longest > until:
            break
        texts[index] = json.dumps(page_text(document, index))  # writing it out counts in the page's time
        longest = max(longest, time.process_time() - begun)
    pages = ", ".join(texts[index] for index in sorted(texts))
    sys.stdout.write(f'{{"pages": {len(document)}, "texts": [{pages}]}}')


if __name__ == "__main__":
    main()
