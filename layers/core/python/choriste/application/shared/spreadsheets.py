"""Tables as files for a spreadsheet: CSV, and Excel workbooks. No cell is ever taken for a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from choriste.domain.members.import_file import FORMULA

Cell = str | Decimal | dt.date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and its width in characters."""

    heading: str
    width: int


def as_csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, language: str) -> bytes:
    """Return a table as CSV: UTF-8 with its mark, semicolons, the decimal mark of the language."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=";")
    writer.writerow([column.heading for column in columns])
    for row in rows:
        writer.writerow([_written(cell, language) for cell in row])
    return lines.getvalue().encode("utf-8-sig")


def as_xlsx(sheet_name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as an Excel workbook: days and amounts as such, everything else as texts."""
    # writing workbooks costs start-up time that no other request must pay
    import xlsxwriter  # noqa: PLC0415

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet(sheet_name)
        sheet.freeze_panes(1, 0)
        day, amount = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "0.00"})
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        sheet.write_row(0, 0, [column.heading for column in columns], book.add_format({"bold": True}))
        number = 0
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                match cell:
                    case Decimal():
                        sheet.write_number(number, place, cell, amount)
                    case dt.date():
                        sheet.write_datetime(number, place, cell, day)
                    case _:
                        sheet.write_string(number, place, cell or "")
        sheet.autofilter(0, 0, number, len(columns) - 1)
    return content.getvalue()


def _written(cell: Cell, language: str) -> str:
    """Return a cell that no spreadsheet computes: an apostrophe keeps a text one."""
    match cell:
        case None:
            return ""
        case Decimal():
            return format(cell, "f").replace(".", "," if language == "fr" else ".")
        case dt.date():
            return cell.isoformat()
    return f"'{cell}" if cell.startswith(FORMULA) else cell
