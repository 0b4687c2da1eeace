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
