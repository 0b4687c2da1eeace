"""Comparisons with the official XSLT asked now: profiles and extensions that no record covers, new mutants.

Saxon takes 10 to 100 ms a file, so mutants are sampled by a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from choriste.domain.invoice.reading import Syntax
from choriste.formats.detect import Detected, detect_xml
from choriste.formats.errors import UnreadableError
from choriste.rules.engine.facts import UNNAMED
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.rulesets.catalogue import BR_FR, CTC_FR, EN16931, FACTURX
from choriste.rules.rulesets.selection import rule_sets_for
from tests.agreement import corpora
from tests.agreement.compare import Pairs, Tally, compare, parsed
from tests.agreement.corpora import Case
from tests.agreement.mutate import mutants
from tests.agreement.oracle import official
from tests.builders.rule_samples import TODAY

LIVE: tuple[RuleSet, ...] = (*FACTURX.values(), CTC_FR)
_CTC_ALSO = frozenset({"EXTENDED", "EN 16931"})


def judged_by(rule_set: RuleSet, cases: Iterable[Case]) -> Iterator[tuple[Case, Pairs | None]]:
    """Yield cases with the verdict of a rule set's own stylesheet."""
    for case in cases:
        found = parsed(case.xml)
        if found is not None and found[1] in rule_set.facts:
            yield case, verdict(case.xml, rule_set.facts[found[1]])


def verdict(xml: bytes, facts: str) -> Pairs | None:
    """Return what a stylesheet says of a file, with the name we give to its rules without id."""
    told = official(xml, facts)
    return None if told is None else frozenset((rule or UNNAMED, severity) for rule, severity in told)


def french(xml: bytes) -> Pairs | None:
    """Return what the BR-FR stylesheet of the installed package says of a file."""
    found = parsed(xml)
    return None if found is None else verdict(xml, BR_FR.facts[found[1]])


def detected(case: Case) -> Detected | None:
    """Return what a case is, taken for the XML of a Factur-X where it is CII; None for no invoice."""
    found = parsed(case.xml)
    try:
        known = detect_xml(found[0]) if found else None
    except UnreadableError:
        return None
    is_cii = known is not None and known.syntax is Syntax.CII
    return replace(known, syntax=Syntax.FACTURX) if known and is_cii else known


def meets(rule_set: RuleSet, case: Case) -> bool:
    """Whether a case announces the profile of a rule set; EXTENDED-CTC-FR is tried on its neighbours too."""
    known = detected(case)
    if known is None or case.kind == "unit-fragment":
        return False
    if rule_set is CTC_FR:
        return known.profile.value == "EXTENDED-CTC-FR" or known.profile.value in _CTC_ALSO
    return FACTURX.get(known.profile.value) is rule_set


def compare_live(rule_set: RuleSet, cases: Iterable[Case]) -> Tally:
    """Compare a rule set with its stylesheet over the cases that meet it."""
    return compare(judged_by(rule_set, filter(partial(meets, rule_set), cases)), rule_set)


def sampled(cases: Iterable[Case], count: int, seed: int) -> list[Case]:
    """Return so many cases, the same for the same seed; all where there are no more."""
    held = list(cases)
    return random.Random(seed).sample(held, min(count, len(held)))  # noqa: S311 -- reproducible, not secret


def new_mutants(count: int, seed: int) -> list[Case]:
    """Return mutants, never seen before, of the corpora's whole invoices; a seed always gives the same."""
    whole = [c for c in corpora.whole_files() if c.kind == "invoice" and detected(c) is not None]
    chosen = random.Random(seed).choices(whole, k=count)  # noqa: S311 -- reproducible, not secret
    return [
        Case(f"seed {seed}, {at}: {case.name}: {done}", "mutant", xml, None, None)
        for at, case in enumerate(chosen)
        for done, xml in mutants(_without_bom(case.xml), seed=seed * 1_000_003 + at, count=1)
    ]


def _without_bom(xml: bytes) -> bytes:
    return xml.removeprefix(b"\xef\xbb\xbf")


def compare_mutants(cases: Iterable[Case]) -> dict[str, Tally]:
    """Compare each mutant under every rule set that it meets today; return a tally by rule set."""
    by_set: dict[RuleSet, list[Case]] = {}
    for case in cases:
        found, known = parsed(case.xml), detected(case)
        if found is None or known is None:
            continue
        for rule_set in rule_sets_for(found[0], detected=known, on=TODAY):
            by_set.setdefault(rule_set, []).append(case)
    ordered = sorted(by_set, key=[EN16931, BR_FR, *LIVE].index)
    return {s.title: compare(judged_by(s, by_set[s]), s) for s in ordered}
