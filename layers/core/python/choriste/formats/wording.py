"""The sentences of this room's findings, French and English, from `messages.tsv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from choriste.domain.shared.findings import Finding, Message, Severity

_FOUND_LIMIT = 80


@cache
def sentences() -> dict[str, Message]:
    """Return every sentence by its code, with `{placeholders}` still in it."""
    table = files(__package__).joinpath("messages.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["code"]: Message(fr=row["fr"], en=row["en"]) for row in rows}


def word(
    code: str, parameters: Mapping[str, object], *, line: int | None = None, term: str | None = None
) -> Finding:
    """Return the fatal finding of a code, its sentences filled with the parameters and the line.

    Raises KeyError for an unknown code or a placeholder without parameter: both are our own mistakes.
    """
    sentence = sentences()[code]
    values = {"line": line, **parameters}
    return Finding(
        rule=code,
        severity=Severity.FATAL,
        message=Message(fr=sentence.fr.format_map(values), en=sentence.en.format_map(values)),
        term=term,
        location=_text(parameters.get("location")),
        line=line,
        found=_text(parameters.get("found")),
        expected=_text(parameters.get("expected")),
    )


def excerpt(text: str) -> str:
    """Return text on one line, without control characters, of 80 characters at most."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= _FOUND_LIMIT else f"{line[: _FOUND_LIMIT - 1]}…"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
