"""A file as the rules see it: its elements numbered in order, in a few flat lists, and nodes made on demand.

`choriste.rules.engine.walk` fills the lists in one pass over the parsed file. A rule is given a `Node`, which
is no more than a number and a path; asked for children or a value, it looks them up. An invoice of a thousand
lines has tens of thousands of elements, and most of them are never asked for by a rule.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, TypeVar, cast

from lxml import etree

from choriste.rules.engine.paths import Path

_STRING: Final = etree.XPath("string()")
_T = TypeVar("_T")
_UNKNOWN: Final[Any] = object()
SEVERAL: Final = "\x00"
"""Stands for the value where there are several; no XML text holds this character."""

PRESENCE: Final = "."
"""Stands for the attribute to read where only presence counts."""

Rows = Sequence[int]


def fold(text: str) -> str:
    """Normalise white space as XML does: space, tab and line ends only, never the no-break space."""
    if text.isascii():
        return " ".join(text.split())
    parts = text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ")
    return " ".join(part for part in parts if part)


class Node:
    """One element: its number in the order of the file, and its path. Two nodes of one number are equal."""

    __slots__ = ("document", "number", "state")

    def __init__(self, document: Document, number: int, state: Path) -> None:
        self.document = document
        self.number = number
        self.state = state

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.number == other.number and self.document is other.document

    def __hash__(self) -> int:
        return hash(self.number)

    @property
    def raw(self) -> str:
        """The string value: all the text within, but comments."""
        text = self.document.values[self.number]
        return text if text is not None else self.document.text_of(self.number)

    @property
    def text(self) -> str:
        """The string value with outer white space removed and inner white space folded."""
        raw = self.raw
        return raw if raw.isalnum() and raw.isascii() else fold(raw)

    @property
    def is_filled(self) -> bool:
        """Whether the value holds more than white space."""
        return bool(self.raw.strip(" \t\r\n"))

    @property
    def up(self) -> Node | None:
        """The parent; None of the root."""
        state = self.state.up
        if state is None or not self.number:
            return None
        return Node(self.document, self.document.parents[self.number], state)

    @property
    def element(self) -> etree._Element:
        """The element of the parsed file."""
        return self.document.element_of(self.number)

    def get(self, attribute: str) -> str | None:
        """Return an attribute, or None."""
        return self.document.attribute_of(self.number, attribute)

    def children(self, name: str) -> list[Node]:
        """Return the children of a name, in the order of the file."""
        document = self.document
        state = self.state.children.get(name)
        if state is None:
            state = document.below_path(self.state, name)
            if state is None:
                return []
        rows = document.rows.get(state)
        if rows is None:
            return []
        if len(rows) > 1:
            return [Node(document, number, state) for number in document.rows_below(self.number, state)]
        number = rows[0]
        return [Node(document, number, state)] if document.parents[number] == self.number else []

    def has(self, *names: str) -> bool:
        """Whether there is a child of any of these names."""
        document = self.document
        paths = (document.below_path(self.state, name) for name in names)
        return any(path is not None and document.rows_below(self.number, path) for path in paths)

    def first(self, name: str) -> Node | None:
        """Return the first child of a name, or None."""
        return next(iter(self.children(name)), None)

    def every_child(self) -> Iterator[Node]:
        """Yield all children, those of one name after another."""
        for state in self.document.paths_below(self.state):
            for number in self.document.rows_below(self.number, state):
                yield Node(self.document, number, state)

    @property
    def is_leaf(self) -> bool:
        """Whether there is no element within."""
        return next(self.every_child(), None) is None

    def find(self, path: Sequence[str]) -> list[Node]:
        """Return what a path of names leads to; `..` goes up, `*` to any child."""
        document, state = self.document, self.state
        if len(document.rows[state]) == 1:  # whatever is below such a path is below this element
            for name in path:
                below = state.children.get(name)
                if below is None:
                    break
                state = below
            else:
                return [Node(document, number, state) for number in document.rows.get(state, ())]
        if ".." in path or "*" in path:
            return _follow(self, path)
        return document.nodes_under(self.state, (self.number,), path)

    def ancestors(self) -> Iterator[Node]:
        """Yield the parent, its parent, and so on up to the root."""
        node = self.up
        while node is not None:
            yield node
            node = node.up


def _follow(start: Node, path: Sequence[str]) -> list[Node]:
    if path[0] == "..":
        return start.up.find(path[1:]) if start.up is not None else []
    nodes = [start]
    for name in path:
        nodes = [n for node in nodes for n in _step(node, name)]
        if not nodes:
            break
    return nodes


def _step(node: Node, name: str) -> Iterable[Node]:
    if name == "..":
        return (node.up,) if node.up is not None else ()
    return node.every_child() if name == "*" else node.children(name)


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """Return nodes in the order of the file."""
    return sorted(nodes, key=attrgetter("number"))


class Document:
    """The lists of a file, and what rules computed of the whole. Nothing of it outlives the judgement.

    By the number of an element: `values`, its text, None where it has children; `parents`, the number of its
    parent, -1 of the root; `attributes`, where it has any. `rows` are the numbers of each path, in order;
    `attributed`, those that have attributes. `strangers` are paths that only this file has,
    `named` the others by the name that they end in.
    """

    def __init__(self, element: etree._Element, syntax: str, named: Mapping[str, Sequence[Path]]) -> None:
        self.syntax = syntax
        self._named = named
        self.values: list[str | None] = []
        self.parents: list[int] = []
        self.attributes: dict[int, Mapping[str, str]] = {}
        self.rows: dict[Any, list[int]] = {}
        self.attributed: dict[Any, list[int]] = {}
        self.strangers: dict[tuple[Path, str], Any] = {}
        self._element = element
        self._elements: dict[int, etree._Element] = {}
        self._memo: dict[object, Any] = {}

    @property
    def root(self) -> Node:
        """The root element."""
        return Node(self, 0, next(iter(self.rows)))

    def below_path(self, state: Path, name: str) -> Path | None:
        """Return the path of the children of a name, None where this file has none there."""
        below: Path | None = state.children.get(name)
        if below is None and self.strangers:
            below = self.strangers.get((state, name))
        return below

    def paths_below(self, state: Path) -> list[Path]:
        """Return the paths of all children that elements of a path have here."""
        return [path for path in self.rows if path.up is state]

    def rows_below(self, number: int, state: Path) -> Rows:
        """Return the numbers of the children of an element that are on a path.

        Of the elements of one path, those of one parent follow one another.
        """
        rows = self.rows.get(state)
        if rows is None:
            return ()
        parents = self.parents
        if len(rows) == 1:
            return rows if parents[rows[0]] == number else ()
        start = end = bisect_right(rows, number)
        while end < len(rows) and parents[rows[end]] == number:
            end += 1
        return rows[start:end]

    def rows_under(self, numbers: Rows, state: Path) -> Rows:
        """Return the numbers on a path whose parents are among those of the path above, all in order."""
        if len(numbers) == 1:
            return self.rows_below(numbers[0], state)
        rows = self.rows.get(state)
        if rows is None or len(numbers) == len(self.rows[state.up]):
            return rows or ()
        parents, wanted = self.parents, frozenset(numbers)
        return [number for number in rows if parents[number] in wanted]

    def under(self, state: Path, rows: Rows, names: Sequence[str]) -> tuple[Path, Rows]:
        """Return what a path leads to from elements of one path: where that is, and the numbers."""
        if not rows or len(rows) == len(self.rows[state]):  # all of them: so are those below
            for name in names:
                below = self.below_path(state, name)
                if below is None:
                    return state, ()
                state = below
            return state, self.rows.get(state, ()) if names and rows else rows
        for name in names:
            below = self.below_path(state, name)
            if below is None:
                return state, ()
            rows, state = self.rows_under(rows, below), below
            if not rows:
                break
        return state, rows

    def only_values(
        self, state: Path, rows: Rows, names: Sequence[str], attribute: str | None = None
    ) -> dict[int, str]:
        """Return the value at a path by the element that it is below; `SEVERAL` where that has more than one.

        An element that has none is left out.
        """
        numbers = self.under(state, rows, names)[1]
        if attribute is None:
            values = self.texts_of(numbers)
        else:
            numbers = [n for n in numbers if self.attribute_of(n, attribute) is not None]
            values = [self.attribute_of(n, attribute) or "" for n in numbers]
        holders = numbers
        for _ in names:
            holders = [*map(self.parents.__getitem__, holders)]
        found = dict(zip(holders, values, strict=True))
        if len(found) < len(numbers):
            found.update((holder, SEVERAL) for holder, times in Counter(holders).items() if times > 1)
        return found

    def alike(
        self, state: Path, rows: Rows, values: Iterable[tuple[Sequence[str], str | None]]
    ) -> list[Rows]:
        """Return elements of a path in groups that have the same values at some places.

        A place that starts with `..` is below the parent. An element that has several values at one of them
        is a group of its own.
        """
        if len(rows) == 1:
            return [rows]
        columns = [self._column(state, rows, names, attribute) for names, attribute in values]
        groups: dict[object, list[int]] = {}
        for number, found in zip(rows, zip(*columns, strict=True), strict=True):
            groups.setdefault(number if SEVERAL in found else found, []).append(number)
        return list(groups.values())

    def _column(
        self, state: Path, rows: Rows, names: Sequence[str], attribute: str | None
    ) -> list[str | None]:
        if not names or names[0] != "..":
            return [*map(self.only_values(state, rows, names, attribute).get, rows)]
        holders = [self.parents[number] for number in rows]
        if state.up is None or not rows[0]:
            return [None] * len(rows)
        return [
            *map(self.only_values(state.up, [*dict.fromkeys(holders)], names[1:], attribute).get, holders)
        ]

    def nodes_under(self, state: Path, rows: Rows, names: Sequence[str]) -> list[Node]:
        """Return the nodes that a path leads to from elements of one path."""
        below, found = self.under(state, rows, names)
        return [Node(self, number, below) for number in found]

    def attribute_of(self, number: int, name: str) -> str | None:
        """Return an attribute of an element, or None."""
        if name == PRESENCE:
            return name
        attributes = self.attributes.get(number)
        return None if attributes is None else attributes.get(name)

    def paths(self, name: str) -> Sequence[Path]:
        """Return the paths that end in a name."""
        paths = self._named.get(name, ())
        found = [path for path in paths if path in self.rows]
        return (
            found + [p for (_, own), p in self.strangers.items() if own == name] if self.strangers else found
        )

    def count(self, name: str) -> int:
        """Return how many elements have a name."""
        return sum(len(self.rows[path]) for path in self.paths(name))

    def texts(self, name: str, *below: str) -> frozenset[str]:
        """Return the different string values at a path below every element of a name."""
        key = Document.texts, name, below
        found: frozenset[str] | None = self._memo.get(key)
        if found is None:
            numbers = (n for p in self.paths(name) for n in self.under(p, self.rows[p], below)[1])
            found = self._memo[key] = frozenset(map(self.text_of, numbers))
        return found

    def all(self, name: str, *below: str) -> list[Node]:
        """Return every node of a name, or at a path below one, in the order of the file."""
        key = Document.all, name, below
        found: list[Node] | None = self._memo.get(key)
        if found is None:
            places = [self.nodes_under(p, self.rows[p], below) for p in self.paths(name)]
            found = places[0] if len(places) == 1 else in_order(node for nodes in places for node in nodes)
            self._memo[key] = found
        return found

    def below(self, path: tuple[str, ...]) -> list[Node]:
        """Return what a path leads to from the root; found once a document."""
        found: list[Node] | None = self._memo.get(path)
        if found is None:
            found = self._memo[path] = self.root.find(path)
        return found

    def once(self, make: Callable[[Document], _T]) -> _T:
        """Return what `make` works out of this document; worked out once."""
        found: _T = self._memo.get(make, _UNKNOWN)
        if found is _UNKNOWN:
            found = self._memo[make] = make(self)
        return found

    def forget(self) -> None:
        """Let go of what was computed, so that the lists are freed at once and not by the cycle collector."""
        self._memo.clear()

    def texts_of(self, numbers: Rows) -> list[str]:
        """Return the texts of elements."""
        values = self.values
        found = [values[number] for number in numbers]
        return [*map(self.text_of, numbers)] if None in found else cast("list[str]", found)

    def text_of(self, number: int) -> str:
        """Return the text of an element, one with children too, where it is worked out when first read."""
        text = self.values[number]
        if text is None:
            if not self._elements:  # a hostile file may ask for the text of every group
                self.keep_elements(n for n, value in enumerate(self.values) if value is None)
            text = self.values[number] = str(_STRING(self.element_of(number)))
        return text

    def element_of(self, number: int) -> etree._Element:
        """Return the element of a number."""
        if number not in self._elements:
            self.keep_elements((number,))
        return self._elements[number]

    def keep_elements(self, numbers: Iterable[int]) -> None:
        """Find the elements of numbers in one pass over the file, and keep them."""
        wanted = set(numbers) - self._elements.keys()
        if not wanted:
            return
        last = max(wanted)
        for number, element in enumerate(self._element.iter("*")):
            if number in wanted:
                self._elements[number] = element
            if number == last:
                return
