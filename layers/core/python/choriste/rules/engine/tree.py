"""The tree that rules look at: one small node an element, with its parent and its children by short name.

`choriste.rules.engine.walk` makes it in one pass over the parsed file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, Protocol, TypeVar

from lxml import etree

_STRING: Final = etree.XPath("string()")
_T = TypeVar("_T")
_UNKNOWN: Final[Any] = object()
NO_KIDS: Final[dict[str, list[Node]]] = {}
"""The children of an element that has none; never written to."""


def fold(text: str) -> str:
    """Normalise white space as XML does: space, tab and line ends only, never the no-break space."""
    if text.isascii():
        return " ".join(text.split())
    parts = text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ")
    return " ".join(part for part in parts if part)


class Path(Protocol):
    """Where a node stands: its own short name, and the names from the root down to it."""

    name: str
    path: tuple[str, ...]
    depth: int


class Node:
    """An element: its path (`state`), its place in the file (`number`), its parent, its children, its value.

    `raw` is the string value, all the text within but comments: set at once for an element without
    children, worked out when it is first read for others. `kids` are there while the file is judged. `source`
    is the element of the parsed file, kept where it has attributes or children, or where a finding needs it.
    """

    __slots__ = ("kids", "number", "raw", "source", "state", "up")
    kids: dict[str, list[Node]]
    raw: str

    def __init__(self, element: etree._Element, state: Path, up: Node | None, raw: str, number: int) -> None:
        self.source: etree._Element | None = element
        self.state = state
        self.up = up
        self.raw = raw
        self.number = number
        self.kids = NO_KIDS

    def __getattr__(self, name: str) -> str:
        if name != "raw":
            raise AttributeError(name)
        self.raw = str(_STRING(self.element))
        return self.raw

    @property
    def element(self) -> etree._Element:
        """The element of the parsed file, of a node that a finding points at."""
        if self.source is None:
            raise LookupError(self.state.path)
        return self.source

    @property
    def text(self) -> str:
        """The string value with outer white space removed and inner white space folded."""
        raw = self.raw
        return raw if raw.isalnum() and raw.isascii() else fold(raw)

    @property
    def is_filled(self) -> bool:
        """Whether the value holds more than white space."""
        return bool(self.raw.strip(" \t\r\n"))

    def get(self, attribute: str) -> str | None:
        """Return an attribute, or None."""
        return None if self.source is None else self.source.get(attribute)

    def first(self, name: str) -> Node | None:
        """Return the first child of a name, or None."""
        found = self.kids.get(name)
        return found[0] if found else None

    def find(self, path: Sequence[str]) -> list[Node]:
        """Return what a path of names leads to; `..` goes up, `*` to any child."""
        node = self
        for name in path:
            found = node.kids.get(name)
            if found is None:
                return _follow(self, path) if ".." in path or "*" in path else []
            if len(found) > 1:
                return _follow(self, path)
            node = found[0]
        return [node]

    def ancestors(self) -> Iterator[Node]:
        """Yield the parent, its parent, and so on up to the root."""
        node = self.up
        while node is not None:
            yield node
            node = node.up


def _follow(start: Node, path: Sequence[str]) -> list[Node]:
    nodes = [start]
    for name in path:
        nodes = [n for node in nodes for n in _step(node, name)]
        if not nodes:
            break
    return nodes


def _step(node: Node, name: str) -> Sequence[Node]:
    if name == "..":
        return (node.up,) if node.up is not None else ()
    if name == "*":
        return [kid for kids in node.kids.values() for kid in kids]
    return node.kids.get(name, ())


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """Return nodes in the order of the file."""
    return sorted(nodes, key=attrgetter("number"))


class Document:
    """A file as the rules see it: its root, its nodes by path, and what rules computed of the whole.

    Nothing of it outlives the judgement of its file.
    """

    def __init__(self, root: Node, syntax: str, by_path: Mapping[Any, list[Node]]) -> None:
        self.root = root
        self.syntax = syntax
        self._named: dict[str, list[list[Node]]] = {}
        self._all: dict[str, list[Node]] = {}
        self._below: dict[tuple[str, ...], list[Node]] = {}
        self._memo: dict[object, Any] = {}
        named = self._named
        for path, nodes in by_path.items():
            if path.name in named:
                named[path.name].append(nodes)
            else:
                named[path.name] = [nodes]

    def all(self, name: str) -> list[Node]:
        """Return every node of a name, wherever it stands, in the order of the file."""
        found = self._all.get(name)
        if found is None:
            groups = self._named.get(name, ())
            found = groups[0] if len(groups) == 1 else in_order(n for nodes in groups for n in nodes)
            self._all[name] = found
        return found

    def below(self, path: tuple[str, ...]) -> list[Node]:
        """Return what a path leads to from the root; found once a document."""
        found = self._below.get(path)
        if found is None:
            found = self._below[path] = self.root.find(path)
        return found

    def once(self, make: Callable[[Document], _T]) -> _T:
        """Return what `make` computes of this document; computed once."""
        found: _T = self._memo.get(make, _UNKNOWN)
        if found is _UNKNOWN:
            found = self._memo[make] = make(self)
        return found
