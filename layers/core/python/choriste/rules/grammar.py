"""From the facts files to an automaton of paths: which rules an element meets, found once a path.

A facts file holds patterns; a pattern is a list of contexts in order; a context says where it stands (paths,
with conditions on values) and lists its rules. As in Schematron, a node meets only the first context of a
pattern that fits it: rules further down are shadowed. `choriste.rules.conditions` judges conditions on
values, `choriste.rules.kinds` turns the facts of a rule into a check.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from choriste.rules.choices import Choice, merged
from choriste.rules.conditions import settle
from choriste.rules.facts import short_name
from choriste.rules.rule import Branch, Context, Place, Rule

if TYPE_CHECKING:
    from choriste.rules.layouts import Layout

MAX_STATES: Final = 20_000
MAX_LAYOUTS: Final = 1_000
MAX_KEPT: Final = 2_000


class State:
    """A path from the root, with what its nodes meet."""

    __slots__ = (
        "attributes",
        "below",
        "choices",
        "depth",
        "forbidden",
        "is_coded",
        "name",
        "next",
        "path",
        "registered",
        "rules",
        "single",
        "watched",
    )

    def __init__(self, name: str, path: tuple[str, ...]) -> None:
        self.name = name
        self.path = path
        self.depth = len(path)
        self.next: dict[Any, State] = {}
        self.forbidden: tuple[Rule, ...] = ()
        self.rules: tuple[Rule, ...] = ()
        self.choices: tuple[Choice, ...] = ()
        self.attributes: Mapping[str, tuple[Rule, ...]] = {}
        self.below: tuple[Branch, ...] = ()
        self.registered = False
        self.single = False
        self.watched = False
        self.is_coded = False


Standing = tuple[int, str, Sequence[tuple[int, Sequence[Any]]], Callable[[], Context]]
"""Where a context stands, as its facts say: its order in the pattern, a path, conditions; and the context."""


class Pattern:
    """The contexts of one pattern, indexed by the name of the element that they can stand on."""

    def __init__(self, standings: Iterable[Standing]) -> None:
        self._standings: dict[str, list[Standing]] = {}
        self._places: dict[str, list[Place]] = {}
        for standing in standings:
            last = standing[1].rpartition("/")[2]
            self._standings.setdefault("*" if last[0] == "*" else last, []).append(standing)

    @property
    def names(self) -> Iterable[str]:
        """The names that places end in; `*` where one ends in a wild card."""
        return (*self._standings, *self._places)

    def _ending(self, name: str) -> Sequence[Place]:
        standings = self._standings.pop(name, None)
        if standings is not None:
            self._places[name] = [_place(*standing) for standing in standings]
        return self._places.get(name, ())

    def candidates(self, path: tuple[str, ...]) -> list[Place]:
        """Return the places that fit a path, in order, up to the first without a condition on values.

        Conditions that the path alone decides (its names, its ancestors) are settled here and taken out.
        """
        last = path[-1]
        found = [p for p in self._ending(last) if _fits(p, path)]
        found += [p for p in self._ending("*") if last.endswith(p.names[-1][1:]) and _fits(p, path)]
        found.sort(key=lambda place: place.order)
        fitting = []
        for place in found:
            verdicts = [settle(condition, path[: len(path) - up]) for up, condition in place.when]
            if False in verdicts:
                continue
            open_ones = [w for w, verdict in zip(place.when, verdicts, strict=True) if verdict is None]
            fitting.append(place._replace(when=tuple(open_ones)))
            if not open_ones:
                break
        return fitting


def _place(
    order: int, path: str, when: Sequence[tuple[int, Sequence[Any]]], context: Callable[[], Context]
) -> Place:
    rooted = path.startswith("/") and not path.startswith("//")
    names = tuple(path.strip("/").split("/"))
    return Place(order, names, rooted, "*" in path, tuple((up, test) for up, test in when), context)


def _fits(place: Place, path: tuple[str, ...]) -> bool:
    names = place.names
    if len(names) > len(path) or (place.rooted and len(names) != len(path)):
        return False
    if names == path[-len(names) :]:
        return True
    return place.is_wild and all(_same(w, n) for w, n in zip(reversed(names), reversed(path), strict=False))


def _same(wanted: str, name: str) -> bool:
    if wanted[:1] != "*":
        return wanted == name
    return name.rpartition("}")[2].rpartition(":")[2].endswith(wanted[1:])


class NameSets(NamedTuple):
    """Names with a part of their own: looked up anywhere, at most once in a parent, of coded values."""

    registered: frozenset[str]
    singles: frozenset[str]
    coded: frozenset[str]


class Grammar:
    """The automaton of some rule sets for one syntax. Safe to share between threads."""

    def __init__(
        self,
        patterns: Sequence[Pattern],
        *,
        syntax: str,
        names: NameSets,
    ) -> None:
        self.syntax = syntax
        self._patterns = patterns
        self._standing: dict[str, set[int]] = {}
        for number, pattern in enumerate(patterns):
            for name in pattern.names:
                self._standing.setdefault(name, set()).add(number)
        self._names = names
        self._layouts: dict[object, Layout] = {}
        self.start = State("", ())
        self._anywhere: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
        self._known = 0
        self._lock = threading.Lock()

    def step(self, state: State, tag: str) -> State:
        """Return the state that an element leads to."""
        return state.next.get(tag) or self._resolve(state, tag)

    def _resolve(self, state: State, tag: str) -> State:
        """Find a state; it is kept, unless a hostile file makes too many paths."""
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
        forbidden = [r for b in parent.below if name in b.kids for r in b.kids[name].rules]
        below = [b.kids[name] for b in parent.below if name in b.kids]
        always: list[Rule] = []
        choices = []
        for number in sorted(self._standing.get(name, set()) | self._standing.get("*", set())):
            chain = self._patterns[number].candidates(state.path)
            if chain and not chain[0].when:
                context = chain[0].context()
                always += context.checks
                below.append(context.below)
                forbidden += context.forbidden
                self._add_anywhere(context)
            elif chain:
                choices.append(Choice(chain))
        forbidden += [r for end, r in self._anywhere.get(name, ()) if state.path[-len(end) :] == end]
        state.below = tuple(below)
        state.forbidden, state.choices = tuple(forbidden), tuple(choices)
        state.attributes = self._attributes(state, below)
        state.rules = tuple(merged(always))
        state.is_coded = name in self._names.coded or "/".join(state.path[-2:]) in self._names.coded
        state.registered = name in self._names.registered
        state.single = name in self._names.singles
        state.watched = bool(always or choices)
        return state

    def layout(self, key: object, make: Callable[[], Layout]) -> Layout:
        """Return the layout of a key, made where there is none yet; some are kept for later documents."""
        known = self._layouts.get(key)
        if known is not None:
            return known
        layout = make()
        if len(layout.protos) <= MAX_KEPT:
            if len(self._layouts) >= MAX_LAYOUTS:
                self._layouts.clear()
            self._layouts[key] = layout
        return layout

    def _add_anywhere(self, context: Context) -> None:
        for path, rule in context.anywhere:
            self._anywhere.setdefault(path[-1], []).append((path, rule))

    def _attributes(self, state: State, below: Iterable[Branch]) -> Mapping[str, tuple[Rule, ...]]:
        """Return the attributes forbidden on the elements of a path."""
        found = [
            (name[1:], r) for b in below for name, kid in b.kids.items() if name[0] == "@" for r in kid.rules
        ]
        ends = [(path, r) for name, kept in self._anywhere.items() if name[0] == "@" for path, r in kept]
        found += [(p[-1][1:], r) for p, r in ends if _ends_with(state.path, p[:-1], excepted=r.facts[1:])]
        forbidden: dict[str, tuple[Rule, ...]] = {}
        for name, rule in found:
            forbidden[name] = (*forbidden.get(name, ()), rule)
        return forbidden


def _ends_with(path: tuple[str, ...], end: tuple[str, ...], *, excepted: Sequence[str]) -> bool:
    return path[len(path) - len(end) :] == end and path[-1] not in excepted
