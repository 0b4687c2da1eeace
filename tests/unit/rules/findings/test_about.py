"""What a rule is stands in three places that must fit: its facts, its row in `about.tsv`, its predicate."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

from choriste.domain.invoice.terms import TERMS
from choriste.rules.engine.facts import RuleFact, table
from choriste.rules.engine.kinds import KINDS
from choriste.rules.engine.predicates import Register
from choriste.rules.engine.rule import Check
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.findings.about import about, reported_as, rows
from choriste.rules.findings.sentences import requirement_of, sentences, vat_number
from choriste.rules.rulesets.catalogue import BR_FR, CTC_FR, EN16931, FACTURX
from choriste.rules.rulesets.deviations import DEAD

SETS = (EN16931, *FACTURX.values(), BR_FR, CTC_FR)


def facts_of(rule_set: RuleSet, syntax: str) -> Iterator[RuleFact]:
    for pattern in table(rule_set.facts[syntax]):
        for context in pattern:
            yield from context.facts


def every_fact() -> Iterator[RuleFact]:
    for rule_set in SETS:
        for syntax in rule_set.facts:
            yield from facts_of(rule_set, syntax)


def test_every_row_is_about_a_rule_of_the_facts() -> None:
    facts = list(every_fact())
    requirements = {requirement_of(fact) for fact in facts}
    families = {f"BR-VAT-{number}" for name in requirements if (number := vat_number(name))}
    ids = {name for fact in facts for name in fact.names}

    for rule in rows():
        start, _, end = rule.partition("*")
        known = rule in requirements | families | ids
        assert known or any(i.startswith(start) and i.endswith(end) for i in ids if "*" in rule), rule


def test_every_row_names_terms_and_sentences_that_exist() -> None:
    for rule, row in rows().items():
        assert not row.term or row.term.rpartition("-1")[0] in TERMS or row.term in TERMS, rule
        assert not row.if_absent or row.if_absent in sentences(), rule
        assert row.asks in {"", "missing", "either"}, rule
        assert any(row), rule


def test_a_rule_is_reported_as_one_that_is_reported() -> None:
    ids = {name for fact in every_fact() for name in fact.names}

    for rule in ids:
        other = reported_as(rule)
        if other is not None:
            assert other in ids, (rule, other)
            assert reported_as(other) is None, (rule, other)


@pytest.mark.parametrize("rule_set", SETS, ids=lambda s: s.title)
def test_every_fact_has_a_kind_or_a_predicate(rule_set: RuleSet) -> None:
    for syntax in rule_set.facts:
        for fact in facts_of(rule_set, syntax):
            assert fact.is_coded or fact.kind in KINDS, fact.name
            judged = rule_set.predicate_of(fact, syntax) is not None
            assert judged or not DEAD.isdisjoint(fact.names), fact.name
            assert fact.severity in {"fatal", "warning"}, fact.name


@pytest.mark.parametrize("family", ["en16931", "brfr", "facturx", "extended"])
def test_every_predicate_judges_a_rule_of_the_facts(family: str) -> None:
    module = f"choriste.rules.rulesets.{family}"
    register: Register = import_module(module).REGISTER
    asked = {
        (syntax, name)
        for rule_set in SETS
        for syntax in rule_set.facts
        for fact in facts_of(rule_set, syntax)
        if fact.is_coded
        for name in fact.names
    }

    by_check: dict[Check, set[tuple[str, str]]] = {}
    for pair in register.predicates:
        by_check.setdefault(register.predicates[pair].check, set()).add(pair)

    assert [pairs for pairs in by_check.values() if pairs.isdisjoint(asked)] == []


def test_the_order_of_sums_is_that_in_which_they_are_computed() -> None:
    sums = ["BR-CO-10", "BR-CO-11", "BR-CO-12", "BR-CO-13", "BR-S-08", "BR-S-09", "BR-CO-14", "BR-CO-15"]

    ranks = [about(rule).rank for rule in (*sums, "BR-CO-16")]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)
