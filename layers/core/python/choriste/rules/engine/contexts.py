"""From the facts of a context to its rules: which are judged on every node, and which are only watched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from choriste.rules.engine.facts import Standing
from choriste.rules.engine.paths import split_path
from choriste.rules.engine.rule import Branch, Context, Rule, Test, Watch
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.watches import given_code, watch_of


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
            found = self._rule_set.predicate_of(fact, self._syntax)
            if found is not None:
                name = self._rule_set.name
                watch = found.watch or watch_of(fact)
                yield Rule(fact, found.check, name, gate=found.gate, watch=watch)


def context_of(rules: Iterable[Rule]) -> Context:
    """Return the context of some rules."""
    context = Context()
    for rule in rules:
        if rule.fact.kind == "forbid" and not rule.is_conditional:
            _forbid(context, rule)
        elif rule.watch is None or rule.watch.one_of:
            rule.prepare()
            context.checks.append(rule)
        else:
            _watch(context, rule, rule.watch)
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
            branch = context.below.grow(full)
            branch.forbidden = (*branch.forbidden, rule)


def _watch(context: Context, rule: Rule, watch: Watch) -> None:
    below = context.below
    for path in watch.needs:
        branch = below.grow(watch.where)
        for name in path:
            branch.needs = (*branch.needs, (name, rule))
            branch = branch.grow((name,))
    branch = below
    for name in watch.once:
        branch = branch.grow((name,))
        branch.repeated = (*branch.repeated, rule)
    for path in watch.given:
        branch = below.grow(path)
        branch.given = (*branch.given, rule)
    if watch.test is not None:
        hang(below.grow(watch.at), watch.test, rule)


def hang(branch: Branch, test: Test, rule: Rule) -> None:
    """Hang a rule on the values of a branch."""
    branch.values = (*branch.values, (test, rule))


def watch_under(when: Sequence[tuple[int, Sequence[Any]]], rule: Rule) -> Watch | None:
    """Return what to watch for a rule that only stands where conditions hold; None where it must be asked.

    An element that must be empty is unusual where it is; a code in an attribute, where it is given and wrong.
    """
    if [(up, *condition) for up, condition in when] == [(0, "empty")]:
        return Watch(test=str.strip)
    attribute = _given_attribute(when)
    if attribute and rule.fact.kind == "list" and rule.fact.parameters["target"] == f"@{attribute}":
        return Watch(at=(f"@{attribute}",), test=given_code(rule.fact.parameters["codes"]))
    return None if rule.watch is None or rule.watch.one_of else rule.watch


def _given_attribute(when: Sequence[tuple[int, Sequence[Any]]]) -> str | None:
    """Return the attribute that conditions ask for, and for nothing else; else None."""
    if len(when) != 1:
        return None
    up, (operator, *operands) = when[0]
    names, attribute = split_path(operands[0]) if operator == "has" else ((), None)
    return attribute if up == 0 and not names else None


class Anywhere:
    """What must not exist anywhere in a document: elements and attributes by the ends of their paths.

    `attributes` are forbidden on every element, those of `special` on some.
    """

    def __init__(self, paths: Sequence[tuple[tuple[str, ...], Rule]] = ()) -> None:
        self.paths = paths
        self.elements: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
        self.attributes: dict[str, tuple[Rule, ...]] = {}
        self.special: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
        for path, rule in paths:
            if path[-1][0] != "@":
                self.elements.setdefault(path[-1], []).append((path, rule))
            elif len(path) > 1 or "excepted" in rule.fact.parameters:
                last = path[-2] if len(path) > 1 else ""
                self.special.setdefault(last, []).append((path, rule))
            else:
                name = path[-1][1:]
                self.attributes[name] = (*self.attributes.get(name, ()), rule)

    def with_paths(self, paths: Sequence[tuple[tuple[str, ...], Rule]]) -> Anywhere:
        """Return the same with more paths."""
        return Anywhere((*self.paths, *paths)) if paths else self

    def elements_at(self, path: tuple[str, ...]) -> Iterator[Rule]:
        """Yield the rules that elements of a path break by being there."""
        for end, rule in self.elements.get(path[-1], ()):
            if path[-len(end) :] == end:
                yield rule

    def attributes_at(self, path: tuple[str, ...]) -> Iterator[tuple[str, Rule]]:
        """Yield the attributes that elements of a path must not have, besides `attributes`."""
        for end, rule in (*self.special.get("", ()), *self.special.get(path[-1], ())):
            above = len(end) - 1
            if path[len(path) - above :] == end[:-1] and path[-1] != rule.fact.parameters.get("excepted"):
                yield end[-1][1:], rule
