"""Where we deliberately differ from the official verdict, each with its reason: the one table of them.

Everything not listed here is meant to give the same rule ids as the official artefacts, whose oddities are
followed: rules shadowed by an earlier context, rules that loop over an empty path and never fire, sums in
binary floating point. `uncovered` tells, from the facts, which official rules have no predicate yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from choriste.rules.engine import facts
from choriste.rules.engine.ruleset import RuleSet

DEAD: Final = frozenset({"BR-DEC-13", "BR-DEC-15", "CII-SR-464", "BR-EXT-CL-07", "BR-AF-08", "BR-AG-08"})


@dataclass(frozen=True, slots=True)
class Deviation:
    """One deliberate difference: which rules, in which syntax (`cii`, `ubl` or `both`), and why."""

    rules: str
    syntax: str
    official: str
    ours: str
    reason: str


DEVIATIONS: Final[Sequence[Deviation]] = (
    Deviation(
        "all",
        "both",
        "aborts without a report on a number, a date or a boolean that its type refuses",
        "a finding DATATYPE-DECIMAL, DATATYPE-DATE or DATATYPE-BOOLEAN; the other rules are judged",
        "a depositor must learn what is wrong",
    ),
    Deviation(
        "all",
        "both",
        "aborts without a report where a value that is read once comes twice",
        "a finding DATATYPE-SINGLE on the second one; the other rules are judged",
        "a depositor must learn what is wrong",
    ),
    Deviation(
        "BR-CO-21 to BR-CO-24, BR-O-12, BR-O-14, BR-FR-01_*-2",
        "both",
        "fire together with BR-33, BR-38, BR-42, BR-44, BR-O-11, BR-O-13, BR-FR-02_*",
        "one finding, under the id of the latter; `rule_ids` keeps both",
        "the same requirement under two ids",
    ),
    Deviation(
        "rules of EN 16931 that a profile has under its own id (FX-SCH-A-…, BR-FREXT-…, BR-FXEXT-…)",
        "both",
        "each rule set reports its own id in the same place",
        "one finding a place, the fatal one first; `rule_ids` keeps all",
        "the same requirement under several ids",
    ),
    Deviation(
        "rules on elements, codes and values that the schema refuses too",
        "both",
        "the XSD and the Schematron each report it",
        "one finding a place, the more telling one; a fatal finding never gives way to a warning",
        "the same fault found by two checks",
    ),
    Deviation(
        "any rule broken more than 100 times",
        "both",
        "every occurrence is reported",
        "the first 100 of a rule are reported; the verdict and `rule_ids` are not concerned",
        "a report that a person can read",
    ),
    Deviation(
        "EN 16931 rules on MINIMUM and BASIC WL",
        "cii",
        "all fail by design",
        "only the rules of the profile",
        "these profiles are no EN 16931 invoices",
    ),
)


def uncovered(rule_set: RuleSet, syntax: str) -> tuple[str, ...]:
    """Return the official rules of a set that have no check here, without those that can never fire."""
    missing: list[str] = []
    for pattern in facts.table(rule_set.facts[syntax]):
        for context in pattern:
            missing += [
                fact.name
                for fact in context.facts
                if DEAD.isdisjoint(fact.names) and rule_set.predicate_of(fact, syntax) is None
            ]
    return tuple(dict.fromkeys(missing))
