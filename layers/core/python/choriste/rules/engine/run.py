"""Running rule sets over a parsed file: one walk, then the rules that the nodes of each path meet.

The result is raw hits, cheap to make: which rule broke, on which node, with what. Sentences are made of
them in `choriste.rules.findings`, only for what is shown. Nothing is kept from one file to the next but
compiled rules: a verdict depends on its file alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import localcontext
from functools import cache

from lxml import etree

from choriste.rules.engine.contexts import LazyRules
from choriste.rules.engine.facts import Standing, table
from choriste.rules.engine.grammar import Grammar
from choriste.rules.engine.judge import Judge, Outcome
from choriste.rules.engine.patterns import Pattern, Stand
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.syntax import SINGLE
from choriste.rules.engine.values import EXACT
from choriste.rules.engine.walk import walk


def run(root: etree._Element, rule_sets: Sequence[RuleSet], *, syntax: str) -> Outcome:
    """Run rule sets over a parsed invoice of a syntax (`cii` or `ubl`)."""
    document = walk(root, grammar_of(tuple(rule_sets), syntax))
    with localcontext(EXACT):
        outcome = Judge(document).judge([rule_set.name for rule_set in rule_sets])
    document.forget()
    return outcome


@cache
def grammar_of(rule_sets: tuple[RuleSet, ...], syntax: str) -> Grammar:
    """Return the automaton of rule sets, made once a process."""
    patterns = [p for rule_set in rule_sets for p in _patterns(rule_set, syntax)]
    return Grammar(patterns, syntax=syntax, singles=SINGLE[syntax])


@cache
def _patterns(rule_set: RuleSet, syntax: str) -> tuple[Pattern, ...]:
    return tuple(Pattern(_places(p, rule_set, syntax)) for p in table(rule_set.facts[syntax]))


def _places(pattern: Iterable[Standing], rule_set: RuleSet, syntax: str) -> Iterator[Stand]:
    for order, standing in enumerate(pattern):
        rules = LazyRules(standing, rule_set, syntax)
        for place in standing.at:
            yield order, place["path"], place.get("when", ()), rules
