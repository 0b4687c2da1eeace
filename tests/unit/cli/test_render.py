"""`choriste render` makes the PDF of an invoice that breaks rules, and says that it does."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from choriste.cli.main import main

UBL = Path(str(files("choriste.local").joinpath("samples", "invoice-ubl.xml")))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "choriste: the invoice breaks 1 rule (BR-CO-15): the PDF shows it as it is\n"),
        ("fr", "choriste: la facture enfreint 1 règle (BR-CO-15) : le PDF la montre telle quelle\n"),
    ],
)
def test_a_broken_rule_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    broken, page = tmp_path / "broken.xml", tmp_path / "page.pdf"
    broken.write_text(UBL.read_text(encoding="utf-8").replace(">745.58<", ">745.59<"), encoding="utf-8")

    code = main(["render", "--language", language, str(broken), "-o", str(page)])

    assert code == 0
    assert page.read_bytes().startswith(b"%PDF-")
    assert capsys.readouterr().err.replace("\xa0", " ") == said


def test_an_invoice_without_fault_renders_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["render", str(UBL), "-o", str(tmp_path / "page.pdf")])

    assert code == 0
    assert not capsys.readouterr().err


def test_a_missing_invoice_is_an_unusable_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "missing.xml"

    code = main(["render", "--language", "en", str(missing), "-o", str(tmp_path / "page.pdf")])

    assert code == 2
    assert capsys.readouterr().err == f"choriste: {missing}: no such file\n"
