"""Choosing among the contexts that may stand on a node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from choriste.rules.engine.conditions import Guard, Value, guard_of_place, selector_of, tested_by
from choriste.rules.engine.paths import Path
from choriste.rules.engine.rule import Gate, Place, Rule
from choriste.rules.engine.tree import SEVERAL, Document, Rows, fold


class Step(NamedTuple):
    """One context of a choice, with its guard; its rules are made when it is first chosen."""

    guard: Guard | None
    rules: Callable[[], tuple[Rule, ...]]


Chain = tuple[Step, ...]


class Choice:
    """The contexts of a pattern that may stand on a node, in order; the first whose guard holds counts.

    Where all of them test the same value (the VAT category …), that is the `selector`, and selects those
    worth trying. Nodes whose tested values are the same choose the same context, so that one of them chooses
    for all. Where there are `gates`, one of them must be open.
    """

    __slots__ = ("_by_value", "_chain", "_rest", "_tested", "gates", "selector")

    def __init__(self, places: Sequence[Place], gates: tuple[Gate, ...] = ()) -> None:
        self.gates = gates
        self._chain: Chain = tuple(Step(guard_of_place(p.when) if p.when else None, p.rules) for p in places)
        self._tested = tested_by(condition for place in places for condition in place.when)
        selectors = [selector_of(p.when) for p in places]
        paths = {s[0] if s else None for s, p in zip(selectors, places, strict=True) if p.when}
        self.selector = paths.pop() if len(paths) == 1 else None
        self._rest: Chain = tuple(step for step in self._chain if step.guard is None)
        self._by_value: dict[str, Chain] = {}
        if self.selector is not None:
            for value in {v for s in selectors if s for v in s[1]}:
                steps = zip(places, self._chain, selectors, strict=True)
                self._by_value[value] = tuple(
                    _known_to_be(value, place, step) if s else step
                    for place, step, s in steps
                    if s is None or value in s[1]
                )

    @classmethod
    def of_rules(cls, rules: Sequence[Rule], place: Place) -> Choice:
        """Return the choice between some rules and none, as a place has it."""
        gates = [rule.gate for rule in rules if rule.gate is not None]
        known = tuple(rules)
        return cls([place._replace(rules=lambda: known)], tuple(gates) if len(gates) == len(known) else ())

    @property
    def values(self) -> Iterable[str]:
        """The values of the selector for which there is a context of their own."""
        return self._by_value.keys()

    def worth_trying(self, value: str = SEVERAL) -> Chain:
        """Return the steps to try where the selector has a value."""
        chain = self._by_value.get(value)
        if chain is not None:
            return chain
        return self._rest if value.isalnum() else self._chain

    def sort(self, document: Document, state: Path, rows: Rows) -> Iterable[tuple[Chain, Rows]]:
        """Return the steps to try, each with elements of a path that will choose the same one."""
        if len(rows) == 1:
            return ((self._chain, rows),)
        if self._tested is None:
            return [(self._chain, (number,)) for number in rows]
        return [(self._chain, numbers) for numbers in document.alike(state, rows, self._tested)]


def _known_to_be(value: str, place: Place, step: Step) -> Step:
    """Return a step without the test of the selector, whose value is known to pass."""
    rest = [when for when in place.when if selector_of([when]) is None]
    if value != fold(value) or len(place.when) - len(rest) != 1:
        return step
    return step._replace(guard=guard_of_place(rest) if rest else None)


class Selection:
    """The choices on a path that have the same selector: its value says which of them are worth a look."""

    __slots__ = ("_by_value", "_choices", "_selector")

    def __init__(self, selector: Value, choices: Sequence[Choice]) -> None:
        self._selector = selector
        self._choices = choices
        values = {value for choice in choices for value in choice.values}
        self._by_value = {value: self._worth_trying(value) for value in (*values, SEVERAL, "0")}

    def _worth_trying(self, value: str) -> tuple[Chain, ...]:
        chains = (choice.worth_trying(value) for choice in self._choices)
        return tuple(chain for chain in chains if chain)

    def for_one(self, document: Document, state: Path, rows: Rows) -> Iterable[Chain]:
        """Return the steps to try of the choices worth a look on the only element of a path."""
        value = document.only_values(state, rows, *self._selector).get(rows[0], SEVERAL)
        found = self._by_value.get(value)
        return found if found is not None else self._by_value["0" if value.isalnum() else SEVERAL]

    def for_all(self, document: Document, state: Path, rows: Rows) -> Iterable[Choice]:
        """Return the choices worth a look on many elements of a path."""
        found = document.only_values(state, rows, *self._selector)
        values = set(found.values()) if len(found) == len(rows) else {SEVERAL, *found.values()}
        return [choice for choice in self._choices if any(map(choice.worth_trying, values))]


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
