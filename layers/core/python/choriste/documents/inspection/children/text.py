"""Child: print the words of the PDF on standard input, with their places, as JSON.

`{"pages": total, "texts": [{"number", "width", "height", "images", "words": [WORD]}]}`, each WORD being
`[text, x0, top, x1, bottom]`; lengths in points from the page's top left corner. Of a long document the
first and the last fifteen pages are read, and at most 60,000 characters a page.
"""

from __future__ import annotations

import resource
import sys

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))

import json  # noqa: E402 - the limits come first
from collections.abc import Iterator  # noqa: E402 - the limits come first
from typing import Any  # noqa: E402 - the limits come first

import pypdfium2 as pdfium  # noqa: E402 - the limits come first
from pypdfium2 import raw  # noqa: E402 - the limits come first

ENDS = 15
MAX_CHARACTERS = 60_000
_BREAKS = frozenset("\x00\r\n\t \u00a0\u202f\u2009\u200a\u2007\u2002\u2003\u3000\ufffe\uffff")

Character = tuple[str, float, float, float, float]


def characters(text_page: Any, height: float) -> Iterator[Character]:  # noqa: ANN401 - the library's own object
    """Yield the page's characters with their boxes: left, top, right, bottom."""
    box = raw.FS_RECTF()
    count = min(raw.FPDFText_CountChars(text_page), MAX_CHARACTERS)
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text_page, index)
        raw.FPDFText_GetLooseCharBox(text_page, index, box)
        character = chr(code) if code < 0x110000 else "\ufffd"  # noqa: PLR2004 - the end of Unicode
        yield character, box.left, height - box.top, box.right, height - box.bottom


def words(source: Iterator[Character]) -> Iterator[list[Any]]:
    """Join characters into words: a space, a gap or another baseline ends one."""
    word: list[Any] = []
    for character, left, top, right, bottom in source:
        if word and (character in _BREAKS or not follows(word, left, top, bottom)):
            yield word
            word = []
        if character in _BREAKS:
            continue
        if word:
            word = [
                word[0] + character,
                word[1],
                min(word[2], top),
                max(word[3], right),
                max(word[4], bottom),
            ]
        else:
            word = [character, left, top, right, bottom]
    if word:
        yield word


def follows(word: list[Any], left: float, top: float, bottom: float) -> bool:
    """Tell whether a character stands where the word's next one would."""
    size = max(word[4] - word[2], 1.0)
    same_line = abs(bottom - word[4]) < size * 0.35 and abs(top - word[2]) < size * 0.6
    return bool(same_line and -size * 0.6 < left - word[3] < size * 0.25)


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


def main() -> None:
    """Read, extract, print."""
    document = pdfium.PdfDocument(sys.stdin.buffer.read())
    total = len(document)
    texts = [page_text(document, index) for index in range(total) if index < ENDS or index >= total - ENDS]
    json.dump({"pages": total, "texts": texts}, sys.stdout)


if __name__ == "__main__":
    main()
