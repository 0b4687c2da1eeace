"""From the facts files to an automaton of paths: which rules an element meets, found once a path.

A facts file holds patterns; a pattern is a list of contexts in order; a context says where it stands (paths,
with conditions on values) and lists its rules. As in Schematron, a node meets only the first context of a
pattern that fits it: rules further down are shadowed. `choriste.rules.conditions` judges conditions on
values, `choriste.rules.kinds` turns the facts of a rule into a check.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from choriste.rules.conditions import guard_of_place, selector_of, settle
from choriste.rules.paths import reader, split_path
from choriste.rules.tree import Shape, short_name

if TYPE_CHECKING:
    from choriste.rules.conditions import Guard
    from choriste.rules.tree import Document, Node

MAX_STATES: Final = 20_000
MAX_SHAPES: Final = 50_000
MAX_PARTS: Final = 200
MAX_CODES: Final = 1_000


class Broken(NamedTuple):
    """What a check found wrong: the node to point at (else the context), what stands there, what should.

    `words` fills the places of the rule's message; `arithmetic` texts need no translation.
    """

    node: Node | None = None
    found: str | None = None
    expected: str | None = None
    words: Mapping[str, str] | None = None


BROKEN: Final = Broken()
Check = Callable[["Node", "Document"], "Broken | None"]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule in one place: id, severity (`f` or `w`), kind with its facts, terms, and its check.

    A structural rule asks only for what a `Shape` holds. `also` names other rule sets that have the very
    same rule: it is judged once for all of them.
    """

    id: str
    severity: str
    kind: str
    facts: tuple[Any, ...]
    terms: tuple[str, ...]
    rule_set: str
    check: Check
    structural: bool = False
    also: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Branch:
    """A node of the tree of forbidden paths below a context; attributes are names that start with `@`."""

    rules: list[Rule] = field(default_factory=list)
    kids: dict[str, Branch] = field(default_factory=dict)

    def grow(self, path: Sequence[str]) -> Branch:
        """Return the branch of a path, made where it is not there yet."""
        branch = self
        for name in path:
            branch = branch.kids.setdefault(name, Branch())
        return branch


@dataclass(slots=True, eq=False)
class Context:
    """A place with its rules, all of which can be evaluated on the node.

    Where no condition on values decides, paths that must not exist are known in advance: then only
    `checks` are evaluated, `below` and `anywhere` hold the paths, `forbidden` concerns the node itself.
    """

    rules: tuple[Rule, ...]
    checks: tuple[Rule, ...] = ()
    below: Branch = field(default_factory=Branch)
    forbidden: tuple[Rule, ...] = ()
    anywhere: tuple[tuple[tuple[str, ...], Rule], ...] = ()


class Place(NamedTuple):
    """One alternative of a context: names from the root or from anywhere, conditions so many steps up."""

    order: int
    names: tuple[str, ...]
    rooted: bool
    when: tuple[tuple[int, Sequence[Any]], ...]
    context: Callable[[], Context]


class Step(NamedTuple):
    """One context of a choice: its guard, and its rules that a shape decides, and the others."""

    guard: Guard | None
    by_shape: tuple[Rule, ...]
    by_value: tuple[Rule, ...]


Chain = tuple[Step, ...]


class Choice:
    """The contexts of a pattern that may stand on a node, in order; the first whose guard holds counts.

    Where all of them test the same value (the VAT category …), that value selects those worth trying.
    `structural` tells that the shape of the node decides which one it is.
    """

    __slots__ = ("_by_value", "_chain", "_read", "_rest", "structural")

    def __init__(self, places: Sequence[Place], path: tuple[str, ...], coded: CodedNames) -> None:
        rules = [p.context().rules for p in places]
        guards = [guard_of_place(p.when) for p in places]
        self._chain: Chain = tuple(
            Step(g, *split_rules(r, coded, path)) for g, r in zip(guards, rules, strict=True)
        )
        self.structural = all(coded.decides(path, up, c) for p in places for up, c in p.when)
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


def split_rules(
    rules: Iterable[Rule], coded: CodedNames, path: tuple[str, ...]
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Share the rules of the nodes of a path into those that a shape decides and the others."""
    found = [(r.structural or _on_shape(r, coded, path), r) for r in rules]
    return tuple(r for shaped, r in found if shaped), tuple(r for shaped, r in found if not shaped)


def _on_shape(rule: Rule, coded: CodedNames, path: tuple[str, ...]) -> bool:
    """Whether the codes and attributes that belong to the shape decide a plain rule."""
    if rule.kind == "list":
        target = rule.facts[0]
        return coded.holds(path) if target == "." else target[0] == "@" and coded.attributed(path)
    if rule.kind not in {"any", "forbid"}:
        return False
    split = [split_path(p) for p in rule.facts[0] if ".." not in p and not p.startswith("/")]
    shown = all(attribute is None or coded.attributed((*path, *names)) for names, attribute in split)
    return shown and len(split) == len(rule.facts[0])


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules of a place, those that several rule sets have in common only once."""
    kept: dict[tuple[Any, ...], Rule] = {}
    for rule in rules:
        key = (rule.id, rule.severity, rule.check if rule.kind == "code" else repr((rule.kind, rule.facts)))
        known = kept.get(key)
        kept[key] = rule if known is None else replace(known, also=(*known.also, rule.rule_set))
    return list(kept.values())


class CodedNames:
    """Which values are codes or rates that come again and again, and so belong to the shape of a group.

    A name counts alone, or only in some parents, written `Parent/Name`.
    """

    def __init__(self, names: Iterable[str], *, attributed: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._attributed = frozenset(attributed)

    def attributed(self, path: tuple[str, ...]) -> bool:
        """Whether the attributes of the element at the end of a path belong to its shape."""
        return path[-1] in self._attributed

    def holds(self, path: tuple[str, ...]) -> bool:
        """Whether the value at the end of a path belongs to the shape."""
        return path[-1] in self._names or "/".join(path[-2:]) in self._names

    def decides(self, path: tuple[str, ...], up: int, condition: Sequence[Any]) -> bool:
        """Whether a shape decides a condition on the node of a path."""
        operator, *operands = condition
        if operator in {"and", "or", "not"}:
            return all(self.decides(path, up, inner) for inner in operands)
        if operator not in _ON_CODES:
            return False
        names, attribute = split_path(operands[0])
        plain = up == 0 and ".." not in names and not operands[0].startswith("/")
        if attribute is not None:
            return plain and operator in {"has", "eq", "ne"} and self.attributed((*path, *names))
        of_blanks = operator in {"norm", "unlike"} and operands[1] == ""
        return plain and (operator == "has" or of_blanks or self.holds((*path, *names)))


_ON_CODES: Final = frozenset({"has", "eq", "ne", "norm", "unlike", "vat", "VAT", "bool"})


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
            chain = pattern.candidates(state.path)
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
        state.by_shape, state.by_value = split_rules((*_merged(always), *common), self.coded, state.path)
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
