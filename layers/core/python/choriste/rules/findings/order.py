"""The order of findings, and what of them is reported once: the first to be fixed comes first.

Values that cannot be read come before what the file is made of, then what is missing, codes and forms, the
choice of VAT categories, and the sums in the order in which they are computed; mere warnings end the list.
What the schema and the rules both find in one place is reported once, by the more precise of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from choriste.domain.shared.findings import Finding, Severity
from choriste.rules.findings.about import about

_WARNING: Final = 90
_SCHEMA_VALUES: Final = frozenset({"XSD-TYPE", "XSD-LIST", "XSD-FORM"})
_SCHEMA_RANKS: Final = {
    "PROFILE-LINES": 0,
    "XSD-ROOT": 0,
    "XSD-TYPE": 5,
    "XSD-LIST": 5,
    "XSD-FORM": 5,
    "XSD-MORE": 16,
}
_STRUCTURE: Final = 15


class Fault(StrEnum):
    """What is wrong, as far as the order of findings depends on it."""

    UNREADABLE = "unreadable"
    MISSING = "missing"
    CODE = "code"
    FORBIDDEN = "forbidden"
    SCHEMA = "schema"
    OTHER = "other"


_FAULT_RANKS: Final = {
    Fault.UNREADABLE: 5,
    Fault.MISSING: 20,
    Fault.CODE: 30,
    Fault.FORBIDDEN: 60,
    Fault.OTHER: 40,
}


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """A finding of a rule, with its fault and the `requirement` that is broken (the rule's canonical id).

    `lacking` are the terms without which a sum cannot be computed.
    """

    finding: Finding
    fault: Fault
    requirement: str
    lacking: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """The place in the order of causes; the lowest is to be fixed first."""
        if self.finding.severity is Severity.WARNING:
            return _WARNING
        return about(self.requirement).rank or _FAULT_RANKS[self.fault]

    @property
    def claim(self) -> tuple[str, str | None]:
        """What is wrong and where: of two findings with the same claim, one is enough."""
        forbidden = self.fault is Fault.FORBIDDEN
        return ("forbidden" if forbidden else self.requirement), self.finding.location


def in_order(found: Iterable[RuleFinding], *, schema: Sequence[Finding] = ()) -> list[RuleFinding]:
    """Return the findings of rules and schema without repetitions, causes first.

    Of several that claim the same, the fatal one is kept, then the one that says what was expected.
    """
    distinct: dict[tuple[str, str | None], RuleFinding] = {}
    for one in sorted(found, key=lambda t: (t.finding.severity is Severity.WARNING, not t.finding.expected)):
        distinct.setdefault(one.claim, one)
    kept, rules = _without_repetitions(schema, list(distinct.values()))
    ranked = [(t.rank, t.finding.line or 0, t.finding.rule, t) for t in rules]
    ranked += [
        (_SCHEMA_RANKS.get(f.rule, _STRUCTURE), f.line or 0, f.rule, RuleFinding(f, Fault.SCHEMA, f.rule))
        for f in kept
    ]
    return [entry[3] for entry in sorted(ranked, key=lambda entry: entry[:3])]


def _without_repetitions(
    schema: Sequence[Finding], rules: list[RuleFinding]
) -> tuple[list[Finding], list[RuleFinding]]:
    """Leave out what the other side reports better; a fatal finding never gives way to a warning."""
    fatal = [t for t in rules if t.finding.severity is Severity.FATAL]
    explained = {t.finding.location for t in fatal if t.fault is not Fault.FORBIDDEN}
    missing = {t.finding.term for t in fatal if t.fault is Fault.MISSING}
    kept = [f for f in schema if not _is_explained(f, explained, missing)]
    misplaced = {f.location for f in kept if f.rule == "XSD-UNEXPECTED"}
    unreadable = {t.finding.location for t in fatal if t.fault is Fault.UNREADABLE}
    silent = {Fault.FORBIDDEN: misplaced, Fault.CODE: unreadable}
    return kept, [t for t in rules if t.finding.location not in silent.get(t.fault, ())]


def _is_explained(finding: Finding, explained: set[str | None], missing: set[str | None]) -> bool:
    if finding.rule in _SCHEMA_VALUES:
        return finding.location is not None and finding.location in explained
    return finding.rule == "XSD-MISSING" and finding.term is not None and finding.term in missing
