"""How a finding is shown, everywhere alike: its values as their reader writes them, and what is beneath it.

Reports as text, pages, PDFs and the command line take a finding in its public JSON form from here, so that
none of them words the same finding in another way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from choriste.i18n.catalogue import translate
from choriste.i18n.formats import written_numbers

_ROOM: Final = "report"
_TECHNICAL: Final = re.compile(r"(?:… )?(?:(?:rsm|ram|udt|qdt|inv|cn|cac|cbc|ext):\w+(?:, )?)+\Z")
_AMOUNT: Final = re.compile(r"-?\d+\.\d{2,}\Z")
_FORMS: Final = (
    ("form.decimals", re.compile(r"≤ (?:19|4)\.(\d)")),
    ("form.digits", re.compile(r"(\d+) × 0-9\Z")),
    ("form.number", re.compile(r"decimal\Z")),
    ("form.date", re.compile(r"date\Z|20AA-?MM-?JJ / ")),
    ("form.at-most", re.compile(r"≤ (.+)\Z")),
    ("form.since", re.compile(r"≥ (\d{4}-?\d\d-?\d\d)\Z")),
    ("form.at-least", re.compile(r"≥ (.+)\Z")),
)


@dataclass(frozen=True, slots=True)
class Values:
    """What was found and expected, as people read it; `element` is one to add, for those who program."""

    found: str | None
    expected: str | None
    element: str | None


Shown = TypeVar("Shown")


def folded(
    findings: Iterable[Shown], *, key: Callable[[Shown], tuple[str, str | None]]
) -> list[tuple[Shown, list[Shown]]]:
    """Return the findings in their order, each with those that follow from it.

    `key` gives a finding's rule, and the rule of the one before it that it follows from.
    """
    leads: list[tuple[Shown, list[Shown]]] = []
    beneath: dict[str, list[Shown]] = {}
    for finding in findings:
        rule, cause = key(finding)
        if cause in beneath:
            beneath[cause].append(finding)
        else:
            leads.append((finding, []))
            beneath[rule] = leads[-1][1]
    return leads


def shown_values(found: str | None, expected: str | None, *, language: str) -> Values:
    """Return what was found and expected: of a computation the result, of a form its name."""
    if expected is not None and _TECHNICAL.match(expected):
        return Values(found, None, expected)
    name = _form(expected, language)
    if name is not None:
        return Values(found, name, None)
    result = None if expected is None else expected.rpartition(" = ")[2]
    if found is not None and _AMOUNT.match(found) and (result is None or _AMOUNT.match(result)):
        found = written_numbers(found, language=language)
    if result is not None and _AMOUNT.match(result):
        result = written_numbers(result, language=language)
    return Values(found, result, None)


def _form(expected: str | None, language: str) -> str | None:
    for code, form in _FORMS:
        match = form.match(expected or "")
        if match:
            values = {"n": match[1]} if match.groups() else {}
            return translate(_ROOM, code, language, **values)
    return None
