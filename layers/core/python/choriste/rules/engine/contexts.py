"""From the facts of a context to its rules: which are judged on every node, and which are only watched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from choriste.rules.engine.kinds import PlainCheck
from choriste.rules.engine.paths import split_path
from choriste.rules.engine.rule import Check, Context, Rule
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.watches import Watch, watch_of

UNNAMED = "FX-NOT-USED"  # the Factur-X rules on what a profile does not use have no id


class LazyRules:
    """The rules of a context in the facts, made the first time that an invoice reaches it."""

    def __init__(self, rows: list[list[Any]], rule_set: RuleSet, syntax: str) -> None:
        self._rows = rows
        self._rule_set = rule_set
        self._syntax = syntax
        self._rules: tuple[Rule, ...] | None = None

    def __call__(self) -> tuple[Rule, ...]:
        """Return the rules that have a check."""
        if self._rules is None:
            made = map(self._rule, self._rows)
            self._rules = tuple(rule for rule in made if rule is not None)
        return self._rules

    def _rule(self, row: list[Any]) -> Rule | None:
        rule, severity, kind, *given, terms, meant = row
        check = self._predicate(row) if kind in {"code", "own"} else PlainCheck(kind, given)
        if check is None:
            return None
        return Rule(
            id=rule or meant or UNNAMED,
            severity=severity,
            kind=kind,
            facts=tuple(given),
            terms=tuple(terms.split()),
            rule_set=self._rule_set.name,
            check=check,
            meant=meant,
        )

    def _predicate(self, row: list[Any]) -> Check | None:
        rule, _, kind, *_, meant = row
        names = (name for name in (rule, meant) if name)
        finds = (self._rule_set.predicate(name, self._syntax, own=kind == "own") for name in names)
        return next((found for found in finds if found is not None), None)


def context_of(rules: Iterable[Rule]) -> Context:
    """Return the context of some rules."""
    context = Context()
    for rule in rules:
        watch = watch_of(rule.kind, rule.facts)
        if rule.kind == "forbid":
            _forbid(context, rule)
        elif watch is None:
            context.checks.append(rule)
        else:
            _watch(context, rule, watch)
    return context


def _forbid(context: Context, rule: Rule) -> None:
    for path in rule.facts[0]:
        names, attribute = split_path(path)
        full = (*names, "@" + attribute) if attribute else names
        if path.startswith("//"):
            context.anywhere.append((full, rule))
        elif path == ".":
            context.forbidden.append(rule)
        elif ".." in full:
            context.checks.append(rule)
        else:
            context.below.grow(full).forbidden.append(rule)


def _watch(context: Context, rule: Rule, watch: Watch) -> None:
    if watch.needs is not None:
        context.needs.add(watch.needs)
        context.needing.append(rule)
    once = watch.once or ()
    for end in range(1, len(once) + 1):
        context.below.grow(once[:end]).repeated.append(rule)
    if watch.test is not None:
        context.below.grow(watch.at).values.append((watch.test, rule))
