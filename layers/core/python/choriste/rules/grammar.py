"""From the facts files to an automaton of paths: which rules an element meets, found once a path.

A facts file holds patterns; a pattern is a list of contexts in order; a context says where it stands (paths,
with conditions on values) and lists its rules. As in Schematron, a node meets only the first context of a
pattern that fits it: rules further down are shadowed. `choriste.rules.conditions` judges conditions on
values, `choriste.rules.kinds` turns the facts of a rule into a check.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from choriste.rules.choices import Choice, CodedNames, merged, split_rules
from choriste.rules.conditions import settle
from choriste.rules.rule import Branch, Broken, Context, Place, Rule
from choriste.rules.tree import Shape, short_name

if TYPE_CHECKING:
    from choriste.rules.tree import Document, Node

MAX_STATES: Final = 20_000
MAX_SHAPES: Final = 50_000
MAX_PARTS: Final = 200
MAX_CODES: Final = 1_000


class State:
    """A path from the root, with what its nodes meet."""

    __slots__ = (
        "attributes",
        "below",
        "by_shape",
        "by_value",
        "choices",
        "coded",
        "depth",
        "forbidden",
        "insists",
        "is_attributed",
        "is_coded",
        "name",
        "next",
        "path",
        "registered",
        "shape_blank",
        "shape_filled",
        "single",
        "watched",
    )

    def __init__(self, name: str, path: tuple[str, ...]) -> None:
        self.name = name
        self.path = path
        self.depth = len(path)
        self.next: dict[Any, State] = {}
        self.forbidden: tuple[Rule, ...] = ()
        self.by_shape: tuple[Rule, ...] = ()
        self.by_value: tuple[Rule, ...] = ()
        self.choices: tuple[Choice, ...] = ()
        self.attributes: Mapping[str, tuple[Rule, ...]] = {}
        self.below: tuple[Branch, ...] = ()
        self.registered = False
        self.single = False
        self.watched = False
        self.insists = False
        self.is_coded = False
        self.is_attributed = False
        self.coded: dict[object, Shape] = {}
        self.shape_blank = Shape()
        self.shape_filled = Shape()

    def coded_shape(self, key: object) -> Shape:
        """Return the shape of a coded value, or of one whose attributes matter: one for each."""
        shape = Shape()
        if len(self.coded) < MAX_CODES:
            self.coded[key] = shape
        return shape


class Pattern:
    """The contexts of one pattern, indexed by the name of the element that they can stand on."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._by_name: dict[str, list[Place]] = {}
        self._wild: list[Place] = []
        for place in places:
            last = place.names[-1]
            if last.startswith("*"):
                self._wild.append(place)
            else:
                self._by_name.setdefault(last, []).append(place)

    def may_stand_on(self, name: str) -> bool:
        """Whether some place of the pattern ends in this name or in a wild card."""
        return name in self._by_name or bool(self._wild)

    def candidates(self, path: tuple[str, ...]) -> list[Place]:
        """Return the places that fit a path, in order, up to the first without a condition on values.

        Conditions that the path alone decides (its names, its ancestors) are settled here and taken out.
        """
        found = [p for p in self._by_name.get(path[-1], ()) if _fits(p, path)]
        found += [p for p in self._wild if _fits(p, path)]
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


def _fits(place: Place, path: tuple[str, ...]) -> bool:
    names = place.names
    if len(names) > len(path) or (place.rooted and len(names) != len(path)):
        return False
    return all(_same(w, n) for w, n in zip(reversed(names), reversed(path), strict=False))


def _same(wanted: str, name: str) -> bool:
    if wanted[:1] != "*":
        return wanted == name
    return name.rpartition("}")[2].rpartition(":")[2].endswith(wanted[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSets:
    """Names that the walk treats apart: looked up anywhere, at most once in a parent, coded; attributes."""

    registered: frozenset[str]
    singles: frozenset[str]
    coded: CodedNames
    common_attributes: frozenset[str]


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
        self.coded = names.coded
        self._shapes: dict[tuple[object, ...], Shape] = {}
        self.patterns = patterns
        self.registered = names.registered
        self.singles = names.singles
        self.common_attributes = names.common_attributes
        self.start = State("", ())
        self._anywhere: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
        self._known = 0
        self._lock = threading.Lock()

    def resolve(self, state: State, tag: str) -> State:
        """Return the state that an element leads to; kept, unless a hostile file makes too many paths."""
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
        for pattern in self.patterns:
            chain = pattern.candidates(state.path) if pattern.may_stand_on(name) else ()
            if chain and not chain[0].when:
                context = chain[0].context()
                always += context.checks
                below.append(context.below)
                forbidden += context.forbidden
                self._add_anywhere(context)
            elif chain:
                choices.append(Choice(chain, state.path, self.coded))
        forbidden += [r for end, r in self._anywhere.get(name, ()) if state.path[-len(end) :] == end]
        state.below = tuple(below)
        state.forbidden, state.choices = tuple(forbidden), tuple(choices)
        state.attributes, common = self._attributes(state, below)
        state.is_coded = self.coded.holds(state.path)
        state.is_attributed = self.coded.attributed(state.path)
        state.by_shape, state.by_value = split_rules((*merged(always), *common), self.coded, state.path)
        state.registered = name in self.registered
        state.single = name in self.singles
        state.watched = bool(forbidden or always or common or choices)
        state.insists = bool(forbidden) or not all(choice.structural for choice in choices)
        return state

    def shape_of(self, parts: tuple[object, ...]) -> Shape:
        """Return the shape of a group: its state, then the shapes of its children in order."""
        shape = self._shapes.get(parts)
        if shape is None:
            shape = Shape()
            if len(parts) <= MAX_PARTS and len(self._shapes) < MAX_SHAPES:
                self._shapes[parts] = shape
        return shape

    def _add_anywhere(self, context: Context) -> None:
        for path, rule in context.anywhere:
            self._anywhere.setdefault(path[-1], []).append((path, rule))

    def _attributes(
        self, state: State, below: Iterable[Branch]
    ) -> tuple[Mapping[str, tuple[Rule, ...]], list[Rule]]:
        """Share the attributes forbidden here into rare ones, searched for at the end, and common ones."""
        found = [
            (name[1:], r) for b in below for name, kid in b.kids.items() if name[0] == "@" for r in kid.rules
        ]
        ends = [(path, r) for name, kept in self._anywhere.items() if name[0] == "@" for path, r in kept]
        found += [(p[-1][1:], r) for p, r in ends if _ends_with(state.path, p[:-1], excepted=r.facts[1:])]
        rare: dict[str, tuple[Rule, ...]] = {}
        for name, rule in found:
            if name not in self.common_attributes:
                rare[name] = (*rare.get(name, ()), rule)
        common = [(name, rule) for name, rule in found if name in self.common_attributes]
        shaped = self.coded.attributed(state.path)
        return rare, [_of_attribute(rule, name, structural=shaped) for name, rule in common]


def _ends_with(path: tuple[str, ...], end: tuple[str, ...], *, excepted: Sequence[str]) -> bool:
    return path[len(path) - len(end) :] == end and path[-1] not in excepted


def _of_attribute(rule: Rule, attribute: str, *, structural: bool) -> Rule:
    def check(node: Node, _: Document) -> Broken | None:
        return None if node.element.get(attribute) is None else Broken(found=node.element.get(attribute))

    return replace(rule, check=check, structural=structural)
