from __future__ import annotations

import json
from pathlib import Path

import pytest

from choriste.cli import main
from choriste.documents.read.inspection import limits
from tests.builders.pdfs import plain_pdf


def test_inspect_command_refuses_a_file_over_the_limit_unread(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sparse = tmp_path / "sparse.pdf"
    with sparse.open("wb") as target:
        target.truncate(300 << 20)

    code = main.main(["inspect", str(sparse)])

    described = json.loads(capsys.readouterr().out)
    assert code == 1
    assert described["sha256"] == ""
    assert [finding["rule"] for finding in described["findings"]] == ["FILE-TOO-LARGE"]


def test_inspect_command_says_why_a_text_was_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "facture.pdf"
    file.write_bytes(plain_pdf())
    monkeypatch.setattr(limits, "CHILD_MEMORY", 8 << 20)

    code = main.main(["inspect", str(file)])

    described = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [finding["rule"] for finding in described["prefill"]["findings"]] == ["PDF-TEXT-FAILED"]


def test_inspect_command_explains_why_a_value_was_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facture.pdf"
    file.write_bytes(plain_pdf())

    main.main(["inspect", "--explain", str(file)])

    (number,) = json.loads(capsys.readouterr().out)["prefill"]["explanation"]["number"]
    assert (number["value"], number["outcome"]) == ("F-1", "certain")
    assert number["evidence"] == ["hinted", "title", "paired"]
    assert number["why"]["en"].startswith("certain; for: a label hints at it")


def test_inspect_command_explains_in_text_for_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facture.pdf"
    file.write_bytes(plain_pdf())

    main.main(["inspect", "--explain", "--format", "text", "--language", "en", str(file)])

    lines = capsys.readouterr().out.splitlines()
    at = lines.index("number")
    assert lines[at + 1].startswith("  F-1: certain; for: ")
    assert lines[at + 2] == "    page 1: “Facture F-1”"
    assert "    nothing was found for this field".strip() in lines[lines.index("due_date") + 1]
