"""What is wrong with a field that somebody filled in, in both languages (`field_faults.json`)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from choriste.domain.shared.errors import BadRequestError
from choriste.domain.shared.findings import Finding, Message, Severity


def field_error(field: str, rule: str, **values: object) -> BadRequestError:
    """Return the error of a field; `values` fill the texts of the rule, `found` and `expected` among them."""
    finding = field_fault(rule, **values)
    return BadRequestError(field=field, expected=finding.message.en, findings=[finding])


def field_fault(rule: str, **values: object) -> Finding:
    """Return a fault as a finding, its texts filled in; raises KeyError for an unknown rule."""
    texts = _texts()[rule]
    found, expected = values.get("found"), values.get("expected")
    return Finding(
        rule=rule,
        severity=Severity.FATAL,
        message=Message(fr=texts["fr"].format(**values), en=texts["en"].format(**values)),
        found=str(found) if found is not None else None,
        expected=str(expected) if expected is not None else None,
    )


@cache
def _texts() -> dict[str, dict[str, str]]:
    text = (files(__package__) / "field_faults.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = json.loads(text)
    return loaded
