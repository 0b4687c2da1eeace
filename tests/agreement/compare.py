"""Comparing our rule ids with the official ones, and telling the result by rule family and syntax."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from choriste.rules.engine import Outcome, run
from choriste.rules.rulesets import RuleSet
from tests.agreement.corpora import Case

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
# Corrected in the artefact after the manifest was computed with V1.4.0.02.
CORRECTED = frozenset({"BR-FR-02_EXT-FR-FE-136"})


@dataclass
class Tally:
    """How far two engines agree: files, identical sets, and what differs by (family, syntax, direction)."""

    files: int = 0
    identical: int = 0
    aborted: int = 0
    answered: int = 0
    more: Counter[tuple[str, str]] = field(default_factory=Counter)
    less: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The share of files with identical sets, between 0 and 1."""
        return self.identical / self.files if self.files else 1.0

    def add(self, name: str, syntax: str, mine: frozenset[str], theirs: frozenset[str]) -> None:
        """Count one file."""
        self.files += 1
        self.identical += mine == theirs
        for rule in mine - theirs:
            self.more[rule, syntax] += 1
            self.examples.setdefault(rule, name)
        for rule in theirs - mine:
            self.less[rule, syntax] += 1
            self.examples.setdefault(rule, name)

    def table(self) -> str:
        """Return the tally as text."""
        lines = [f"{self.identical} of {self.files} identical ({self.share:.2%})"]
        if self.aborted:
            lines.append(f"{self.answered} of {self.aborted} answered where the official engine aborts")
        for sign, counter in (("+", self.more), ("-", self.less)):
            lines += [f"  {sign} {r} {s} {n} e.g. {self.examples[r]}" for (r, s), n in counter.most_common()]
        return "\n".join(lines)


def parsed(xml: bytes) -> tuple[etree._Element, str] | None:
    """Return the root of a file with its syntax as the rules name it, None where it cannot be parsed."""
    try:
        root = etree.fromstring(xml, _PARSER)
    except etree.XMLSyntaxError:
        return None
    return root, "cii" if str(root.tag).endswith("CrossIndustryInvoice") else "ubl"


def ours(xml: bytes, rule_set: RuleSet) -> tuple[Outcome, str] | None:
    """Run one rule set over a file; return the outcome and the syntax."""
    found = parsed(xml)
    return None if found is None else (run(found[0], [rule_set], syntax=found[1]), found[1])


def labels(pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return (rule, severity) pairs as texts."""
    return frozenset(f"{rule} {severity}" for rule, severity in pairs)


def compare_en16931(cases: Iterable[Case], rule_set: RuleSet) -> Tally:
    """Compare ids and severities of the EN 16931 rules."""
    tally = Tally()
    for case in cases:
        result = ours(case.xml, rule_set)
        if result is None:
            continue
        outcome, syntax = result
        if case.official is None:
            tally.aborted += 1
            tally.answered += bool(outcome.malformed or outcome.hits)
            continue
        tally.add(case.name, syntax, labels(outcome.ids()), labels(case.official))
    return tally


def compare_brfr(cases: Iterable[Case], rule_set: RuleSet) -> Tally:
    """Compare ids of the French rules; those corrected since the record are left out."""
    tally = Tally()
    for case in cases:
        if case.brfr is None or "ENGINE-ERROR" in case.brfr:
            continue
        result = ours(case.xml, rule_set)
        if result is not None:
            outcome, syntax = result
            mine = frozenset(rule for rule, _ in outcome.ids())
            tally.add(case.name, syntax, mine - CORRECTED, case.brfr - CORRECTED)
    return tally


def families(cases: Iterable[Case]) -> Counter[str]:
    """Return how often each family of rules fires officially, to show what the comparison covers."""
    rules = (rule for case in cases for rule, _ in case.official or ())
    return Counter(re.sub(r"-\d.*$", "", rule) for rule in rules)
