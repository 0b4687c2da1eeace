"""Files of accounts as spreadsheets save them: decoded, cut into rows, with the names of their columns known.

A file is UTF-8, with or without its mark, UTF-16 with one, or else Windows-1252, which Excel writes here.
Columns are separated by semicolons, commas or tabs: whichever the first line has most of.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from choriste.domain.shared.errors import ChoristeError

if TYPE_CHECKING:
    from _csv import Reader

_SEPARATORS: Final = ";,\t"
_LONGEST_FIELD: Final = 1_000

COLUMNS: Final = {
    "email": (
        "email",
        "e-mail",
        "e-mail address",
        "mail",
        "courriel",
        "adresse",
        "adresse electronique",
        "login",
    ),
    "name": ("name", "nom", "nom complet", "prenom et nom"),
    "structure": ("structure", "siret", "identifiant"),
    "service": ("service", "code service"),
    "space": ("space", "espace"),
    "level": ("level", "niveau", "droit"),
    "active": ("active", "actif", "acces actif", "access active"),
    "language": ("language", "langue"),
}
"""The columns of a file, with the names that they go by; case and accents make no difference."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula when it opens a CSV (OWASP, CSV injection)."""

_NEEDED: Final = ("email", "structure")


class UnreadableFileError(ChoristeError):
    """No list of accounts can be read from a file; parameters: `fault`, and `columns` that are missing."""

    code = "unreadable-file"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row: the number of its line, from 1, and its fields by column; `whole` unless cells spill."""

    line: int
    fields: dict[str, str]
    whole: bool = True

    def text(self, column: str) -> str:
        """Return a field without surrounding spaces, empty where there is none.

        The apostrophe goes by which an export keeps spreadsheets from computing a cell.
        """
        text = self.fields.get(column, "").strip()
        return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def rows_of(content: bytes) -> Iterator[FileRow]:
    """Yield the rows of a file, blank ones left out; raises `UnreadableFileError` at the first row."""
    text = decoded(content)
    separator = _separator(text.partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        yield from rows_in(_numbered(reader))
    except csv.Error as error:
        raise UnreadableFileError(fault="cells") from error


def rows_in(table: Iterator[tuple[int, list[str]]]) -> Iterator[FileRow]:
    """Yield the rows of a table, blank ones left out, each given with the number of its line.

    The first one names the columns. Raises `UnreadableFileError` where it does not.
    """
    _, head = next(table, (1, []))
    names = [_column(cell) for cell in head]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise UnreadableFileError(fault="columns", columns=", ".join(missing))
    for line, cells in table:
        if any(cell.strip() for cell in cells):
            yield _row(line, names, cells)


def _numbered(reader: Reader) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV with the number of the line that each begins at."""
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def decoded(content: bytes) -> str:
    """Return the text of a file, whichever of the known encodings it is in; raises `UnreadableFileError`."""
    encodings: tuple[str, ...] = ("utf-8", "cp1252")
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encodings = ("utf-16",)
    elif content.startswith(BOM_UTF8):
        encodings = ("utf-8-sig",)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFileError(fault="encoding")


def _separator(head: str) -> str:
    return max(_SEPARATORS, key=head.count)


def _column(cell: str) -> str:
    """Return the column that a heading names, or the heading itself for one that nobody asks for."""
    plain = unicodedata.normalize("NFKD", cell.strip().casefold())
    name = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return next((column for column, names in COLUMNS.items() if name in names), name)


def _row(line: int, names: list[str], cells: list[str]) -> FileRow:
    spilled = any(cell.strip() for cell in cells[len(names) :])
    too_long = any(len(cell) > _LONGEST_FIELD for cell in cells)
    return FileRow(line, dict(zip(names, cells, strict=False)), whole=not spilled and not too_long)
