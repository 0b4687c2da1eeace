"""From the facts of a context to its rules: which are judged on every node, and which are only watched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from choriste.rules.engine.facts import Standing
from choriste.rules.engine.paths import split_path
from choriste.rules.engine.rule import Context, Rule
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.watches import Watch, watch_of


class LazyRules:
    """The rules of a context in the facts, made the first time that an invoice reaches it."""

    def __init__(self, standing: Standing, rule_set: RuleSet, syntax: str) -> None:
        self._standing = standing
        self._rule_set = rule_set
        self._syntax = syntax
        self._rules: tuple[Rule, ...] | None = None

    def __call__(self) -> tuple[Rule, ...]:
        """Return the rules that have a check."""
        if self._rules is None:
            self._rules = tuple(self._made())
        return self._rules

    def _made(self) -> Iterator[Rule]:
        for fact in self._standing.facts:
            check = self._rule_set.check_of(fact, self._syntax)
            if check is not None:
                yield Rule(fact, check, self._rule_set.name)


def context_of(rules: Iterable[Rule]) -> Context:
    """Return the context of some rules."""
    context = Context()
    for rule in rules:
        watch = watch_of(rule.fact)
        if rule.fact.kind == "forbid":
            _forbid(context, rule)
        elif watch is None:
            context.checks.append(rule)
        else:
            _watch(context, rule, watch)
    return context


def _forbid(context: Context, rule: Rule) -> None:
    for path in rule.fact.parameters["paths"]:
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
