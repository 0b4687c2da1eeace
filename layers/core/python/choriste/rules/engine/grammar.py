"""The automaton of paths: what the nodes of a path meet, found out once a path and kept with the rules.

A facts file holds patterns (`patterns`), whose contexts say where they stand and list their rules.
`conditions` judges conditions on values, `kinds` turns the facts of a rule into a check, `watches` says when
that check can be left out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from choriste.rules.engine.choices import Choice, Selection, merged
from choriste.rules.engine.conditions import Value, guard_of_place, is_readable, selector_of
from choriste.rules.engine.contexts import Anywhere, context_of, watch_under
from choriste.rules.engine.facts import short_name
from choriste.rules.engine.paths import Path
from choriste.rules.engine.patterns import Pattern
from choriste.rules.engine.rule import (
    Among,
    Branch,
    Context,
    Gate,
    Passes,
    Place,
    Reading,
    Rule,
    Suspicion,
    Test,
)

MAX_STATES: Final = 5_000
_NOWHERE: Final = Anywhere()


class State(Path):
    """A path from the root, with what its nodes meet.

    `forbidden` rules are broken by each of its nodes, those of `attributes` by an attribute. `values` are
    quick tests of the value, `given` is what to judge where there is a node of the path, `repeated` where a
    parent has a second one. `needing` is what to judge where a child is not there, by its name. `rules` are
    judged on each node, `gated` ones where their gate is open, those of
    `among` where their value is, and one context of each of `choices` and of those
    that `selections` find worth a look.
    `single`: the element stands at most once in a parent.
    """

    __slots__ = (
        "among",
        "anywhere",
        "attribute_values",
        "attributes",
        "below",
        "choices",
        "forbidden",
        "gated",
        "given",
        "is_asked",
        "is_watched",
        "needing",
        "repeated",
        "rules",
        "selections",
        "single",
        "values",
    )

    def __init__(self, name: str, up: State | None = None) -> None:
        super().__init__(name, up)
        self.below: tuple[Branch, ...] = ()
        self.anywhere = _NOWHERE
        self.attributes: Mapping[str, tuple[Rule, ...]] = {}
        self.forbidden: tuple[Rule, ...] = ()
        self.values: tuple[Passes, ...] = ()
        self.attribute_values: Mapping[str, tuple[Passes, ...]] = {}
        self.given: tuple[Suspicion, ...] = ()
        self.repeated: tuple[Suspicion, ...] = ()
        self.needing: Mapping[str, tuple[Suspicion, ...]] = {}
        self.rules: tuple[Rule, ...] = ()
        self.among: tuple[tuple[Reading, Mapping[str, Sequence[Rule]]], ...] = ()
        self.gated: tuple[tuple[Gate, tuple[Rule, ...]], ...] = ()
        self.choices: tuple[Choice, ...] = ()
        self.selections: tuple[Selection, ...] = ()
        self.single = False
        self.is_asked = False
        self.is_watched = False


class Grammar:
    """The automaton of some rule sets for one syntax. Safe to share between threads."""

    def __init__(self, patterns: Sequence[Pattern], *, syntax: str, singles: frozenset[str]) -> None:
        self.syntax = syntax
        self.start = State("")
        self._patterns = patterns
        self._singles = singles
        self._standing: dict[str, set[int]] = {}
        for number, pattern in enumerate(patterns):
            for name in pattern.names:
                self._standing.setdefault(name, set()).add(number)
        self._known = 0
        self.named: dict[str, list[State]] = {}
        self._lock = threading.Lock()

    def step(self, state: State, tag: str, strangers: dict[tuple[Path, str], State]) -> State:
        """Return the state that an element leads to; it is kept, unless there are too many paths.

        Invoices have a few hundred; a hostile file may have one an element: the rest go to its `strangers`.
        """
        name = short_name(tag)
        with self._lock:
            if (state, name) in strangers:
                return strangers[state, name]
            known: State | None = state.children.get(name)
            if known is None:
                known = self._state(state, name)
                if self._known >= MAX_STATES:
                    strangers[state, name] = known
                    return known
                self._known += 1
                state.children[name] = known
                self.named.setdefault(name, []).append(known)
            state.next[tag] = known
            return known

    def _state(self, parent: State, name: str) -> State:
        state = State(name, parent)
        context = self._context(state)
        hanging = [b.kids[name] for b in parent.below if name in b.kids]
        below = (*hanging, context.below)
        state.below = tuple(b for b in below if b.kids)
        state.anywhere = parent.anywhere.with_paths(context.anywhere)
        state.forbidden = (
            *(r for b in hanging for r in b.forbidden),
            *context.forbidden,
            *state.anywhere.elements_at(state.path),
        )
        state.attributes = _forbidden_attributes(state, below)
        state.values = _passes(below)
        state.attribute_values = _of_attributes(below)
        state.given = tuple(Suspicion(b.depth, r) for b in hanging for r in b.given)
        state.repeated = tuple(Suspicion(b.depth, r) for b in hanging for r in b.repeated)
        state.needing = _needing(below)
        state.rules = tuple(rule for rule in context.checks if rule.gate is None)
        _by_gate(state, context.checks)
        state.single = name in self._singles
        state.is_watched = any((state.values, state.attribute_values, state.needing))
        asked = (state.forbidden, state.given, state.rules, state.gated, state.among)
        state.is_asked = any((*asked, state.choices, state.selections))
        return state

    def _context(self, state: State) -> Context:
        """Return the context of a path whatever its values; contexts that depend on values become choices.

        Where a context stands alone in its pattern, those of its rules that can be watched are watched all
        the same: whether it stands on a node is only asked where something is unusual.
        """
        rules: list[Rule] = []
        conditional: dict[str, list[Place]] = {}
        choices = []
        name = state.name
        for number in sorted(self._standing.get(name, set()) | self._standing.get("*", set())):
            chain = self._patterns[number].candidates(state.path)
            if not chain:
                continue
            if not chain[0].when:
                rules += chain[0].rules()
            elif len(chain) == 1 and _is_seldom_asked(chain[0].when):
                conditional.setdefault(repr(chain[0].when), []).append(chain[0])
            else:
                choices.append(Choice(chain))
        watched: list[Rule] = []
        for places in conditional.values():
            when = places[0].when
            asked = []
            for rule in merged(rule for place in places for rule in place.rules()):
                watch = watch_under(when, rule)
                if watch is None:
                    asked.append(rule)
                else:
                    watched.append(rule.under(guard_of_place(when), watch))
            if asked:
                choices.append(Choice.of_rules(asked, places[0]))
        _choose(state, choices)
        return context_of([*merged(rules), *watched])


def _is_seldom_asked(when: Sequence[tuple[int, Sequence[Any]]]) -> bool:
    """Whether conditions may be left until something is unusual: all but those that tell values apart."""
    selector = selector_of(when)
    return is_readable(when) and (selector is None or selector[0][1] is not None)


def _choose(state: State, choices: Iterable[Choice]) -> None:
    by_selector: dict[Value | None, list[Choice]] = {}
    for choice in choices:
        by_selector.setdefault(choice.selector, []).append(choice)
    state.choices = tuple(by_selector.pop(None, ()))
    state.selections = tuple(Selection(value, found) for value, found in by_selector.items() if value)


def _by_gate(state: State, rules: Iterable[Rule]) -> None:
    gated: dict[Gate, list[Rule]] = {}
    among: dict[Reading, dict[str, list[Rule]]] = {}
    for rule in rules:
        if isinstance(rule.gate, Among):
            among.setdefault(rule.gate.read, {}).setdefault(rule.gate.value, []).append(rule)
        elif rule.gate is not None:
            gated.setdefault(rule.gate, []).append(rule)
    state.gated = tuple((gate, tuple(behind)) for gate, behind in gated.items())
    state.among = tuple(among.items())


def _forbidden_attributes(state: State, below: Iterable[Branch]) -> Mapping[str, tuple[Rule, ...]]:
    """Return the attributes forbidden on the elements of a path; most paths share the mapping of all."""
    found = [
        (name[1:], rule)
        for branch in below
        for name, kid in branch.kids.items()
        if kid.is_attribute
        for rule in kid.forbidden
    ]
    found += state.anywhere.attributes_at(state.path)
    if not found:
        return state.anywhere.attributes
    forbidden = dict(state.anywhere.attributes)
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


def _needing(branches: Iterable[Branch]) -> Mapping[str, tuple[Suspicion, ...]]:
    needing: dict[str, tuple[Suspicion, ...]] = {}
    for branch in branches:
        for name, rule in branch.needs:
            needing[name] = (*needing.get(name, ()), Suspicion(branch.depth, rule))
    return needing


def _of_attributes(below: Iterable[Branch]) -> Mapping[str, tuple[Passes, ...]]:
    kids: dict[str, list[Branch]] = {}
    for branch in below:
        for name, kid in branch.kids.items():
            if kid.is_attribute and kid.values:
                kids.setdefault(name[1:], []).append(kid)
    return {name: _passes(branches) for name, branches in kids.items()}
