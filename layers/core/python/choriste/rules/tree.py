"""The light tree the rules look at: nodes by short name, made only where a rule asks for them.

A document is a head and its lines (`choriste.rules.cutting`), each a `Block` that follows a `Layout`
(`choriste.rules.layouts`). Whatever a rule reads of a value leaves a trace on the tape of its block: that is
how the engine knows what a verdict depends on, and need not ask again while those values stay the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar, cast

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from choriste.rules.grammar import Grammar, State
    from choriste.rules.layouts import Layout, Plan, Proto

_STRING: Final = etree.XPath("string()")
_FORM: Final = {ord(digit): "0" for digit in "123456789"}
_T = TypeVar("_T")
NOTHING: Final[dict[str, list[Node]]] = {}
LITERAL: Final = -1
GROUP: Final = -2
CODED: Final = -3
FORM: Final = 1 << 24
"""Added to the number of a value on a tape where only its form was read."""


def form_of(text: str) -> str:
    """Return a text with all digits alike: `125.50` and `999.99` have the form `000.00`."""
    return text.translate(_FORM)


def fold(text: str) -> str:
    """Normalise white space as XML does: space, tab and line ends only, never the no-break space."""
    if text.isascii():
        return " ".join(text.split())
    parts = text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ")
    return " ".join(part for part in parts if part)


class Node:
    """An element: its state (its path), its parent, its children by short name, its attributes, its value."""

    __slots__ = ("attributes", "block", "kids", "proto", "state", "up")
    kids: dict[str, list[Node]]
    up: Node | None

    def __init__(self, block: Block, proto: Proto, up: Node | None) -> None:
        self.block = block
        self.proto = proto
        self.state: State = proto.state
        self.attributes: Mapping[str, str] = proto.attributes
        self.up = up
        self.kids = {} if proto.slot == GROUP else NOTHING

    @property
    def raw(self) -> str:
        """The string value: all the text within but comments."""
        slot, block = self.proto.slot, self.block
        if slot >= 0:
            block.tape.append(slot)
            return block.values[slot]
        if slot <= CODED:
            return block.values[CODED - slot]
        if slot == LITERAL:
            return self.proto.literal
        block.tape.append(GROUP)
        return str(_STRING(self.element))

    @property
    def form(self) -> str:
        """The value with all digits alike, for rules that ask how many there are and not which."""
        slot, block = self.proto.slot, self.block
        if slot < 0:
            return form_of(self.raw)
        block.tape.append(slot + FORM)
        return form_of(block.values[slot])

    @property
    def is_filled(self) -> bool:
        """Whether the value holds more than white space."""
        slot = self.proto.slot
        return slot >= 0 or slot <= CODED or bool(self.raw.strip(" \t\r\n"))

    @property
    def text(self) -> str:
        """The string value with outer white space removed and inner white space folded."""
        raw = self.raw
        return raw if raw.isalnum() and raw.isascii() else fold(raw)

    @property
    def element(self) -> etree._Element:
        """The element of the parsed file."""
        return self.block.document.element_of(self)

    def get(self, attribute: str) -> str | None:
        """Return an attribute, or None."""
        return self.attributes.get(attribute)

    def first(self, name: str) -> Node | None:
        """Return the first child of a name, or None."""
        found = self.kids.get(name)
        return found[0] if found else None

    def find(self, path: Sequence[str]) -> list[Node]:
        """Return what a path of names leads to; `..` goes up, `*` to any child."""
        node = self
        for at, name in enumerate(path):
            if name == "..":
                up = node.up
                if up is None:
                    return []
                node = up
                continue
            found = node.kids.get(name)
            if found is None or len(found) > 1:
                return _follow(node, path[at:])
            node = found[0]
        return [node]

    def ancestors(self) -> Iterator[Node]:
        """Yield the parent, its parent, and so on up to the root."""
        node = self.up
        while node is not None:
            yield node
            node = node.up


class LineNode(Node):
    """The element of a line: its children are made when they are first asked for.

    To go up from it is to look outside of the line.
    """

    __slots__ = ("_kids",)

    def __init__(self, block: Block, proto: Proto) -> None:
        self.block = block
        self.proto = proto
        self.state = proto.state
        self.attributes = proto.attributes
        self._kids: dict[str, list[Node]] | None = None

    @property
    def up(self) -> Node | None:  # type: ignore[override]
        """The element that holds the lines."""
        self.block.document.is_left = True
        return self.block.document.holder

    @property
    def kids(self) -> dict[str, list[Node]]:  # type: ignore[override]
        """The children by short name."""
        if self._kids is None:
            self._kids = {}
            self.block.grow()
        return self._kids


def _follow(start: Node, path: Sequence[str]) -> list[Node]:
    nodes = [start]
    for name in path:
        nodes = [n for node in nodes for n in _step(node, name)]
        if not nodes:
            break
    return nodes


def _step(node: Node, name: str) -> Sequence[Node]:
    if name == "..":
        return (up,) if (up := node.up) is not None else ()
    if name == "*":
        return [kid for kids in node.kids.values() for kid in kids]
    return node.kids.get(name, ())


class Block:
    """The head of a document, or one of its lines: a layout with the values of this document.

    `nodes` follow the order of the file; those of a line are there once a rule asked for its children.
    `tape` takes the number of each value read, `found` keeps what paths led to (`Document.below`). Blocks are
    used again for the next document.
    """

    __slots__ = ("document", "found", "layout", "nodes", "number", "plan", "root", "tape", "values")
    document: Document
    plan: Plan
    tape: list[int]
    values: list[str]

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.number = 0
        self.found: dict[tuple[str, ...], tuple[Node, ...]] = {}
        proto = layout.protos[0]
        self.root: Node = LineNode(self, proto) if layout.is_line else Node(self, proto, None)
        self.nodes: list[Node] = [self.root]
        if not layout.is_line:
            self.grow()

    def grow(self) -> None:
        """Make the nodes below the root."""
        nodes = self.nodes
        for proto in self.layout.protos[1:]:
            up = nodes[proto.up]
            node = Node(self, proto, up)
            nodes.append(node)
            kids, name = up.kids, proto.state.name
            if name in kids:
                kids[name].append(node)
            else:
                kids[name] = [node]

    def empty(self) -> None:
        """Let go of the document and its values."""
        del self.document
        self.values = []
        self.tape = []

    def undo(self) -> None:
        """Take the nodes apart, so that they are freed at once and not by the cycle collector."""
        if len(self.nodes) > 1:
            for node in self.nodes:
                if node.proto.slot == GROUP:
                    node.kids.clear()
        self.nodes.clear()
        self.found.clear()
        del self.root

    def node(self, number: int) -> Node:
        """Return the node of a number."""
        if number >= len(self.nodes):
            _ = self.root.kids
        return self.nodes[number]

    def settled(self, make: Callable[[Node], _T]) -> _T:
        """Return what `make` reads of the root; kept for all blocks of the plan where no value counts in it.

        The result must name nodes by their numbers, as nodes belong to one document.
        """
        known = self.plan.settled.get(make)
        if known is None:
            before = len(self.tape)
            known = make(self.root)
            if len(self.tape) == before:
                self.plan.settled[make] = known
        return cast("_T", known)

    def raw(self, number: int) -> str:
        """Return the string value of the node of a number."""
        slot = self.layout.protos[number].slot
        if slot < 0:
            return self.node(number).raw
        self.tape.append(slot)
        return self.values[slot]

    def named(self, name: str) -> list[Node]:
        """Return the nodes of a registered name, in the order of the file."""
        return [self.node(number) for number in self.layout.named.get(name, ())]


class Document:
    """A file cut into blocks: its head, and its lines below the `holder` node of the head.

    `memo` keeps what several rules compute of the whole document (sums by VAT category and so on).
    `is_left` becomes true where a rule looks outside of the line it stands on. `line_tape` belongs to the
    line that is judged, `other_tape` to all other lines, `head_tape` to the head.
    """

    def __init__(self, element: etree._Element, grammar: Grammar, head: Block, lines: list[Block]) -> None:
        self.element = element
        self.grammar = grammar
        self.head = head
        self.lines = lines
        self.is_left = False
        self.head_tape: list[int] = []
        self.line_tape: list[int] = []
        self.other_tape: list[int] = []
        self.memo: dict[object, tuple[object, list[int], bool]] = {}
        self.holder: Node | None = head.nodes[head.layout.gap.holder] if lines else None
        self._children: dict[int, list[etree._Element]] = {}
        self._hold()

    def _hold(self) -> None:
        self.head.document, self.head.tape = self, self.head_tape
        tape = self.other_tape
        for number, block in enumerate(self.lines):
            block.document, block.tape, block.number = self, tape, number
        if self.holder is not None:
            self.holder.kids[self.lines[0].root.state.name] = [block.root for block in self.lines]

    @property
    def root(self) -> Node:
        """The root of the head."""
        self.is_left = True
        return self.head.root

    def below(self, path: tuple[str, ...]) -> tuple[Node, ...]:
        """Return what a path that does not pass by the lines leads to from the root.

        It is kept with the block, whose nodes stay the same from one document to the next.
        """
        self.is_left = True
        found = self.head.found.get(path)
        if found is None:
            found = self.head.found[path] = tuple(self.head.root.find(path))
        return found

    def all(self, name: str) -> list[Node]:
        """Return every node of a registered name, in document order."""
        self.is_left = True
        head = self.head.named(name)
        if not self.lines:
            return head
        if self.lines[0].root.state.name == name:
            lines = [block.root for block in self.lines]
        else:
            lines = [n for block in self.lines if name in block.layout.named for n in block.named(name)]
        if not head:
            return lines
        before = self.head.layout.gap.before
        at = next((i for i, n in enumerate(head) if n.proto.number >= before), len(head))
        return [*head[:at], *lines, *head[at:]]

    def once(self, make: Callable[[Document], _T]) -> _T:
        """Return what `make` computes of this document, computing it only once."""
        self.is_left = True
        known = self.memo.get(make)
        if known is None:
            head, line, other = len(self.head_tape), len(self.line_tape), len(self.other_tape)
            made = make(self)
            reads_lines = len(self.line_tape) > line or len(self.other_tape) > other
            self.memo[make] = made, self.head_tape[head:], reads_lines
            del self.line_tape[line:]
            if reads_lines:
                self.other_tape.append(GROUP)
            return made
        found, reads, reads_lines = known
        self.head_tape += reads
        if reads_lines:
            self.other_tape.append(GROUP)
        return cast("_T", found)

    def element_of(self, node: Node) -> etree._Element:
        """Return the element of a node, found by its place among its siblings."""
        block, proto = node.block, node.proto
        up = self.holder if block.layout.is_line and proto.number == 0 else node.up
        if up is None:
            return self.element
        gap = self.head.layout.gap
        at = proto.place
        if block.layout.is_line and proto.number == 0:
            at = gap.siblings + block.number
        elif block is self.head and proto.up == gap.holder and at >= gap.siblings and self.lines:
            at += len(self.lines)
        return self._children_of(up)[at]

    def _children_of(self, node: Node) -> list[etree._Element]:
        known = self._children.get(id(node))
        if known is None:
            known = self._children[id(node)] = list(node.element.iterchildren("*"))
        return known

    def place_of(self, node: Node) -> tuple[int, int, int]:
        """Return what puts nodes in the order of the file."""
        if node.block is self.head:
            return 2 * node.proto.number, 0, 0
        return 2 * self.head.layout.gap.before - 1, node.block.number, node.proto.number

    def release(self) -> None:
        """Give the blocks back, to be used for another document, once nothing refers to them."""
        if self.holder is not None:
            self.holder.kids.pop(self.lines[0].root.state.name, None)
        for block in (self.head, *self.lines):
            block.layout.take_back(block)
        self.memo.clear()
        self.lines.clear()
