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
_ATTRIBUTE: Final = re.compile(r"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_BLANKS: Final = str.maketrans("\n\t", "  ")
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

    def stop_keeping(self, group: Group) -> None:
        """Judge the tasks of a group in every block from now on."""
        self.groups = tuple(other for other in self.groups if other is not group)
        self.always = (*self.always, *group.tasks)


class Gap(NamedTuple):
    """Where the lines stood in a head: below the element of number `holder`, on its `depth`.

    `before` is how many elements precede them, `siblings` how many of those are their siblings.
    """

    holder: int = 0
    depth: int = 0
    before: int = 0
    siblings: int = 0


class Layout:
    """The elements of a skeleton, in the order of the file.

    `gap` is where the lines stood, `namespaces` what prefixes stand for there. `named` gives the elements
    that rules look up anywhere, `codes` picks the values that belong to the key of a plan. A layout that is
    not `is_sound` was misread, as its text was not written as a serialiser writes.
    """

    def __init__(self, reader: Reader, *, is_line: bool) -> None:
        protos = reader.protos
        self.protos: Sequence[Proto] = protos
        self.is_line = is_line
        self.is_sound = reader.is_sound
        self.gap = reader.gap
        self.namespaces = tuple(reader.namespaces.items())
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
        self.protos: list[Proto] = []
        self.is_sound = True
        self.gap = Gap()
        self.namespaces = namespaces
        self._grammar = grammar
        self._children: list[int] = []
        self._open: list[tuple[int, State, Namespaces]] = []
        self._start = start
        self._slots = 0

    def line(self, name: str, skeleton: str) -> Layout:
        """Return the layout of a line: its element has no attributes, the skeleton is what it holds."""
        state = self._grammar.step(self._start, name)
        self._add(Proto(0, -1, 0, state, _NO_ATTRIBUTES, GROUP, ""))
        self._open.append((0, state, self.namespaces))
        self._read(skeleton)
        return Layout(self, is_line=True)

    def head(self, line: str, skeleton: str) -> Layout:
        """Return the layout of a head, or of a whole file; `line` is the full name of the lines' element."""
        self._read(skeleton)
        if self.gap.depth:
            holder = self.gap.holder
            name = self._grammar.step(self.protos[holder].state, line).name
            beside = {p.state.name for p in self.protos if p.up == holder}
            self.is_sound = self.is_sound and name not in beside
        return Layout(self, is_line=False)

    def _read(self, skeleton: str) -> None:
        """Read all tags; stop where the text proves to be misread or cut amiss, as it may not be balanced."""
        around = len(self._open)
        for closing, tag, attributes, empty, text in _TAG.findall(skeleton):
            if not closing:
                self._begin(tag, attributes)
            if closing or empty:
                self.is_sound = self.is_sound and len(self._open) > around
            if not self.is_sound:
                return
            if closing or empty:
                self._end(self._open.pop()[0])
            if text:
                self._text(text, leads=not closing and not empty)
        self.is_sound = self.is_sound and len(self._open) == around

    def _begin(self, tag: str, written: str) -> None:
        up, state, namespaces = self._open[-1] if self._open else (-1, self._start, self.namespaces)
        attributes, namespaces = self._attributes(written, namespaces)
        prefix, _, local = tag.rpartition(":")
        uri = namespaces.get(prefix or None)
        state = self._grammar.step(state, f"{{{uri}}}{local}" if uri else local)
        place = 0
        if up >= 0:
            place = self._children[up]
            self._children[up] += 1
        number = len(self.protos)
        self._add(Proto(number, up, place, state, attributes, GROUP, ""))
        self._open.append((number, state, namespaces))

    def _add(self, proto: Proto) -> None:
        self.protos.append(proto)
        self._children.append(0)

    def _text(self, text: str, *, leads: bool) -> None:
        if LINES in text and self._open:
            self._leave_gap()
        if leads:
            number = self._open[-1][0]
            coded = self.protos[number].state.is_coded
            slot = (CODED - self._slots if coded else self._slots) if text == SLOT else LITERAL
            literal = "" if text == SLOT else decoded(text)
            self.protos[number] = self.protos[number]._replace(slot=slot, literal=literal)
        if SLOT in text:
            self._slots += 1
            self.is_sound = self.is_sound and text == SLOT

    def _leave_gap(self) -> None:
        number, state, namespaces = self._open[-1]
        self.gap = Gap(number, state.depth, len(self.protos), self._children[number])
        self.namespaces = namespaces
        self.is_sound = self.is_sound and namespaces == self._open[0][2]

    def _end(self, number: int) -> None:
        proto = self.protos[number]
        if self._children[number] or (self.gap.depth and number == self.gap.holder):
            self.protos[number] = proto._replace(slot=GROUP, literal="")
        elif proto.slot == GROUP:
            self.protos[number] = proto._replace(slot=LITERAL)

    def _attributes(self, written: str, namespaces: Namespaces) -> tuple[Mapping[str, str], Namespaces]:
        if not written.strip():
            return _NO_ATTRIBUTES, namespaces
        found: dict[str, str] = {}
        for name, double, single in _ATTRIBUTE.findall(written):
            value = decoded((double or single).translate(_BLANKS))
            if name == "xmlns" or name.startswith("xmlns:"):
                namespaces = {**namespaces, (name[6:] or None): value}
            else:
                found[name] = value
        if _ATTRIBUTE.sub("", written).strip():
            self.is_sound = False
        return found, namespaces
