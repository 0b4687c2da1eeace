"""Pages to PDF: typst templates, our fonts only, PDF/A-3a and PDF/UA-1, the same bytes for the same input.

Data reaches a template as one JSON string in `sys.inputs`, never as typst source: no text of an
invoice can act as markup. The compiler and the fonts are loaded once a process.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

import typst

from choriste.documents.errors import RenderError
from choriste.documents.printable import printable, strictly_printable

_ROOM = Path(__file__).parent
_STANDARDS = ["a-3a", "ua-1"]
# A typst compiler holds mutable state: one compilation at a time.
_compiling = threading.Lock()


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
    text = json.dumps(page, ensure_ascii=False)
    with _compiling:
        pdf = _compiler().compile(
            input=_ROOM / "templates" / f"{template.value}.typ",
            format="pdf",
            sys_inputs={"page": text},
            pdf_standards=_STANDARDS,
            timestamp=dated,
        )
    return bytes(pdf)


def _map_texts(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, (list, tuple)):
        return [_map_texts(item, change) for item in value]
    if isinstance(value, Mapping):
        return {key: _map_texts(item, change) for key, item in value.items()}
    return value


@functools.cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[_ROOM / "fonts"]
    )
    return typst.Compiler(root=_ROOM / "templates", font_paths=fonts, ignore_system_fonts=True)
