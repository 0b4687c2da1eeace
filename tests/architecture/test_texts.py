"""The catalogue of texts: every code of the sources has its text in both languages, and none is left over.

The sources are read, not run: a text is used where its code stands as a string, or where an f-string can give
it; a call of the catalogue that names a code must find it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from choriste.application.shared.problems import has_texts, problem_text
from choriste.domain.invoice.terms import TERMS
from choriste.i18n.catalogue import LANGUAGES, template
from choriste.i18n.typography import typeset
from tests.derived.pages import ROOT
from tests.derived.texts import code_of, codes, entries, strings_of

_ROOM: Final = ROOT / "layers/core/python/choriste"
OAUTH: Final = {"invalid_client", "unsupported_grant_type"}
"""Errors of RFC 6749: programs read them, and their texts are the token endpoint's own."""

_CODE: Final = re.compile(r'^    code = "([\w-]+)"$', re.MULTILINE)
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_LOOKED_UP: Final = {
    "parties_finding": "deposits",
    "field_error": "field",
    "field_fault": "field",
    "finding": "documents.inspection",
    "routing_finding": "parties",
    "text": "console",
    "word": "formats",
}
"""Functions that name a code of one room, by their name; `field_error` names its field first."""
_CATALOGUE: Final = {"count", "message", "template", "translate", "worded"}
"""Functions that name a room and a code."""

# What a native editor would not write, with what it stands for in this field.
_ODD_ENGLISH: Final = re.compile(
    r"\b(mend(s|ed|ing)?|beside|told|said of|stands? for|stood for|(goes|go|went) its way|take[ns]? up"
    r"|tak(e|ing) up|does not fit|any more|of which|whoever|somebody|nobody|withstood|anew|weighs)\b",
    re.IGNORECASE,
)
_FRENCH_WORDS: Final = re.compile(
    r"\b(le|la|les|une|des|du|est|sont|pour|avec|dans|vous|votre|facture|aucun|aucune|cette|sans)\b",
    re.IGNORECASE,
)
_ENGLISH_WORDS: Final = re.compile(
    r"\b(the|of|is|are|and|with|for|your|this|that|not|invoice|from|has|been|no)\b", re.IGNORECASE
)
_QUOTED: Final = re.compile(r"“[^”]*”|«[^»]*»|\{\w+\}|/[\w/.{}=?-]+|\([^)]*\)|\b[\w-]+\.xml\b|&\w+;")
_SPACED_MARK: Final = re.compile(r"[^\s\N{NO-BREAK SPACE}?!][;?!](?=\s|$)|\w:(?=\s|$)")


@cache
def _python_files() -> tuple[Path, ...]:
    return (*sorted(_ROOM.rglob("*.py")), *sorted((ROOT / "functions").rglob("*.py")))


@cache
def _trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in _python_files())


def _entries() -> list[tuple[str, str]]:
    return [(entry.context or "", code_of(entry)) for entry in entries("fr")]


# Codes -----------------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_codes_once_in_the_same_order() -> None:
    english = [(entry.context or "", code_of(entry)) for entry in entries("en")]

    assert _entries() == english
    assert len(set(english)) == len(english)


def test_both_languages_have_texts_with_the_same_parameters() -> None:
    texts = zip(entries("fr"), entries("en"), strict=True)
    unlike = [
        code_of(french)
        for french, english in texts
        if _parameters(strings_of(french)) != _parameters(strings_of(english))
        or not all(text.strip() for text in (*strings_of(french), *strings_of(english)))
    ]

    assert unlike == []


def _parameters(strings: Iterable[str]) -> set[str]:
    return {name for text in strings for name in _PLACEHOLDER.findall(text)}


def test_plural_forms_are_as_many_as_the_language_has() -> None:
    forms = {len(strings_of(entry)) for language in LANGUAGES for entry in entries(language)}

    assert forms == {1, 2}


def test_every_code_that_a_call_names_has_its_text() -> None:
    missing = [named for named in _named_codes() if template(*named) is None and named not in _plurals()]

    assert missing == []


def _plurals() -> set[tuple[str, str]]:
    return {(entry.context or "", code_of(entry)) for entry in entries("fr") if len(strings_of(entry)) > 1}


def _named_codes() -> Iterator[tuple[str, str]]:
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                own = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                given = node.args if not own else [*node.args[:1], *own]
                yield from _named_by(node.func.id, [_literal(argument) for argument in given])


def _named_by(function: str, given: list[str | None]) -> Iterator[tuple[str, str]]:
    if function in _CATALOGUE and len(given) > 1:
        found = given[:2]
    elif function in _LOOKED_UP:
        found = [_LOOKED_UP[function], given[-1] if given else None]
    else:
        return
    context, code = found
    if context is not None and code is not None:
        yield context, code


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_text_is_used() -> None:
    lifecycle = ("lifecycle.", "term")  # the vocabularies' own tests compare them with their enumerations
    used = _used()
    unused = [
        (context, code)
        for context, code in _entries()
        if not context.startswith(lifecycle) and not used(code)
    ]

    assert unused == []


class _Used:
    """Whether a code stands in a source: whole, by its family, or as an f-string or a page can join it."""

    def __init__(self, whole: set[str], made: set[str]) -> None:
        self._whole = whole
        self._made = [re.compile(pattern) for pattern in sorted(made)]

    def __call__(self, code: str) -> bool:
        family = code.rpartition(".")[0]
        return bool({code, family} & self._whole) or any(made.fullmatch(code) for made in self._made)


@cache
def _used() -> _Used:
    whole: set[str] = set()
    made: set[str] = set()
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                made.add(_pattern(node))
    for page in (ROOT / "functions/console").rglob("*.html"):
        words = page.read_text(encoding="utf-8")
        whole |= set(re.findall(r"[\"']([\w.-]+)[\"']", words))
        made |= {re.escape(start) + ".+" for start in re.findall(r"[\"']([\w.-]+\.)[\"'] ~", words)}
    return _Used(whole, {pattern for pattern in made if re.search(r"\w\w\w", pattern)})


def _pattern(node: ast.JoinedStr) -> str:
    parts = (re.escape(text) if (text := _literal(part)) is not None else ".+" for part in node.values)
    return "".join(parts)


def test_every_term_has_its_name_and_no_other() -> None:
    assert set(codes("term")) == set(TERMS)


# Problems --------------------------------------------------------------------------------------------------


def _error_codes() -> set[str]:
    modules = [*_ROOM.glob("domain/**/*.py"), *_ROOM.glob("application/**/*.py")]
    return {code for module in modules for code in _CODE.findall(module.read_text(encoding="utf-8"))}


def test_error_codes_are_found() -> None:
    assert {"not-found", "stale-version", "forbidden"} <= _error_codes()


@pytest.mark.parametrize("code", sorted(_error_codes() - OAUTH))
def test_error_code_has_its_texts(code: str) -> None:
    assert has_texts(code) or template("console", f"sign_in.{code}") is not None


@pytest.mark.parametrize("code", sorted({code.rpartition(".")[0] for code in codes("problem")}))
def test_problem_texts_fill_in_without_their_parameters(code: str) -> None:
    problem = problem_text(code, {})

    assert problem.title.fr
    assert problem.detail.en


# Language --------------------------------------------------------------------------------------------------


def _strings(language: str) -> Iterator[tuple[str, str, str]]:
    for entry in entries(language):
        for text in strings_of(entry):
            yield entry.context or "", code_of(entry), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_have_typographic_marks(language: str) -> None:
    quotes = '“”"' if language == "fr" else '«»"'
    wrong = [
        (code, text)
        for _, code, text in _strings(language)
        if re.search(r"\w'\w", text)
        or "..." in text
        or "  " in text
        or text != text.strip()
        or any(mark in text for mark in quotes if "encoding=" not in text)
    ]

    assert wrong == []


def test_french_marks_have_their_space_which_no_line_ends_on() -> None:
    wrong = [
        (code, text)
        for _, code, text in _strings("fr")
        if _SPACED_MARK.search(_QUOTED.sub("x", text))
        or re.search(r" [:;!?»%]|« ", typeset(text, language="fr"))
        or text.count("«") != text.count("»")
    ]

    assert wrong == []


def test_each_catalogue_is_in_its_language() -> None:
    english = [
        (c, t) for room, c, t in _strings("en") if room != "term" and _FRENCH_WORDS.search(_unquoted(t))
    ]
    french = [
        (c, t) for room, c, t in _strings("fr") if room != "term" and _ENGLISH_WORDS.search(_unquoted(t))
    ]

    assert english == []
    assert french == []


def _unquoted(text: str) -> str:
    return _QUOTED.sub("", text)


def test_english_texts_read_as_an_editor_would_write_them() -> None:
    odd = [(code, text) for _, code, text in _strings("en") if _ODD_ENGLISH.search(text)]

    assert odd == []


def test_glossary_terms_are_used() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\| `(\w+)`", glossary, re.MULTILINE)
    code = "\n".join(path.read_text(encoding="utf-8") for path in _python_files())

    assert terms
    assert [term for term in terms if not re.search(rf"\b{term}\b", code)] == []
