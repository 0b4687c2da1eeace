"""The users of a structure as a spreadsheet: complete, for who administers it, and never a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace

import pytest
from lxml import etree

from choriste.application.members.export_members import export_csv, export_xlsx
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

    assert head == ["Name", "E-mail address", "State", "Role", "Service", "Space", "Level"]
    assert ["Clerk", "clerk@example.fr", "active", "user", "", "receive", "modify"] in lines
    assert ["Pupil", "pupil@example.fr", "active", "user", "", "", ""] in lines
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
