"""The layout of a head or of a line: the elements of a skeleton, with the rules that they meet.

Made once a skeleton, from its text, and kept for the pieces of later documents that have the same one. A
`Plan` belongs to a layout with the codes and rates that stand in it: what is left to judge there, value by
value, after the first look (`choriste.rules.judging`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from choriste.rules.cutting import LINES, SLOT, decoded
from choriste.rules.tree import CODED, GROUP, LITERAL, Block

if TYPE_CHECKING:
    from choriste.rules.grammar import Grammar, State
    from choriste.rules.judging import Group, Task
    from choriste.rules.rule import Broken, Rule

MAX_SPARE: Final = 64
MAX_PLANS: Final = 500
_TAG: Final = re.compile(r"<(/?)([^\s<>/]+)([^<>]*?)(/?)>([^<]*+)")
_ATTRIBUTE: Final = re.compile(r"([^\s=]+)=(?:\"([^\"]*)\"|'([^']*)')")
_NO_ATTRIBUTES: Final[Mapping[str, str]] = {}
Namespaces = Mapping[str | None, str]
Pick = Callable[[Sequence[str]], object]


class Proto(NamedTuple):
    """An element of a layout: numbers of its own and of its parent, place among its parent's elements.

    `slot` is the number of its value, or `CODED` less that number for a code, which belongs to the plan;
    `LITERAL` where the value is part of the skeleton, `GROUP` where there are elements within.
    """

    number: int
    up: int
    place: int
    state: State
    attributes: Mapping[str, str]
    slot: int
    literal: str


def picker(slots: Sequence[int]) -> Pick:
    """Return the fastest way to take some values out of all."""
    return itemgetter(*slots) if slots else lambda _: None


class Plan:
    """What there is to judge in the blocks of a layout with given codes.

    `given` is broken by the layout itself. `groups` depend on values of the block, `outer` on the rest of
    the document, `always` on more than can be kept. `is_known` turns true after the first look. `settled`
    keeps what rules ask of blocks without looking at values (`Block.settled`); `outer_of`, in the plan of a
    head, what of the `outer` tasks of a line's plan is left to judge beside it.
    """

    __slots__ = ("always", "given", "groups", "is_known", "outer", "outer_of", "settled")

    def __init__(self) -> None:
        self.is_known = False
        self.given: tuple[tuple[int, Rule, Broken], ...] = ()
        self.groups: tuple[Group, ...] = ()
        self.outer: tuple[Task, ...] = ()
        self.always: tuple[Task, ...] = ()
        self.settled: dict[object, object] = {}
        self.outer_of: dict[Plan, tuple[Task, ...]] = {}


class Layout:
    """The elements of a skeleton, in the order of the file.

    `holder` is the number of the element that holds the lines, `lines_at` how many elements precede them,
    `lines_index` how many of those are their siblings. `named` gives the elements that rules look up
    anywhere, `codes` picks the values that belong to the key of a plan.
    """

    def __init__(self, protos: Sequence[Proto], *, is_line: bool, lines: tuple[int, int, int]) -> None:
        self.protos = protos
        self.is_line = is_line
        self.holder, self.lines_at, self.lines_index = lines
        self.named: dict[str, list[int]] = {}
        self.repeated: list[int] = []
        self.codes = picker(sorted(CODED - p.slot for p in protos if p.slot <= CODED))
        self.watched = [p.number for p in protos if p.state.watched]
        self.plans: dict[object, Plan] = {}
        self._spare: list[Block] = []
        self._read()

    def _read(self) -> None:
        seen: set[tuple[int, str]] = set()
        for proto in self.protos:
            state = proto.state
            if state.registered:
                self.named.setdefault(state.name, []).append(proto.number)
            if state.single and (proto.up, state.name) in seen:
                self.repeated.append(proto.number)
            seen.add((proto.up, state.name))

    def take(self) -> Block:
        """Return a block to fill with the values of a document."""
        try:
            return self._spare.pop()
        except IndexError:
            return Block(self)

    def take_back(self, block: Block) -> None:
        """Keep a block for another document, but for a few."""
        block.empty()
        if len(self._spare) < MAX_SPARE:
            self._spare.append(block)
        else:
            block.undo()

    def plan(self, key: object) -> Plan:
        """Return the plan of some codes, made where there is none yet."""
        plan = self.plans.get(key)
        if plan is None:
            if len(self.plans) >= MAX_PLANS:
                self.plans.clear()
            plan = self.plans[key] = Plan()
        return plan


class Reader:
    """Reads the layout of one skeleton."""

    def __init__(self, grammar: Grammar, start: State, namespaces: Namespaces) -> None:
        self._grammar = grammar
        self._protos: list[Proto] = []
        self._children: list[int] = []
        self._open: list[tuple[int, State, Namespaces]] = []
        self._start = start
        self._namespaces = namespaces
        self._slots = 0
        self._lines = (0, 0, 0)

    def line(self, name: str, skeleton: str) -> Layout:
        """Return the layout of a line: its element has no attributes, the skeleton is what it holds."""
        state = self._grammar.step(self._start, name)
        self._add(Proto(0, -1, 0, state, _NO_ATTRIBUTES, GROUP, ""))
        self._open.append((0, state, self._namespaces))
        self._read(skeleton)
        return Layout(self._protos, is_line=True, lines=self._lines)

    def head(self, skeleton: str) -> Layout:
        """Return the layout of a head, or of a whole file."""
        self._read(skeleton)
        return Layout(self._protos, is_line=False, lines=self._lines)

    def _read(self, skeleton: str) -> None:
        for closing, tag, attributes, empty, text in _TAG.findall(skeleton):
            if not closing:
                self._begin(tag, attributes)
            if closing or empty:
                self._end(self._open.pop()[0])
            if text:
                self._text(text, leads=not closing and not empty)

    def _begin(self, tag: str, written: str) -> None:
        up, state, namespaces = self._open[-1] if self._open else (-1, self._start, self._namespaces)
        attributes, namespaces = _attributes(written, namespaces)
        prefix, _, local = tag.rpartition(":")
        uri = namespaces.get(prefix or None)
        state = self._grammar.step(state, f"{{{uri}}}{local}" if uri else local)
        place = 0
        if up >= 0:
            place = self._children[up]
            self._children[up] += 1
        number = len(self._protos)
        self._add(Proto(number, up, place, state, attributes, GROUP, ""))
        self._open.append((number, state, namespaces))

    def _add(self, proto: Proto) -> None:
        self._protos.append(proto)
        self._children.append(0)

    def _text(self, text: str, *, leads: bool) -> None:
        if LINES in text and self._open:
            number = self._open[-1][0]
            self._lines = (number, len(self._protos), self._children[number])
        if leads:
            number = self._open[-1][0]
            coded = self._protos[number].state.is_coded
            slot = (CODED - self._slots if coded else self._slots) if text == SLOT else LITERAL
            literal = "" if text == SLOT else decoded(text)
            self._protos[number] = self._protos[number]._replace(slot=slot, literal=literal)
        self._slots += text.count(SLOT)

    def _end(self, number: int) -> None:
        proto = self._protos[number]
        if self._children[number] or number == self._lines[0]:
            self._protos[number] = proto._replace(slot=GROUP, literal="")
        elif proto.slot == GROUP:
            self._protos[number] = proto._replace(slot=LITERAL)


def _attributes(written: str, namespaces: Namespaces) -> tuple[Mapping[str, str], Namespaces]:
    if not written.strip():
        return _NO_ATTRIBUTES, namespaces
    found: dict[str, str] = {}
    for name, value, quoted in _ATTRIBUTE.findall(written):
        if name == "xmlns" or name.startswith("xmlns:"):
            namespaces = {**namespaces, (name[6:] or None): decoded(value or quoted)}
        else:
            found[name] = decoded(value or quoted)
    return found, namespaces
