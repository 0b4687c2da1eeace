"""The words of a PDF's pages with their places, read by pdfium in a child process.

pdfium aborts on some bombs: the pages' content streams are measured first, and the child has a memory
limit and a deadline.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final

import pikepdf

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.child import ChildError, Failure, run_child
from choriste.documents.read.inspection.objects import UNREADABLE, ExpansionError, entry, items, stream_bytes
from choriste.documents.read.inspection.pages import inherited, pages_of
from choriste.documents.read.inspection.pdf_file import opened
from choriste.documents.read.inspection.structure import TooManyObjectsError, measure_structure
from choriste.documents.read.inspection.wording import finding
from choriste.formats.errors import UnreadableError

MAX_PAGE_CONTENT: Final = 16 << 20
"""Bytes of one page's content, forms included; thirty times the largest honest page seen."""

_ENDS: Final = 15
"""Pages read at the beginning and at the end: an invoice begins on the first and adds up on the last."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box, in points from the top left corner of its page."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page's words in the order the PDF gives them. `number` is 1-based; sizes are in points.

    `of` is how many pages were asked for: more than were read where the time did not suffice. `turn` is by
    how many degrees the words stand turned, against the clock, on the page as it is shown: text up a margin
    is an entry of its own. `pictured` says that a picture covers half of the page, `recognised` that words on
    it are what a scanner made of it, `unmapped` how many characters have no Unicode, `entered` that words
    were typed into form fields or notes.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    images: int = 0
    of: int = 1
    turn: int = 0
    pictured: bool = False
    recognised: bool = False
    unmapped: int = 0
    entered: bool = False


def extract_text(data: bytes) -> tuple[TextPage, ...]:
    """Return the words of the first and the last fifteen pages; a scanned page has none.

    Of very dense documents fewer pages are read, from both ends inwards: `of` then exceeds their number.

    Raises:
        UnreadableError: the content is a bomb (`PDF-BOMB`), takes too long (`PDF-TEXT-TIMEOUT`), or its
            text cannot be read (`PDF-TEXT-FAILED`).
    """
    hides = _measure_content(data)
    try:
        shown = _without_hidden_layers(data) if hides else data
        answer = run_child("text.py", shown, memory=limits.CHILD_MEMORY, cpu=limits.TEXT_CPU)
    except ChildError as error:
        code = "PDF-TEXT-TIMEOUT" if error.failure is Failure.TIMEOUT else "PDF-TEXT-FAILED"
        raise UnreadableError(finding(code)) from error
    wanted = min(answer["pages"], 2 * _ENDS)
    return tuple(_page(item, wanted) for item in answer["texts"])


def _without_hidden_layers(data: bytes) -> bytes:
    stripped = run_child("layers.py", data, memory=limits.CHILD_MEMORY, cpu=limits.TEXT_CPU)
    return base64.b64decode(stripped)


def _measure_content(data: bytes) -> bool:
    """Measure the pages read; return whether the document has layers that may be switched off."""
    if len(data) > limits.MAX_INLINE:
        return b"/OCProperties" in data  # reading the objects here could take the memory
    try:
        if len(data) + measure_structure(data) > limits.MAX_INLINE:
            return b"/OCProperties" in data
        with opened(data) as pdf:
            pages = pages_of(pdf)
            for page in pages[:_ENDS] + pages[_ENDS:][-_ENDS:]:
                _measure_page(page)
            return entry(pdf.Root, "/OCProperties", "/D") is not None
    except (ExpansionError, TooManyObjectsError):
        raise UnreadableError(finding("PDF-BOMB")) from None
    except (*UNREADABLE, MemoryError) as error:
        raise UnreadableError(finding("PDF-TEXT-FAILED")) from error


def _measure_page(page: pikepdf.Object) -> None:
    left = MAX_PAGE_CONTENT
    forms = entry(inherited(page, "/Resources"), "/XObject")
    parts = items(entry(page, "/Contents"))
    for key in forms.keys() if isinstance(forms, pikepdf.Dictionary) else ():
        if entry(forms, key, "/Subtype") == "/Form":
            parts.append(entry(forms, key))
    for part in parts:
        left -= len(stream_bytes(part, left) or b"")


def _page(item: dict[str, Any], wanted: int) -> TextPage:
    words = tuple(Word(*word) for word in item["words"])
    facts = {name: value for name, value in item.items() if name != "words"}
    return TextPage(words=words, of=wanted, **facts)
