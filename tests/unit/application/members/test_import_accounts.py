"""Files of accounts: each line is taken or refused by itself, tried first, and sent again without harm."""

from __future__ import annotations

import codecs

import pytest

from choriste.application.members.import_accounts import (
    MOST_LINES,
    ImportReport,
    LineFault,
    LineOutcome,
    import_accounts,
)
from choriste.domain.access.user import Level, Space
from choriste.domain.members.import_file import UnreadableFileError, decoded, rows_of
from choriste.domain.members.member import MemberState, state_in
from choriste.domain.shared.errors import TooLargeError
from choriste.i18n.catalogue import translate
from tests.builders.identity import a_right
from tests.builders.invoices import BUYER_SIRET
from tests.builders.members import MANAGER, OTHER_MANAGER, SUPPLIER, TOWN_HALL, Hall, a_hall

HEAD = "email;nom;structure;service;espace;niveau;actif;langue"


def _import(hall: Hall, *lines: str, who: str = "op1", tries: bool = False, head: str = HEAD) -> ImportReport:
    content = "\r\n".join([head, *lines]).encode()
    return import_accounts(hall.ports, hall.access, hall.who(who), content, tries=tries)


def _said(report: ImportReport) -> list[object]:
    return [line.fault or line.outcome for line in report.lines]


def test_lines_create_join_give_suspend_and_reinstate() -> None:
    hall = a_hall()

    report = _import(
        hall,
        f"new@example.fr;Nour Diallo;{BUYER_SIRET};ECOLES;receive;modify;oui;en",
        f"NEW@example.fr;;{TOWN_HALL};;Réception;;;",
        f"outsider@example.fr;;{TOWN_HALL};;;;;",
        f"clerk@example.fr;;{TOWN_HALL};;works;consulter;;",
        f"pupil@example.fr;;{TOWN_HALL};;;;non;",
        f"pupil@example.fr;;{TOWN_HALL};;;;oui;",
        f"clerk@example.fr;;{TOWN_HALL};;receive;consult;;",
        "",
    )

    assert _said(report) == [
        LineOutcome.CREATED,
        LineOutcome.RIGHTS_GIVEN,
        LineOutcome.JOINED,
        LineOutcome.RIGHTS_GIVEN,
        LineOutcome.SUSPENDED,
        LineOutcome.REINSTATED,
        LineOutcome.UNCHANGED,
    ]
    new = hall.ports.accounts.user_by_email("new@example.fr")
    assert new is not None
    assert (new.name, new.language) == ("Nour Diallo", "en")
    assert new.rights == {
        a_right(TOWN_HALL, Space.RECEIVE, Level.MODIFY, "ECOLES"),
        a_right(TOWN_HALL, Space.RECEIVE),
    }
    assert [mail.to for mail in hall.mailer.sent] == ["new@example.fr"]
    assert len(hall.history.acts()) == 6
    assert report.count(LineOutcome.CREATED) == 1


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("nobody;N;{};;;;;", LineFault.EMAIL),
        ("a@example.fr\x0bBcc: b@example.fr;N;{};;;;;", LineFault.EMAIL),
        ("a@example.fr;;{};;;;;", LineFault.NAME),
        ("a@example.fr;" + "N" * 101 + ";{};;;;;", LineFault.NAME),
        ("a@example.fr;N;4711;;;;;", LineFault.STRUCTURE),
        ("a@example.fr;N;1004;;;;;", LineFault.STRUCTURE),
        ("a@example.fr;N;;;;;;", LineFault.STRUCTURE),
        ("a@example.fr;N;{};NOWHERE;receive;;;", LineFault.SERVICE),
        ("a@example.fr;N;{};FETES;receive;;;", LineFault.SERVICE),
        ("a@example.fr;N;{};ECOLES;;;;", LineFault.SPACE),
        ("a@example.fr;N;{};;everything;;;", LineFault.SPACE),
        ("a@example.fr;N;{};;receive;own;;", LineFault.LEVEL),
        ("a@example.fr;N;{};;;;maybe;", LineFault.ACTIVE),
        ("a@example.fr;N;{};;;;;de", LineFault.LANGUAGE),
        ("a@example.fr;N;{};;;;;fr;spilled", LineFault.CELLS),
        ("op2@example.fr;N;{};;;;;", LineFault.ACCOUNT),
    ],
)
def test_bad_line_changes_nothing_and_keeps_no_other(line: str, fault: LineFault) -> None:
    hall = a_hall()

    report = _import(hall, line.format(TOWN_HALL), f"good@example.fr;Good;{TOWN_HALL};;;;;")

    assert _said(report) == [fault, LineOutcome.CREATED]
    assert [mail.to for mail in hall.mailer.sent] == ["good@example.fr"]


def test_primary_manager_is_never_suspended() -> None:
    hall = a_hall()

    report = _import(hall, f"{MANAGER};;{TOWN_HALL};;;;non;", f"{OTHER_MANAGER};;{SUPPLIER};;;;non;")

    assert _said(report) == [LineFault.LAST_MANAGER] * 2
    assert state_in(hall.user(MANAGER), TOWN_HALL) is MemberState.ACTIVE
    assert hall.members.manager_of(TOWN_HALL) == MANAGER


def test_dry_run_says_the_same_and_writes_nothing() -> None:
    lines = (
        f"new@example.fr;Nour;{TOWN_HALL};;receive;;;",
        f"new@example.fr;;{TOWN_HALL};;receive;modify;;",
        f"new@example.fr;;{TOWN_HALL};;receive;modify;;",
        f"pupil@example.fr;;{TOWN_HALL};;;;non;",
        f"pupil@example.fr;;{TOWN_HALL};;;;non;",
        f"{MANAGER};;{TOWN_HALL};;;;non;",
        "x;;;;;;;",
    )
    dry, real = a_hall(), a_hall()
    before = [dry.user(user) for user in ("pupil", MANAGER)]

    tried, done = _import(dry, *lines, tries=True), _import(real, *lines)

    assert tried.lines == done.lines
    assert (tried.tried, done.tried) == (True, False)
    assert [dry.user(user) for user in ("pupil", MANAGER)] == before
    assert (dry.history.acts(), dry.mailer.sent) == ((), [])
    assert dry.ports.accounts.user_by_email("new@example.fr") is None


def test_file_that_is_sent_again_changes_nothing() -> None:
    hall = a_hall()
    lines = (
        f"new@example.fr;Nour;{TOWN_HALL};;receive;;;",
        f"clerk@example.fr;;{TOWN_HALL};;works;;;",
        f"pupil@example.fr;;{TOWN_HALL};;;;non;",
        f"{MANAGER};;{TOWN_HALL};;receive;;;",
    )
    _import(hall, *lines)
    acts, mails = len(hall.history.acts()), len(hall.mailer.sent)

    again = _import(hall, *lines)

    assert set(_said(again)) == {LineOutcome.UNCHANGED}
    assert (len(hall.history.acts()), len(hall.mailer.sent)) == (acts, mails)


def test_manager_imports_into_the_own_structure_only() -> None:
    hall = a_hall()

    report = _import(
        hall,
        f"a@example.fr;A;{TOWN_HALL};;receive;modify;;",
        f"b@example.fr;B;{SUPPLIER};;receive;;;",
        "c@example.fr;C;4711;;receive;;;",
        who=MANAGER,
    )

    assert _said(report) == [LineOutcome.CREATED, LineFault.STRUCTURE, LineFault.STRUCTURE]


def test_nobody_but_the_operator_imports_more_than_they_hold() -> None:
    line = f"a@example.fr;A;{TOWN_HALL};;receive;modify;;"

    assert _said(_import(a_hall(), line, who="aide")) == [LineFault.NOT_HELD]
    assert _said(_import(a_hall(), line, who="op1")) == [LineOutcome.CREATED]


@pytest.mark.parametrize("who", ["clerk", "head", "outsider", OTHER_MANAGER])
def test_everybody_else_imports_nothing(who: str) -> None:
    hall = a_hall()

    report = _import(hall, f"a@example.fr;A;{TOWN_HALL};;receive;;;", who=who)

    assert _said(report) == [LineFault.STRUCTURE]


def test_request_takes_so_many_lines_and_no_more() -> None:
    lines = [f"u{number}@example.fr;U;{TOWN_HALL};;;;;" for number in range(MOST_LINES + 1)]

    assert len(_import(a_hall(), *lines[:-1], tries=True).lines) == MOST_LINES
    with pytest.raises(TooLargeError):
        _import(a_hall(), *lines, tries=True)


# Files -----------------------------------------------------------------------------------------------------

TEXT = "Courriel;Nom;SIRET\r\néa@example.fr;Élodie Œuvré;1\r\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("cp1252"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.replace(";", "\t").encode("utf-16-be"),
        TEXT.replace(";", ",").encode(),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("Nom", "nôm").upper().replace("ÉLODIE ŒUVRÉ", "Élodie Œuvré").encode(),
    ],
)
def test_file_is_read_in_every_form_that_spreadsheets_save(content: bytes) -> None:
    (row,) = rows_of(content)

    assert (row.line, row.text("name"), row.text("structure")) == (2, "Élodie Œuvré", "1")


def test_lines_are_counted_as_an_editor_does() -> None:
    content = b'email;nom;structure\n\n"a@example.fr";"Two\nlines";1\nb@example.fr;B;1\n'

    assert [(row.line, row.text("email")) for row in rows_of(content)] == [
        (3, "a@example.fr"),
        (5, "b@example.fr"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name;level\na;b\n",
        b"\x81\x8d\xff",
        b"PK\x03\x04\x00\x00",
        codecs.BOM_UTF8 + b"email;structure\n\xff;1\n",
        codecs.BOM_UTF16_LE + b"e\x00m",
        b"email;structure\n" + b"x" * 200_000 + b";1\n",
    ],
)
def test_what_is_no_list_of_accounts_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        list(rows_of(content))


def test_bytes_that_no_encoding_knows_are_refused() -> None:
    with pytest.raises(UnreadableFileError):
        decoded(b"\x81")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_outcome_and_fault_has_its_words(language: str) -> None:
    for outcome in LineOutcome:
        assert translate("members", f"import.outcome.{outcome.value}", language)
    for fault in LineFault:
        assert translate("members", f"import.fault.{fault.value}", language)
