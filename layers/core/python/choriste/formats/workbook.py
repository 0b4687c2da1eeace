"""The cells of an Excel workbook (ECMA-376, SpreadsheetML), as texts: those of its first sheet.

Formulas are not computed: what was computed when the file was saved counts. Dates are numbers to Excel and
stay such. Read with the same guards as every archive and every XML that comes in.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element

from choriste.formats.archives import Limits, unpack
from choriste.formats.xml.parsing import parse_xml

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET: Final = re.compile(r"xl/worksheets/sheet\d+\.xml")
_STRINGS: Final = "xl/sharedStrings.xml"
_COLUMN: Final = re.compile(r"[A-Z]{1,3}")
_LIMITS: Final = Limits(total=60_000_000, member=40_000_000, members=200)


def sheet_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet that are not empty: the number, from 1, and the cells.

    Raises `UnreadableError` for what is no workbook, or holds more than one honestly would.
    """
    parts = {member.name: member.data for member in unpack(io.BytesIO(data), "", _LIMITS)}
    sheets = sorted((name for name in parts if _SHEET.fullmatch(name)), key=lambda name: (len(name), name))
    strings = _texts(parse_xml(parts[_STRINGS])) if _STRINGS in parts else []
    rows = parse_xml(parts[sheets[0]]).iter(f"{_MAIN}row") if sheets else iter(())
    for number, row in enumerate(rows, start=1):
        cells = _cells(row, strings)
        if any(cells):
            yield int(row.get("r") or number), cells


def _texts(root: _Element) -> list[str]:
    return ["".join(text.text or "" for text in item.iter(f"{_MAIN}t")) for item in root.iter(f"{_MAIN}si")]


def _cells(row: _Element, strings: list[str]) -> list[str]:
    found: dict[int, str] = {}
    for place, cell in enumerate(row.iter(f"{_MAIN}c")):
        named = _COLUMN.match(cell.get("r") or "")
        found[_number(named[0]) if named else place] = _value(cell, strings)
    return [found.get(column, "") for column in range(max(found, default=-1) + 1)]


def _number(letters: str) -> int:
    """Return the number of a column from 0: of A, B … Z, AA … each."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: _Element, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{_MAIN}t"))
    value = cell.findtext(f"{_MAIN}v") or ""
    if cell.get("t") != "s":
        return value
    return strings[int(value)] if value.isascii() and value.isdigit() and int(value) < len(strings) else ""
