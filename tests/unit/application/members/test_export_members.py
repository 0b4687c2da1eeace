"""The users of a structure as a spreadsheet: complete, for who administers it, and never a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from choriste.application.members.change_rights import suspend_member
from choriste.application.members.export_members import export_csv, export_xlsx
from choriste.application.members.import_accounts import LineOutcome, import_accounts
from choriste.application.members.invite_member import Invitation, invite_member
from choriste.application.parties.change_services import close_service
from choriste.domain.members.import_file import UnreadableFileError
from choriste.domain.shared.errors import NotFoundError
from tests.builders.members import MANAGER, OTHER_MANAGER, TOWN_HALL, Hall, a_hall

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _lines(hall: Hall, who: str = MANAGER, language: str = "en") -> list[list[str]]:
    content = export_csv(hall.ports, hall.who(who), TOWN_HALL, language=language).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content), delimiter=";"))


def _cells(content: bytes) -> tuple[list[str], bytes]:
    """Return the texts of a workbook, and the XML of its sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        strings = etree.fromstring(book.read("xl/sharedStrings.xml"))
    return ["".join(map(str, text.itertext())) for text in strings.iter(f"{_SHEET}si")], sheet


def test_csv_has_a_line_for_each_right() -> None:
    head, *lines = _lines(a_hall())

    assert head[:5] == ["Name", "E-mail address", "SIRET", "State", "Role"]
    assert head[5:] == ["Service", "Space", "Level", "Active", "Language"]
    siret, end = lines[0][2], ["yes", "fr"]
    assert ["Clerk", "clerk@example.fr", siret, "active", "user", "", "receive", "modify", *end] in lines
    assert ["Pupil", "pupil@example.fr", siret, "active", "user", "", "", "", *end] in lines
    assert sum(line[0] == "Head" for line in lines) == 2


def test_workbook_has_the_same_cells() -> None:
    hall = a_hall()

    texts, _ = _cells(export_xlsx(hall.ports, hall.who(MANAGER), TOWN_HALL, language="en"))

    assert set(texts) >= {cell for line in _lines(hall) for cell in line if cell}


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_name_is_never_a_formula(name: str) -> None:
    hall = a_hall()
    hall.members._accounts.replace_user(replace(hall.user("pupil"), name=name))

    (line,) = [line for line in _lines(hall) if line[1] == "pupil@example.fr"]
    texts, sheet = _cells(export_xlsx(hall.ports, hall.who(MANAGER), TOWN_HALL, language="en"))

    assert line[0].startswith("'")
    assert b"<f>" not in sheet
    assert any(text.strip() == name.strip() or name.strip() in text for text in texts)


@pytest.mark.parametrize("who", [OTHER_MANAGER, "head", "clerk", "outsider"])
def test_export_is_for_who_administers_the_whole_structure(who: str) -> None:
    hall = a_hall()

    for export in (export_csv, export_xlsx):
        with pytest.raises(NotFoundError):
            export(hall.ports, hall.who(who), TOWN_HALL, language="fr")


@pytest.mark.parametrize("export", [export_csv, export_xlsx])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("who", [MANAGER, "aide"])
def test_export_that_is_imported_again_changes_nothing(export: Any, language: str, who: str) -> None:
    hall = a_hall()
    suspend_member(hall.ports, hall.who(MANAGER), TOWN_HALL, "clerk", version=None)
    close_service(hall.ports, hall.who(MANAGER), TOWN_HALL, "ECOLES")
    invitation = Invitation(email="lea@example.fr", name="=Lea")
    invite_member(hall.ports, hall.access, hall.who(MANAGER), TOWN_HALL, invitation)
    before, acts = hall.members._accounts.users(), len(hall.history.acts())
    content = export(hall.ports, hall.who(who), TOWN_HALL, language=language)

    for tries in (True, False):
        report = import_accounts(hall.ports, hall.access, hall.who(who), content, tries=tries)
        assert {line.outcome for line in report.lines} == {LineOutcome.UNCHANGED}, report.lines

    assert len(report.lines) > 6
    assert hall.members._accounts.users() == before
    assert len(hall.history.acts()) == acts


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500])
def test_file_that_is_no_workbook_is_unreadable(content: bytes) -> None:
    hall = a_hall()

    with pytest.raises(UnreadableFileError):
        import_accounts(hall.ports, hall.access, hall.who(MANAGER), content, tries=True)


def test_workbook_that_is_a_bomb_is_refused() -> None:
    hall, packed = a_hall(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"<sheetData>" + b" " * 50_000_000)

    with pytest.raises(UnreadableFileError):
        import_accounts(hall.ports, hall.access, hall.who(MANAGER), packed.getvalue(), tries=True)
