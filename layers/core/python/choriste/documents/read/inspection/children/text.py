"""Child: print the visible words of the PDF on standard input, with their places, as JSON.

`{"pages": total, "texts": [{"number", "width", "height", "turn", "images", "pictured", "recognised",
"unmapped", "entered", "words": [WORD]}]}`, each WORD being `[text, x0, top, x1, bottom]`; lengths in points
from the top left corner of the page, turned so that its text stands upright; text that runs another way has
an entry of its own, whose `turn` says how it is turned. Of a long document the first and the last fifteen
pages are read, from both ends inwards, as far as the time goes; and at most 60,000 characters a page.

What nobody sees is not printed: text outside the page, transparent, white on white, too small to be seen, or
under a white rectangle. Invisible text over a picture is what a scanner recognised: it is `recognised`.
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

from choriste.documents.read.sight.glyphs import Glyph, Turn, View, words  # noqa: E402 - the limits come first
from choriste.documents.read.sight.scenery import Scenery  # noqa: E402 - the limits come first

ENDS = 15
MAX_CHARACTERS = 60_000
MAX_ANNOTATIONS = 500
SHARE = 0.7
"""Of the processor time: no page is begun that would go beyond, were it as long as the longest so far."""

HARD, SOFT = 2, 1
_BREAKS = frozenset(map(ord, "\x00\r\n\t \u00a0\u202f\u2009\u200a\u2007\u2002\u2003\u3000\ufffe\uffff"))


class Reader:
    """Reads one page's characters: which are seen, how they run, and where they stand."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401 - the library's own object
        self.view = shown(page)
        self.text = page.get_textpage()
        self.scenery = Scenery(page, self.text)
        self.unmapped = 0
        self.recognised = False
        self.glyphs: dict[Turn, list[Glyph]] = {turn: [] for turn in Turn}

    def read(self) -> None:
        """Sort the page's characters by the way they run, each after its break, if any."""
        text, box = self.text, raw.FS_RECTF()
        unicode_of, box_of, object_of = (
            raw.FPDFText_GetUnicode,
            raw.FPDFText_GetLooseCharBox,
            raw.FPDFText_GetTextObject,
        )
        target, pending, last, seen = ctypes.byref(box), HARD, None, None
        for index in range(min(raw.FPDFText_CountChars(text), MAX_CHARACTERS)):
            code = unicode_of(text, index)
            if code in _BREAKS:
                guessed = raw.FPDFText_IsGenerated(text, index) == 1
                pending = max(pending, SOFT if guessed else HARD)
                continue
            drawn = ctypes.cast(object_of(text, index), ctypes.c_void_p).value
            if drawn != last:
                last, seen = drawn, self.scenery.look(index, drawn)
            if seen is None or seen.turn is None:
                continue
            self.unmapped += seen.unmapped
            box_of(text, index, target)
            self._add(chr(code) if code < 0x110000 else "\ufffd", box, seen.turn, pending)  # noqa: PLR2004
            self.recognised = self.recognised or seen.recognised
            pending = 0

    def _add(self, character: str, box: Any, turn: Turn, pending: int) -> None:  # noqa: ANN401 - a C structure
        if self.view.holds(box.left, box.bottom, box.right, box.top):
            placed = self.view.turned(turn, box.left, box.bottom, box.right, box.top)
            self.glyphs[turn].append((character, *placed, pending))


def page_texts(document: Any, forms: Any, index: int) -> list[dict[str, Any]]:  # noqa: ANN401 - library objects
    """Return one page's words, rounded to a hundredth of a point; the way most of them run comes first."""
    page = document[index]
    reader = Reader(page)
    reader.read()
    shown = Turn(page.get_rotation() % 360)
    turns = sorted(Turn, key=lambda turn: -len(reader.glyphs[turn]))
    upright = turns[0] if reader.glyphs[turns[0]] else shown
    entered = list(annotated(page, forms, reader.view, upright))
    texts = []
    for turn in (upright, *(turn for turn in turns if turn is not upright and reader.glyphs[turn])):
        width, height = reader.view.size(turn)
        found = [*words(reader.glyphs[turn]), *(entered if turn is upright else ())]
        texts.append(
            {
                "number": index + 1,
                "width": width,
                "height": height,
                "turn": (turn - shown) % 360,
                "images": len(reader.scenery.pictures),
                "pictured": reader.view.is_covered(reader.scenery.pictures),
                "recognised": reader.recognised,
                "unmapped": reader.unmapped,
                "entered": bool(entered),
                "words": [[word[0], *(round(value, 2) for value in word[1:])] for word in found],
            }
        )
    return texts


def shown(page: Any) -> View:  # noqa: ANN401 - the library's own object
    """Return what a viewer shows of a page, boxes that it inherits included."""
    box = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    return View(box.left, box.bottom, box.right, box.top)


def annotated(page: Any, forms: Any, view: View, turn: Turn) -> Iterator[list[Any]]:  # noqa: ANN401 - as above
    """Yield the words that were typed into form fields and free text notes, spread over their rectangles."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), MAX_ANNOTATIONS)):
        note = raw.FPDFPage_GetAnnot(page, index)
        rect = raw.FS_RECTF()
        kind = raw.FPDFAnnot_GetSubtype(note)
        hidden = raw.FPDFAnnot_GetFlags(note) & (raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW)
        if kind in {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT} and not hidden:
            raw.FPDFAnnot_GetRect(note, ctypes.byref(rect))
            text = typed(note, forms if kind == raw.FPDF_ANNOT_WIDGET else None)
            placed = view.turned(turn, rect.left, rect.bottom, rect.right, rect.top)
            if text and view.holds(rect.left, rect.bottom, rect.right, rect.top):
                yield from spread(text, placed)
        raw.FPDFPage_CloseAnnot(note)


def typed(note: Any, forms: Any) -> str:  # noqa: ANN401 - library objects
    """Return what was typed: the value of a text or choice field, or a note's contents."""
    if forms is None:
        return _string(lambda buffer, size: raw.FPDFAnnot_GetStringValue(note, b"Contents", buffer, size))
    kinds = {raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX}
    if raw.FPDFAnnot_GetFormFieldType(forms, note) not in kinds:
        return ""
    return _string(lambda buffer, size: raw.FPDFAnnot_GetFormFieldValue(forms, note, buffer, size))


def _string(call: Any) -> str:  # noqa: ANN401 - a function of the library
    size = min(call(None, 0), 8192)
    buffer = ctypes.create_string_buffer(max(size, 2))
    call(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le", errors="replace")


def spread(text: str, place: tuple[float, float, float, float]) -> Iterator[list[Any]]:
    """Yield the words of a typed text, line by line, as wide as the rectangle lets them be."""
    x0, top, x1, bottom = place
    lines = text.replace("\r", "\n").split("\n")
    height = (bottom - top) / len(lines)
    for row, line in enumerate(lines):
        step = min((x1 - x0) / max(len(line), 1), 0.5 * height)
        at = 0
        for word in line.split():
            at = line.index(word, at)
            left = x0 + at * step
            yield [word, left, top + row * height, left + len(word) * step, top + (row + 1) * height]
            at += len(word)


def inwards(total: int) -> Iterator[int]:
    """Yield the pages to read, 0-based: the first, the last, the second, the last but one."""
    for step in range(min(ENDS, (total + 1) // 2)):
        yield step
        if total - 1 - step != step:
            yield total - 1 - step


def main() -> None:
    """Read, extract, print."""
    document = pdfium.PdfDocument(sys.stdin.buffer.read())
    forms = None
    if document.get_formtype():
        document.init_forms()
        forms = document.formenv
    until = float(sys.argv[2]) * SHARE
    texts: dict[int, str] = {}
    longest = 0.0
    for index in inwards(len(document)):
        begun = time.process_time()
        if begun + longest > until:
            break
        found = page_texts(document, forms, index)
        texts[index] = ", ".join(map(json.dumps, found))  # writing it out counts in the page's time
        longest = max(longest, time.process_time() - begun)
    pages = ", ".join(texts[index] for index in sorted(texts))
    sys.stdout.write(f'{{"pages": {len(document)}, "texts": [{pages}]}}')


if __name__ == "__main__":
    main()
