"""The findings of this room: their sentences are in the catalogue (room `formats`)."""

from __future__ import annotations

from collections.abc import Mapping

from choriste.domain.shared.findings import Finding, worded

_FOUND_LIMIT = 80


def word(
    code: str,
    parameters: Mapping[str, object],
    *,
    case: str | None = None,
    line: int | None = None,
    term: str | None = None,
) -> Finding:
    """Return the fatal finding of a code; its sentences, or those of the case, filled with the parameters.

    Raises KeyError for an unknown code or a placeholder without parameter: both are our own mistakes.
    """
    location = parameters.get("location")
    return worded(
        "formats",
        code,
        code=case,
        term=term,
        location=None if location is None else str(location),
        line=line,
        found=parameters.get("found"),
        expected=parameters.get("expected"),
        values=parameters,
    )


def excerpt(text: str) -> str:
    """Return text on one line, without control characters, of 80 characters at most."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= _FOUND_LIMIT else f"{line[: _FOUND_LIMIT - 1]}…"
