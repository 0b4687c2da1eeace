"""Paths: where elements stand in a file, and the relative paths of the facts.

The latter are names from a node down (or up, with `..`), perhaps ending in an attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from choriste.rules.engine.tree import Node

    Reader = Callable[[Node], Sequence[Node]]


class Path:
    """Where elements stand: a short name and the names from the root down to it.

    `up` is the path of their parents, `children` those of their children by short name, as far as files have
    shown any; `next` finds the same by the tag of lxml.
    """

    __slots__ = ("children", "depth", "name", "next", "path", "up")

    def __init__(self, name: str, up: Path | None = None) -> None:
        self.name = name
        self.up = up
        self.path: tuple[str, ...] = (*up.path, name) if up is not None and name else ()
        self.depth = len(self.path)
        self.children: dict[str, Any] = {}
        self.next: dict[object, Any] = {}


@cache
def split_path(path: str) -> tuple[tuple[str, ...], str | None]:
    """Return the element names of a path, and the attribute it ends in, if any."""
    names = [name for name in path.strip("/").split("/") if name not in {".", ""}]
    attribute = names.pop()[1:] if names and names[-1][0] == "@" else None
    return tuple(names), attribute


def plain_names(path: str) -> tuple[str, ...] | None:
    """Return the names of a path of elements below a node, None for any other path."""
    names, attribute = split_path(path)
    plain = not path.startswith("/") and attribute is None and not {"..", "*"} & {*names}
    return names if plain else None


def plain_value(path: str) -> tuple[str, ...] | None:
    """Return the names of a path below a node, the last with `@` if an attribute; None for any other path."""
    names, attribute = split_path(path)
    if path.startswith("/") or {"..", "*"} & {*names}:
        return None
    return ((*names, f"@{attribute}") if attribute else names) or None


def reader(path: str) -> Reader:
    """Return a function that follows a path of names from a node."""
    names = split_path(path)[0]
    if not names:
        return lambda node: (node,)
    if len(names) > 1 or names[0] in {"..", "*"}:
        return lambda node: node.find(names)
    name = names[0]
    return lambda node: node.children(name)
