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
from choriste.domain.members.import_file import FORMULA
from choriste.domain.members.member import MemberState
from choriste.domain.parties.structure import IdentifierKind, Structure
from choriste.domain.shared.errors import NotFoundError
from choriste.i18n.catalogue import translate

_PAGE: Final = 500
_COLUMNS: Final = (
    "name",
    "email",
    "structure",
    "state",
    "role",
    "service",
    "space",
    "level",
    "active",
    "language",
)
"""The columns of an import, and two for people: the state and the role in words."""
_WIDTHS: Final = (28, 34, 18, 16, 22, 22, 26, 14, 8, 8)


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
    works = member.state in {MemberState.ACTIVE, MemberState.INVITED}
    last = [
        translate("members", "export.yes" if works else "export.no", language),
        member.user.language.value,
    ]
    who = [
        member.user.name,
        member.user.email,
        _named(member.structure),
        translate("members", f"export.state.{member.state.value}", language),
        translate("members", f"export.role.{role}", language),
    ]
    rights = sorted(member.user.rights, key=lambda right: (right.service or "", right.space.value))
    for right in rights:
        level = translate("members", f"export.level.{right.level.name.lower()}", language)
        yield [*who, right.service or "", right.space.value, level, *last]
    if not rights:
        yield [*who, "", "", "", *last]


def _named(structure: Structure) -> str:
    """Return what an import knows a structure by: its SIRET, else its id."""
    is_siret = structure.identifier.kind is IdentifierKind.SIRET
    return structure.identifier.value if is_siret else structure.id


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet computes: an apostrophe keeps it a text."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
