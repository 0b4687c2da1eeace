"""Relative paths of the facts: names from a node down (or up, with `..`), perhaps ending in an attribute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from choriste.rules.engine.tree import Node

Reader = Callable[[Node], Sequence[Node]]


@cache
def split_path(path: str) -> tuple[tuple[str, ...], str | None]:
    """Return the element names of a path, and the attribute it ends in, if any."""
    names = [name for name in path.strip("/").split("/") if name not in {".", ""}]
    attribute = names.pop()[1:] if names and names[-1][0] == "@" else None
    return tuple(names), attribute


def reader(path: str) -> Reader:
    """Return the fastest way to follow a path of names from a node."""
    names = split_path(path)[0]
    if not names:
        return lambda node: (node,)
    if ".." in names or "*" in names:
        return lambda node: node.find(names)
    if len(names) == 1:
        name = names[0]
        return lambda node: node.kids.get(name, ())
    return _down(names)


def _down(names: tuple[str, ...]) -> Reader:
    *groups, last = names

    def read(node: Node) -> Sequence[Node]:
        start = node
        for name in groups:
            found = node.kids.get(name)
            if found is None:
                return ()
            if len(found) > 1:
                return start.find(names)
            node = found[0]
        return node.kids.get(last, ())

    return read
