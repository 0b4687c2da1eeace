"""The one pass over a parsed file: a node for each element, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from choriste.rules.engine.grammar import Grammar, State
from choriste.rules.engine.tree import NO_KIDS, Document, Node


class Walked(NamedTuple):
    """A walked file: its document, its nodes by state, those that come again after an elder sibling.

    `attributed` are those with attributes, `groups` those with children.
    """

    document: Document
    by_state: dict[State, list[Node]]
    again: list[tuple[Node, State]]
    attributed: list[tuple[Node, State]]
    groups: list[Node]

    def find_elements(self, nodes: Iterable[Node]) -> None:
        """Find the elements of nodes that rules point at, in one pass, where they were not kept."""
        wanted = {node.number: node for node in nodes if node.source is None}
        if not wanted:
            return
        for number, element in enumerate(self.document.root.element.iter("*")):
            if number in wanted:
                wanted.pop(number).source = element
                if not wanted:
                    return

    def release(self) -> None:
        """Let go of all children, so that the tree is freed at once and not by the cycle collector."""
        for node in self.groups:
            node.kids = NO_KIDS


def walk(root: etree._Element, grammar: Grammar) -> Walked:  # noqa: C901, PLR0912, PLR0915 -- the hot loop
    """Return the nodes of a parsed file.

    Whether the next element lies deeper or higher shows in its parent, whose wrapper stays the same object
    as long as something refers to it: `last` does to that of the element before, nodes to those of groups.
    An element without attributes or children needs no wrapper any more once its value is read.
    """
    state = _step(grammar, grammar.start, root.tag, {})
    top = node = Node(root, state, None, root.text or "", 0)
    by_state: dict[State, list[Node]] = {state: [top]}
    again: list[tuple[Node, State]] = []
    attributed, groups = [(top, state)], list[Node]()
    strangers: dict[tuple[State, str], State] = {}
    above: etree._Element | None = None
    up, over, kids, number, last = top, state, top.kids, 0, root
    new, nothing = object.__new__, NO_KIDS  # a call of `Node.__init__` each would be a third of the pass
    opened = [(above, up, over)]
    for element in root.iterdescendants():
        parent = element.getparent()
        if parent is not above:
            if parent is last:
                above, up, over = parent, node, state
                node.source = parent
                opened.append((above, up, over))
                groups.append(up)
                kids = up.kids = {}
                del up.raw
            else:
                while parent is not above:
                    opened.pop()
                    above, up, over = opened[-1]
                kids = up.kids
        tag: object = element.tag
        found = over.next.get(tag)
        if found is None:
            if not isinstance(tag, str):  # a comment
                continue
            found = _step(grammar, over, tag, strangers)
        state = found
        number += 1
        node, last = new(Node), element
        node.source = None
        node.state = state
        node.up = up
        node.raw = element.text or ""
        node.number = number
        node.kids = nothing
        if element.keys():
            node.source = element
            attributed.append((node, state))
        name = state.name
        if name in kids:
            kids[name].append(node)
            if state.single or state.repeated:
                again.append((node, state))
        else:
            kids[name] = [node]
        if state in by_state:
            by_state[state].append(node)
        else:
            by_state[state] = [node]
    return Walked(Document(top, grammar.syntax, by_state), by_state, again, attributed, groups)


def _step(grammar: Grammar, state: State, tag: str, strangers: dict[tuple[State, str], State]) -> State:
    """Return the state of an element; those that the grammar does not keep are kept for this file."""
    known = strangers.get((state, tag))
    if known is None:
        known = grammar.step(state, tag)
        if state.next.get(tag) is not known:
            strangers[state, tag] = known
    return known
