"""The order of findings, and what of them is said once: the first to be mended comes first.

Values that cannot be read come before what the file is made of, then what is missing, codes and forms, the
choice of VAT categories, and the sums in the order in which they are computed; mere warnings end the list.
What the schema and the rules both find in one place is told once, by the more telling of the two.
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
class Told:
    """A finding of a rule, with its fault and the `requirement` that is broken (the rule's canonical id).

    `lacking` are the terms without which a sum cannot be computed.
    """

    finding: Finding
    fault: Fault
    requirement: str
    lacking: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """The place in the order of causes; the lowest is to be mended first."""
        if self.finding.severity is Severity.WARNING:
            return _WARNING
        return about(self.requirement).rank or _FAULT_RANKS[self.fault]

    @property
    def what(self) -> tuple[str, str | None]:
        """What is said and where: two findings with the same say the same."""
        forbidden = self.fault is Fault.FORBIDDEN
        return ("forbidden" if forbidden else self.requirement), self.finding.location


def in_order(told: Iterable[Told], *, beside: Sequence[Finding] = ()) -> list[Told]:
    """Return what rules and schema (`beside`) tell without repetitions, causes first.

    Of several that say the same, the fatal one is kept, then the one that says what was expected.
    """
    distinct: dict[tuple[str, str | None], Told] = {}
    for one in sorted(told, key=lambda t: (t.finding.severity is Severity.WARNING, not t.finding.expected)):
        distinct.setdefault(one.what, one)
    schema, rules = _told_once(beside, list(distinct.values()))
    ranked = [(t.rank, t.finding.line or 0, t.finding.rule, t) for t in rules]
    ranked += [
        (_SCHEMA_RANKS.get(f.rule, _STRUCTURE), f.line or 0, f.rule, Told(f, Fault.SCHEMA, f.rule))
        for f in schema
    ]
    return [entry[3] for entry in sorted(ranked, key=lambda entry: entry[:3])]


def _told_once(schema: Sequence[Finding], rules: list[Told]) -> tuple[list[Finding], list[Told]]:
    """Leave out what the other side tells better; a fatal finding never gives way to a warning."""
    fatal = [t for t in rules if t.finding.severity is Severity.FATAL]
    explained = {t.finding.location for t in fatal if t.fault is not Fault.FORBIDDEN}
    missing = {t.finding.term for t in fatal if t.fault is Fault.MISSING}
    kept = [f for f in schema if not _is_told(f, explained, missing)]
    misplaced = {f.location for f in kept if f.rule == "XSD-UNEXPECTED"}
    unreadable = {t.finding.location for t in fatal if t.fault is Fault.UNREADABLE}
    silent = {Fault.FORBIDDEN: misplaced, Fault.CODE: unreadable}
    return kept, [t for t in rules if t.finding.location not in silent.get(t.fault, ())]


def _is_told(finding: Finding, explained: set[str | None], missing: set[str | None]) -> bool:
    if finding.rule in _SCHEMA_VALUES:
        return finding.location is not None and finding.location in explained
    return finding.rule == "XSD-MISSING" and finding.term is not None and finding.term in missing
