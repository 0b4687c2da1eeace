"""Pages to PDF: typst templates, our fonts only, PDF/A-3a and PDF/UA-1, the same bytes for the same input.

Data reaches a template as one JSON string in `sys.inputs`, never as typst source: no text of an
invoice can act as markup. The compiler and the fonts are loaded once a process.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typst

from choriste.documents.errors import RenderError
from choriste.documents.issue.printable import printable, strictly_printable

if TYPE_CHECKING:
    from typst import PDFStandard

_ROOM = Path(__file__).parent
_STANDARDS: Final[list[PDFStandard]] = ["a-3a", "ua-1"]
# How many compilations typst remembers, and how much page text (characters) we let it remember in all.
_GENERATIONS = 10
_MEMORY = 200_000


class Template(StrEnum):
    """The pages we issue; the value is the template's file name without its suffix."""

    INVOICE = "invoice"
    SHEET = "sheet"


def render(template: Template, page: Mapping[str, object], *, dated: dt.datetime) -> bytes:
    """Return the page as an accessible, archivable PDF.

    `page` holds JSON values only; every text in it is made printable here. `dated` (aware) becomes the
    document's creation date: nothing reads a clock. Raises RenderError.
    """
    try:
        return _compile(template, _map_texts(page, printable), dated)
    except typst.TypstError:
        # A sequence of characters that no font shapes, although each is covered: show code points.
        return _compile_strictly(template, page, dated)


def _compile_strictly(template: Template, page: Mapping[str, object], dated: dt.datetime) -> bytes:
    try:
        return _compile(template, _map_texts(page, strictly_printable), dated)
    except typst.TypstError as error:
        raise RenderError(f"{template}: {error.message}") from error


def _compile(template: Template, page: object, dated: dt.datetime) -> bytes:
    return _typesetter().pdf(template, json.dumps(page, ensure_ascii=False), dated)


class _Typesetter:
    """One typst compiler and its fonts: one compilation at a time, and a bound on what it remembers.

    typst keeps the layout of its last compilations, some 120 KB an invoice line. That is worth nothing
    here, where every page differs, so after long pages empty ones make it forget.
    """

    def __init__(self) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[_ROOM / "fonts"]
        )
        self._compiler = typst.Compiler(root=_ROOM / "templates", font_paths=fonts, ignore_system_fonts=True)
        self._turn = threading.Lock()
        self._remembered: deque[int] = deque(maxlen=_GENERATIONS)

    def pdf(self, template: Template, page: str, dated: dt.datetime) -> bytes:
        """Return the PDF of a template filled with `page`, a JSON text."""
        with self._turn:
            content = self._compiler.compile(
                input=_ROOM / "templates" / f"{template.value}.typ",
                format="pdf",
                sys_inputs={"page": page},
                pdf_standards=_STANDARDS,
                timestamp=dated.replace(microsecond=0),  # a PDF date has whole seconds
            )
            self._forget_after(len(page))
        if not isinstance(content, bytes):
            raise RenderError(f"{template}: no single file")
        return content

    def _forget_after(self, size: int) -> None:
        self._remembered.append(size)
        if sum(self._remembered) < _MEMORY:
            return
        for _ in range(_GENERATIONS + 1):
            self._compiler.compile(input=b"", format="svg", sys_inputs={})
        self._remembered.clear()


def _map_texts(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, (list, tuple)):
        return [_map_texts(item, change) for item in value]
    if isinstance(value, Mapping):
        return {key: _map_texts(item, change) for key, item in value.items()}
    return value


@functools.cache
def _typesetter() -> _Typesetter:
    return _Typesetter()
