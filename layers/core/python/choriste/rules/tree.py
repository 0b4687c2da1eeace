"""The light tree the rules run on: one pass over the parsed file, one small node an element.

Which rules an element meets depends only on the names of the elements from the root down to it, but for
what a rule asks of values. So a path is resolved once, into a `State`, and kept: the second invoice of a
kind costs one dictionary look-up an element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar, cast

from lxml import etree

from choriste.rules.facts import namespace_of_names

if TYPE_CHECKING:
    from choriste.rules.grammar import Grammar, State
    from choriste.rules.rule import Rule

_NAMESPACES: Final = {
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "rsm",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100": "ram",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100": "udt",
    "urn:un:unece:uncefact:data:standard:QualifiedDataType:100": "qdt",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext",
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2": "ubl",
    "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2": "cn",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc",
}
_KEPT: Final = frozenset({"qdt", "ext"})
_STRING = etree.XPath("string()")
_T = TypeVar("_T")
_NOTHING: Final[dict[str, list[Node]]] = {}


def short_name(tag: str) -> str:
    """Return the name the rules know an element by: local where it is in its namespace, else the full tag.

    The names of CII qualified types and of UBL extensions keep their prefix: `qdt:DateTimeString`.
    """
    if tag[:1] != "{":
        return "{}" + tag
    namespace, _, local = tag[1:].partition("}")
    prefix = _NAMESPACES.get(namespace)
    if prefix is None:
        return tag
    if prefix in _KEPT:
        return f"{prefix}:{local}"
    return local if namespace_of_names().get(local, prefix) == prefix else tag


class Shape:
    """What a subtree looks like: names, blank values, the codes of coded values, attributes that matter.

    Rules that ask for nothing more need judging only once a shape, in this invoice and in later ones.
    `todo` holds the rules left for a node whose shape was found right; None until then.
    """

    __slots__ = ("todo",)

    def __init__(self) -> None:
        self.todo: tuple[Rule, ...] | None = None


class Node:
    """An element with its state (its path), its parent and its children by short name.

    `raw` is its string value, all the text within but comments; set at once for an element without
    children, worked out at the first use for others.
    """

    __slots__ = ("element", "kids", "raw", "shape", "state", "up")
    kids: dict[str, list[Node]]
    raw: str
    shape: Shape

    def __init__(self, element: etree._Element, up: Node | None, state: State) -> None:
        self.element = element
        self.up = up
        self.state = state
        self.kids = _NOTHING

    def __getattr__(self, name: str) -> str:
        if name != "raw":
            raise AttributeError(name)
        self.raw = str(_STRING(self.element))
        return self.raw

    @property
    def text(self) -> str:
        """The string value with outer white space removed and inner white space folded."""
        raw = self.raw
        return raw if raw.isalnum() and raw.isascii() else fold(raw)

    def get(self, attribute: str) -> str | None:
        """Return an attribute, or None."""
        return self.element.get(attribute)

    def first(self, name: str) -> Node | None:
        """Return the first child of a name, or None."""
        found = self.kids.get(name)
        return found[0] if found else None

    def find(self, path: Sequence[str]) -> list[Node]:
        """Return what a path of names leads to; `..` goes up, `*` to any child."""
        node = self
        for at, name in enumerate(path):
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


def fold(text: str) -> str:
    """Normalise white space as XML does: space, tab and line ends only, never the no-break space."""
    if text.isascii():
        return " ".join(text.split())
    parts = text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ")
    return " ".join(part for part in parts if part)


class Document:
    """A walked file: its root, the nodes that some rule looks at, and the nodes of the names rules ask for.

    `repeated` holds the second occurrences of what can only stand once in its parent. `memo` keeps
    what several rules compute of the whole document (sums by VAT category and so on).
    """

    __slots__ = ("_groups", "grammar", "memo", "named", "pending", "repeated", "root")

    def __init__(self, root: etree._Element, grammar: Grammar) -> None:
        self.grammar = grammar
        self.memo: dict[object, object] = {}
        self.pending: list[Node] = []
        self.repeated: list[Node] = []
        self._groups: list[Node] = []
        self.named: dict[str, list[Node]] = {name: [] for name in grammar.registered}
        state = grammar.start.next.get(root.tag) or grammar.resolve(grammar.start, root.tag)
        self.root = Node(root, None, state)
        self._walk(self.root)
        if state.watched:
            self.pending.append(self.root)

    def _walk(self, node: Node) -> None:  # noqa: C901, PLR0912 -- the hot loop: calls would double its time
        kids: dict[str, list[Node]] = {}
        node.kids = kids
        self._groups.append(node)
        state = node.state
        known = state.next.get
        parts: list[object] = [state]
        add, watch = parts.append, self.pending.append
        for element in node.element:
            tag = element.tag
            nxt = known(tag)
            if nxt is None:
                if callable(tag):
                    continue
                nxt = self.grammar.resolve(state, tag)
            child = Node(element, node, nxt)
            if len(element):
                self._walk(child)
                shape = child.shape
            else:
                raw = child.raw = element.text or ""
                if nxt.is_attributed:
                    key = (raw if nxt.is_coded else not raw or raw.isspace(), *element.items())
                    shape = nxt.coded.get(key) or nxt.coded_shape(key)
                elif nxt.is_coded:
                    shape = nxt.coded.get(raw) or nxt.coded_shape(raw)
                else:
                    shape = nxt.shape_filled if raw and not raw.isspace() else nxt.shape_blank
                child.shape = shape
            add(shape)
            if nxt.watched and (shape.todo != () or nxt.insists):
                watch(child)
            if nxt.registered:
                self.named[nxt.name].append(child)
            name = nxt.name
            if name in kids:
                kids[name].append(child)
                if nxt.single:
                    self.repeated.append(child)
            else:
                kids[name] = [child]
        node.shape = self.grammar.shape_of(tuple(parts))

    def release(self) -> None:
        """Let go of all nodes, so that they are freed at once and not by the cycle collector."""
        for node in self._groups:
            node.kids = _NOTHING
        for kept in (self._groups, self.pending, self.repeated, self.named, self.memo):
            kept.clear()

    def all(self, name: str) -> list[Node]:
        """Return every node of a registered name, in document order."""
        return self.named[name]

    def once(self, make: Callable[[Document], _T]) -> _T:
        """Return what `make` computes of this document, computing it only once."""
        if make not in self.memo:
            self.memo[make] = make(self)
        return cast("_T", self.memo[make])
