"""The texts of problems (RFC 9457 `title` and `detail`) by error code."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from choriste.domain.shared.findings import Finding, Message

_FALLBACKS = {"transition-": "transition-refused", "reason-": "reason-not-allowed"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person is told about a refused request."""

    title: Message
    detail: Message


def problem_text(code: str, parameters: Mapping[str, object]) -> Problem:
    """Return the texts of an error code, its parameters filled in; an unknown code has the internal text.

    A parameter may be a `Message`, told in each language.
    """
    entry = _catalogue()[_known(code)]
    told = _explained(parameters)
    texts = entry["explained"] if told is not None and "explained" in entry else entry["detail"]
    values = {**parameters, "explained": told}
    detail = {
        language: text.format_map(
            defaultdict(str, {name: _plain(value, language) for name, value in values.items()})
        )
        for language, text in texts.items()
    }
    return Problem(title=Message(**entry["title"]), detail=Message(**detail))


def known_codes() -> tuple[str, ...]:
    """Return the codes that have texts."""
    return tuple(_catalogue())


def _known(code: str) -> str:
    if code in _catalogue():
        return code
    return next((known for start, known in _FALLBACKS.items() if code.startswith(start)), "internal")


def _explained(parameters: Mapping[str, object]) -> Message | None:
    """Return what the findings say that an error carries, None where it carries none."""
    found = parameters.get("findings")
    rows = found if isinstance(found, (list, tuple)) else ()
    said = [each.message for each in rows if isinstance(each, Finding)]
    if not said:
        return None
    return Message(fr=" ".join(each.fr for each in said), en=" ".join(each.en for each in said))


def _plain(value: object, language: str) -> str:
    if isinstance(value, Message):
        return value.in_language(language)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@cache
def _catalogue() -> dict[str, dict[str, dict[str, str]]]:
    text = (files(__package__) / "problems.json").read_text(encoding="utf-8")
    catalogue: dict[str, dict[str, dict[str, str]]] = json.loads(text)
    return catalogue
