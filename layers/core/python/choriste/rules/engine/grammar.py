"""The automaton of paths: what the nodes of a path meet, found out once a path and kept with the rules.

A facts file holds patterns (`patterns`), whose contexts say where they stand and list their rules.
`conditions` judges conditions on values, `kinds` turns the facts of a rule into a check, `watches` says when
that check can be left out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from choriste.rules.engine.choices import Choice, merged
from choriste.rules.engine.contexts import context_of
from choriste.rules.engine.facts import short_name
from choriste.rules.engine.patterns import Pattern
from choriste.rules.engine.rule import Branch, Context, Passes, Rule, Suspicion, Test

MAX_STATES: Final = 5_000


class State:
    """A path from the root, with what its nodes meet.

    `forbidden` rules are broken by each of its nodes, those of `attributes` by an attribute. `values` are
    quick tests of the value, `repeated` is what to judge where a parent has a second node of the path.
    `needing` rules hold where all the children that `needs` names are there. `rules` are judged on each
    node, and so is one context of each of `choices`. `single`: the element stands at most once in a parent.
    """

    __slots__ = (
        "attribute_values",
        "attributes",
        "below",
        "choices",
        "depth",
        "forbidden",
        "is_watched",
        "name",
        "needing",
        "needs",
        "next",
        "path",
        "repeated",
        "rules",
        "single",
        "values",
    )

    def __init__(self, name: str, path: tuple[str, ...]) -> None:
        self.name = name
        self.path = path
        self.depth = len(path)
        self.next: dict[object, State] = {}
        self.below: tuple[Branch, ...] = ()
        self.attributes: Mapping[str, tuple[Rule, ...]] = {}
        self.forbidden: tuple[Rule, ...] = ()
        self.values: tuple[Passes, ...] = ()
        self.attribute_values: Mapping[str, tuple[Passes, ...]] = {}
        self.repeated: tuple[Suspicion, ...] = ()
        self.needs: frozenset[str] = frozenset()
        self.needing: tuple[Rule, ...] = ()
        self.rules: tuple[Rule, ...] = ()
        self.choices: tuple[Choice, ...] = ()
        self.single = False
        self.is_watched = False


class Grammar:
    """The automaton of some rule sets for one syntax. Safe to share between threads."""

    def __init__(self, patterns: Sequence[Pattern], *, syntax: str, singles: frozenset[str]) -> None:
        self.syntax = syntax
        self.start = State("", ())
        self._patterns = patterns
        self._singles = singles
        self._standing: dict[str, set[int]] = {}
        for number, pattern in enumerate(patterns):
            for name in pattern.names:
                self._standing.setdefault(name, set()).add(number)
        self._anywhere: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
        self._known = 0
        self._lock = threading.Lock()

    def step(self, state: State, tag: str) -> State:
        """Return the state that an element leads to; it is kept, unless there are too many paths.

        Invoices have a few hundred; a hostile file may have one an element.
        """
        with self._lock:
            known = state.next.get(tag)
            if known is not None:
                return known
            made = self._state(state, short_name(tag))
            if self._known < MAX_STATES:
                self._known += 1
                state.next[tag] = made
            return made

    def _state(self, parent: State, name: str) -> State:
        state = State(name, (*parent.path, name))
        context = self._context(state)
        hanging = [b.kids[name] for b in parent.below if name in b.kids]
        below = (*hanging, context.below)
        state.below = tuple(b for b in below if b.kids)
        state.forbidden = (
            *(r for b in hanging for r in b.forbidden),
            *context.forbidden,
            *(r for end, r in self._anywhere.get(name, ()) if state.path[-len(end) :] == end),
        )
        state.attributes = self._attributes(state, below)
        state.values = _passes(below)
        state.attribute_values = _of_attributes(below)
        state.repeated = tuple(Suspicion(b.depth, r) for b in hanging for r in b.repeated)
        state.needs, state.needing = frozenset(context.needs), tuple(context.needing)
        state.rules = tuple(context.checks)
        state.single = name in self._singles
        state.is_watched = bool(
            state.forbidden
            or state.attributes
            or state.values
            or state.attribute_values
            or state.needing
            or state.rules
            or state.choices
        )
        return state

    def _context(self, state: State) -> Context:
        """Return the context of a path whatever its values; contexts that depend on values become choices."""
        rules: list[Rule] = []
        choices = []
        name = state.name
        for number in sorted(self._standing.get(name, set()) | self._standing.get("*", set())):
            chain = self._patterns[number].candidates(state.path)
            if chain and not chain[0].when:
                rules += chain[0].rules()
            elif chain:
                choices.append(Choice(chain))
        state.choices = tuple(choices)
        context = context_of(merged(rules))
        for path, rule in context.anywhere:
            self._anywhere.setdefault(path[-1], []).append((path, rule))
        return context

    def _attributes(self, state: State, below: Iterable[Branch]) -> Mapping[str, tuple[Rule, ...]]:
        """Return the attributes forbidden on the elements of a path."""
        found = [
            (name[1:], rule)
            for branch in below
            for name, kid in branch.kids.items()
            if kid.is_attribute
            for rule in kid.forbidden
        ]
        ends = [(path, r) for name, kept in self._anywhere.items() if name[0] == "@" for path, r in kept]
        found += [
            (p[-1][1:], r)
            for p, r in ends
            if _ends_with(state.path, p[:-1], excepted=str(r.fact.parameters.get("excepted", "")))
        ]
        forbidden: dict[str, tuple[Rule, ...]] = {}
        for name, rule in found:
            forbidden[name] = (*forbidden.get(name, ()), rule)
        return forbidden


def _passes(branches: Iterable[Branch]) -> tuple[Passes, ...]:
    """Return the quick tests that hang on values, those that several rules share once."""
    tests: dict[Test, list[Suspicion]] = {}
    for branch in branches:
        for test, rule in branch.values:
            tests.setdefault(test, []).append(Suspicion(branch.depth - branch.is_attribute, rule))
    return tuple(Passes(test, tuple(hanging)) for test, hanging in tests.items())


def _of_attributes(below: Iterable[Branch]) -> Mapping[str, tuple[Passes, ...]]:
    kids: dict[str, list[Branch]] = {}
    for branch in below:
        for name, kid in branch.kids.items():
            if kid.is_attribute and kid.values:
                kids.setdefault(name[1:], []).append(kid)
    return {name: _passes(branches) for name, branches in kids.items()}


def _ends_with(path: tuple[str, ...], end: tuple[str, ...], *, excepted: str) -> bool:
    return path[len(path) - len(end) :] == end and path[-1] != excepted
