"""A file that is not there, a folder without files: said, while the other files are judged."""

from __future__ import annotations

import json
import socket
from importlib.resources import files
from pathlib import Path

import pytest

from choriste.cli.main import main

SAMPLES = Path(str(files("choriste.local").joinpath("samples")))
UBL, CII = str(SAMPLES / "invoice-ubl.xml"), str(SAMPLES / "invoice-cii.xml")
DAY = ["--on", "2026-11-22"]
NDJSON = ["--format", "ndjson", "--language", "en"]


@pytest.mark.parametrize("call", [["validate", *NDJSON, *DAY], ["inspect"]])
def test_a_missing_file_does_not_keep_the_others_from_being_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], call: list[str]
) -> None:
    missing = str(tmp_path / "missing.xml")

    code = main([*call, UBL, missing, CII])

    shown = capsys.readouterr()
    assert code == 2
    assert [json.loads(line)["file"] for line in shown.out.splitlines()] == [UBL, CII]
    assert shown.err == f"choriste: {missing}: no such file\n"


@pytest.mark.parametrize("call", [["validate", *NDJSON], ["inspect"]])
def test_an_empty_folder_is_an_unusable_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], call: list[str]
) -> None:
    code = main([*call, str(tmp_path)])

    shown = capsys.readouterr()
    assert code == 2
    assert not shown.out
    assert shown.err == f"choriste: no file in {tmp_path}\n"


@pytest.mark.parametrize("call", [["validate", *NDJSON, *DAY], ["inspect"]])
def test_a_file_that_cannot_be_opened_does_not_keep_the_others(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    call: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("closed.xml")

        code = main([*call, "closed.xml", UBL])

    shown = capsys.readouterr()
    assert code == 2
    assert [json.loads(line)["file"] for line in shown.out.splitlines()] == [UBL]
    assert "choriste: closed.xml: cannot be read (" in shown.err


def test_the_complaint_is_in_the_language_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["validate", "--language", "fr", "missing.xml"])

    assert code == 2
    assert "missing.xml : fichier introuvable" in capsys.readouterr().err.replace("\xa0", " ")


def test_an_impossible_day_is_said_to_be_no_date(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["validate", "--on", "2026-31-02", UBL])

    assert stopped.value.code == 2
    assert "2026-31-02 is not a date (YYYY-MM-DD)" in capsys.readouterr().err


def test_help_writes_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["render", "--help"])

    assert "Make the accessible Factur-X of an invoice." in capsys.readouterr().out
