"""Choosing among the contexts that may stand on a node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from choriste.rules.engine.conditions import Guard, guard_of_place, selector_of, tested_by
from choriste.rules.engine.rule import Place, Rule
from choriste.rules.engine.tree import SEVERAL, Document, Path, Rows, fold


class Step(NamedTuple):
    """One context of a choice, with its guard; its rules are made when it is first chosen."""

    guard: Guard | None
    rules: Callable[[], tuple[Rule, ...]]


Chain = tuple[Step, ...]


class Choice:
    """The contexts of a pattern that may stand on a node, in order; the first whose guard holds counts.

    Where all of them test the same value (the VAT category …), that value selects those worth trying. Nodes
    whose tested values are the same choose the same context, so that one of them chooses for all.
    """

    __slots__ = ("_by_value", "_chain", "_rest", "_selector", "_tested")

    def __init__(self, places: Sequence[Place]) -> None:
        self._chain: Chain = tuple(Step(guard_of_place(p.when), p.rules) for p in places)
        self._tested = tested_by(condition for place in places for condition in place.when)
        selectors = [selector_of(p.when) for p in places]
        paths = {s[0] if s else None for s, p in zip(selectors, places, strict=True) if p.when}
        self._selector = paths.pop() if len(paths) == 1 else None
        self._rest: Chain = tuple(step for step in self._chain if step.guard is None)
        self._by_value: dict[str, Chain] = {}
        if self._selector is not None:
            for value in {v for s in selectors if s for v in s[1]}:
                steps = zip(places, self._chain, selectors, strict=True)
                self._by_value[value] = tuple(
                    step._replace(guard=None) if s and len(place.when) == 1 and value == fold(value) else step
                    for place, step, s in steps
                    if s is None or value in s[1]
                )

    def sort(self, document: Document, state: Path, rows: Rows) -> Iterable[tuple[Chain, Rows]]:
        """Return the steps to try, each with elements of a path that will choose the same one."""
        if len(rows) == 1:
            return ((self._worth_trying(document, state, rows), rows),)
        if self._tested is None:
            return [(self._chain, (number,)) for number in rows]
        return [(self._chain, numbers) for numbers in document.alike(state, rows, self._tested)]

    def _worth_trying(self, document: Document, state: Path, rows: Rows) -> Chain:
        if self._selector is None:
            return self._chain
        value = document.only_values(state, rows, *self._selector).get(rows[0], SEVERAL)
        if value in self._by_value:
            return self._by_value[value]
        return self._rest if value.isalnum() else self._chain


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
