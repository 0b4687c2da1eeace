"""Every code that a person may meet has its texts, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from choriste.i18n.problems import known_codes, problem_text
from tests.derived.pages import ROOT

_ROOM = ROOT / "layers/core/python/choriste"
OAUTH = {"invalid_client", "unsupported_grant_type"}
"""Errors of RFC 6749: programs read them, and their texts are the token endpoint's own."""

_CODE = re.compile(r'^    code = "([\w-]+)"$', re.MULTILINE)


def _codes() -> set[str]:
    modules = [*_ROOM.glob("domain/**/*.py"), *_ROOM.glob("application/**/*.py")]
    return {code for module in modules for code in _CODE.findall(module.read_text(encoding="utf-8"))}


def test_error_codes_are_found() -> None:
    assert {"not-found", "stale-version", "forbidden"} <= _codes()


def _sign_in_codes() -> set[str]:
    texts = json.loads((ROOT / "functions/console/texts.json").read_text(encoding="utf-8"))
    return {key.removeprefix("sign_in.") for key in texts if key.startswith("sign_in.")}


@pytest.mark.parametrize("code", sorted(_codes() - OAUTH))
def test_error_code_has_its_texts(code: str) -> None:
    assert code in {*known_codes(), *_sign_in_codes()}


@pytest.mark.parametrize("code", known_codes())
def test_problem_texts_fill_in_without_their_parameters(code: str) -> None:
    problem = problem_text(code, {})

    assert problem.title.fr
    assert problem.detail.en


def test_glossary_terms_are_used() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\| `(\w+)`", glossary, re.MULTILINE)
    code = "\n".join(path.read_text(encoding="utf-8") for path in _python_files())

    assert terms
    assert [term for term in terms if not re.search(rf"\b{term}\b", code)] == []


def _python_files() -> list[Path]:
    return [*_ROOM.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
