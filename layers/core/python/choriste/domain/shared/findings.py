"""Findings: what a check says about a file, in words that the person who must mend it can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


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
class Message:
    """A text for people, in both languages. It says what is wrong and how to mend it."""

    fr: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English text for `en`, the French one for anything else."""
        return self.en if language == "en" else self.fr


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    `rule` is the official id (`BR-CO-13`, `BR-FR-05`, `CII-SR-019` …) or one of our stable codes.
    `term` is the business term (`BT-106`, `BG-25`), `location` an XPath with prefixes, `line` 1-based.
    `found` and `expected` are short texts that need no translation (values, arithmetic, a code list's
    name); the sentences are in `message`.
    """

    rule: str
    severity: Severity
    message: Message
    term: str | None = None
    location: str | None = None
    line: int | None = None
    found: str | None = None
    expected: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the public form: rule, severity, term, location, line, found, expected, message{fr,en}."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "term": self.term,
            "location": self.location,
            "line": self.line,
            "found": self.found,
            "expected": self.expected,
            "message": {"fr": self.message.fr, "en": self.message.en},
        }


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Conclude from findings on a readable invoice: one fatal finding makes it invalid."""
    return Verdict.INVALID if any(f.severity is Severity.FATAL for f in findings) else Verdict.VALID
