"""The stable codes of this room and their texts in both languages, kept in `findings.json`."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from choriste.domain.shared.findings import Finding, Message, Severity


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every code of this room → severity, fr, en."""
    texts = resources.files(__package__).joinpath("findings.json").read_text(encoding="utf-8")
    return {code: dict(entry) for code, entry in json.loads(texts).items()}


def finding(code: str, *, found: str | None = None, expected: str | None = None) -> Finding:
    """Build the finding of a stable code; `found` and `expected` are values that need no translation."""
    entry = catalogue()[code]
    return Finding(
        rule=code,
        severity=Severity(entry["severity"]),
        message=Message(fr=entry["fr"], en=entry["en"]),
        found=found,
        expected=expected,
    )
