"""Findings: what a check says about a file, in words that the person who must fix it can act on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from choriste.i18n.catalogue import message
from choriste.i18n.message import Message

__all__ = ["Finding", "Message", "Severity", "Verdict", "verdict_of", "worded"]


class Severity(StrEnum):
    """A fatal finding refuses the invoice; a warning travels with it."""

    FATAL = "fatal"
    WARNING = "warning"


class Verdict(StrEnum):
    """What the checks conclude of a file; `unreadable` means that no invoice could be read from it."""

    VALID = "valid"
    INVALID = "invalid"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    `rule` is the official id (`BR-CO-13`, `BR-FR-05`, `CII-SR-019` …) or one of our stable codes.
    `term` is the business term (`BT-106`, `BG-25`), `location` an XPath with prefixes, `line` 1-based.
    `found` and `expected` are short texts that need no translation (values, arithmetic, a code list's
    name); the sentences are in `message`. `consequence_of` is the rule of the finding, before it in the list,
    that it follows from: whoever mends that one has nothing to do here.
    """

    rule: str
    severity: Severity
    message: Message
    term: str | None = None
    location: str | None = None
    line: int | None = None
    found: str | None = None
    expected: str | None = None
    consequence_of: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the public form, its message in French and English, absent values as null."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "term": self.term,
            "location": self.location,
            "line": self.line,
            "found": self.found,
            "expected": self.expected,
            "consequence_of": self.consequence_of,
            "message": {"fr": self.message.fr, "en": self.message.en},
        }


def worded(  # noqa: PLR0913 - what a finding says, one keyword each
    context: str,
    rule: str,
    *,
    code: str | None = None,
    severity: Severity = Severity.FATAL,
    term: str | None = None,
    location: str | None = None,
    line: int | None = None,
    found: object = None,
    expected: object = None,
    values: Mapping[str, object] | None = None,
) -> Finding:
    """Return the finding of a rule with its sentences, which the catalogue has under the room and the code.

    The code is the rule's id unless a case of it has a sentence of its own. `found`, `expected`, `location`,
    `line` and further `values` fill the sentence; an absent one is left blank. Raises KeyError for a code
    without texts.
    """
    places = {"location": location, "line": line, "found": found, "expected": expected}
    filled = {name: "" if value is None else value for name, value in places.items()}
    return Finding(
        rule=rule,
        severity=severity,
        message=message(context, code or rule, **{**filled, **(values or {})}),
        term=term,
        location=location,
        line=line,
        found=None if found is None else str(found),
        expected=None if expected is None else str(expected),
    )


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Conclude from findings on a readable invoice: one fatal finding makes it invalid."""
    return Verdict.INVALID if any(f.severity is Severity.FATAL for f in findings) else Verdict.VALID
