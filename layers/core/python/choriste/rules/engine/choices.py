"""Choosing among the contexts that may stand on a node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from choriste.rules.engine.conditions import Guard, guard_of_place, selector_of
from choriste.rules.engine.paths import reader
from choriste.rules.engine.rule import Place, Rule
from choriste.rules.engine.tree import Node


class Step(NamedTuple):
    """One context of a choice, with its guard; its rules are made when it is first chosen."""

    guard: Guard | None
    rules: Callable[[], tuple[Rule, ...]]


Chain = tuple[Step, ...]


class Choice:
    """The contexts of a pattern that may stand on a node, in order; the first whose guard holds counts.

    Where all of them test the same value (the VAT category …), that value selects those worth trying.
    """

    __slots__ = ("_by_value", "_chain", "_read", "_rest")

    def __init__(self, places: Sequence[Place]) -> None:
        self._chain: Chain = tuple(Step(guard_of_place(p.when), p.rules) for p in places)
        selectors = [selector_of(p.when) for p in places]
        paths = {s[0] if s else "" for s, p in zip(selectors, places, strict=True) if p.when}
        self._read = reader(paths.pop()) if len(paths) == 1 and "" not in paths else None
        self._rest: Chain = tuple(step for step in self._chain if step.guard is None)
        values = {v for s in selectors if s for v in s[1]} if self._read else set()
        steps = list(zip(self._chain, selectors, strict=True))
        self._by_value: dict[str, Chain] = {
            value: tuple(step for step, s in steps if s is None or value in s[1]) for value in values
        }

    def for_node(self, node: Node) -> Chain:
        """Return the steps worth trying on a node."""
        if self._read is None:
            return self._chain
        found = self._read(node)
        if len(found) != 1:
            return self._chain
        raw = found[0].raw
        if raw in self._by_value:
            return self._by_value[raw]
        return self._rest if raw.isalnum() else self._chain


def merged(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules of a place, those that several rule sets have in common only once."""
    kept: list[Rule] = []
    places: dict[tuple[str, str], list[int]] = {}
    for rule in rules:
        alike = places.setdefault((rule.fact.name, rule.fact.severity), [])
        known = next((at for at in alike if _are_the_same(kept[at], rule)), None)
        if known is None:
            alike.append(len(kept))
            kept.append(rule)
        else:
            kept[known] = kept[known].shared_with(rule.rule_set)
    return kept


def _are_the_same(one: Rule, other: Rule) -> bool:
    if one.fact.kind == "code" or other.fact.kind == "code":
        return one.fact.kind == other.fact.kind and one.check is other.check
    return one.fact.kind == other.fact.kind and one.fact.parameters == other.fact.parameters
