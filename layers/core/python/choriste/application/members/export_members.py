"""Export the users of a structure as a spreadsheet or as CSV (C9); no cell is ever taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from choriste.application.access.policy import may_read_organisation
from choriste.application.members.ports import MemberPorts
from choriste.application.members.read_members import Member, MemberFilter, list_members
from choriste.domain.access.principal import Principal
from choriste.domain.shared.errors import NotFoundError
from choriste.i18n.catalogue import translate

_PAGE: Final = 500
_COLUMNS: Final = ("name", "email", "state", "role", "service", "space", "level")
_WIDTHS: Final = (28, 34, 16, 22, 22, 26, 14)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula when it opens a CSV (OWASP, CSV injection)."""


def export_csv(ports: MemberPorts, principal: Principal, structure: str, *, language: str) -> bytes:
    """Return the users of a structure as CSV: UTF-8 with its mark, semicolons, one line for each right.

    Raises `NotFoundError` unless the principal reads the organisation of the whole structure.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=";")
    writer.writerow(_headings(language))
    for row in _rows(ports, principal, structure, language):
        writer.writerow([_harmless(cell) for cell in row])
    return lines.getvalue().encode("utf-8-sig")


def export_xlsx(ports: MemberPorts, principal: Principal, structure: str, *, language: str) -> bytes:
    """Return the users of a structure as an Excel workbook; cells are texts. Raises as `export_csv`."""
    # writing workbooks costs start-up time that no other request must pay
    import xlsxwriter  # noqa: PLC0415

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet(translate("members", "export.sheet", language))
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.write_row(0, 0, _headings(language), book.add_format({"bold": True}))
        number = 0
        for number, row in enumerate(_rows(ports, principal, structure, language), start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
        sheet.autofilter(0, 0, number, len(_COLUMNS) - 1)
    return content.getvalue()


def _headings(language: str) -> list[str]:
    return [translate("members", f"export.{column}", language) for column in _COLUMNS]


def _rows(ports: MemberPorts, principal: Principal, structure: str, language: str) -> Iterator[list[str]]:
    """Yield a line for each right of each user, and one for whoever has none."""
    if not may_read_organisation(principal, structure):
        raise NotFoundError(kind="structure", id=structure)
    after: str | None = None
    while True:
        page = list_members(ports, principal, structure, wanted=MemberFilter(), after=after, limit=_PAGE)
        for member in page.rows:
            yield from _lines(member, language)
        if page.after is None:
            return
        after = page.after


def _lines(member: Member, language: str) -> Iterator[list[str]]:
    role = "manager" if member.is_manager else "simple"
    who = [
        member.user.name,
        member.user.email,
        translate("members", f"export.state.{member.state.value}", language),
        translate("members", f"export.role.{role}", language),
    ]
    rights = sorted(member.user.rights, key=lambda right: (right.service or "", right.space.value))
    for right in rights:
        level = translate("members", f"export.level.{right.level.name.lower()}", language)
        yield [*who, right.service or "", right.space.value, level]
    if not rights:
        yield [*who, "", "", ""]


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet computes: an apostrophe keeps it a text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
