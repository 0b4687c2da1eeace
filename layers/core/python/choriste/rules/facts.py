"""The facts files: rule tables and code lists, read from the package once and only when needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent / "facts"


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text: the way short tables of codes are written in this room."""
    return tuple(text.split())


@cache
def table(name: str) -> list[list[dict[str, Any]]]:
    """Return a facts file: patterns, each a list of contexts `{at: […], rules: […]}` in order."""
    loaded: list[list[dict[str, Any]]] = json.loads((_FOLDER / f"{name}.json").read_bytes())
    return loaded


@cache
def _code_lists() -> Mapping[str, str]:
    loaded: dict[str, str] = json.loads((_FOLDER / "code-lists.json").read_bytes())
    return loaded


@cache
def code_list(name: str) -> frozenset[str]:
    """Return the codes of a list by its name in the facts."""
    return frozenset(_code_lists()[name].split())


def code_text(name: str) -> str:
    """Return the codes of a list in their order, one space between two."""
    return _code_lists()[name]


@cache
def namespace_of_names() -> Mapping[str, str]:
    """Return the namespace prefix that each element name of the two syntaxes belongs to."""
    loaded: dict[str, str] = json.loads((_FOLDER / "names.json").read_bytes())
    return {name: prefix for prefix, names in loaded.items() for name in names.split()}
