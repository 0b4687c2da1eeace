"""The texts of problems (RFC 9457 `title` and `detail`) by error code."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from choriste.domain.findings import Message

_FALLBACKS = {"transition-": "transition-refused", "reason-": "reason-not-allowed"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person is told about a refused request."""

    title: Message
    detail: Message


def problem_text(code: str, parameters: Mapping[str, object]) -> Problem:
    """Return the texts of an error code, its parameters filled in; an unknown code has the internal text."""
    entry = _catalogue()[_known(code)]
    values = defaultdict(str, {name: _plain(value) for name, value in parameters.items()})
    detail = {language: text.format_map(values) for language, text in entry["detail"].items()}
    return Problem(title=Message(**entry["title"]), detail=Message(**detail))


def known_codes() -> tuple[str, ...]:
    """Return the codes that have texts."""
    return tuple(_catalogue())


def _known(code: str) -> str:
    if code in _catalogue():
        return code
    return next((known for start, known in _FALLBACKS.items() if code.startswith(start)), "internal")


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@cache
def _catalogue() -> dict[str, dict[str, dict[str, str]]]:
    text = (files(__package__) / "problems.json").read_text(encoding="utf-8")
    catalogue: dict[str, dict[str, dict[str, str]]] = json.loads(text)
    return catalogue
