"""Patterns of contexts: which places of a pattern fit a path, as the official Schematron would choose.

A pattern is a list of contexts in order; a node meets only the first context that fits it: rules further
down are shadowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from choriste.rules.engine.conditions import settle
from choriste.rules.engine.rule import Place, Rule

Stand = tuple[int, str, Sequence[tuple[int, Sequence[Any]]], Callable[[], tuple[Rule, ...]]]
"""Where a context stands, as its facts say: its order in the pattern, a path, conditions; and its rules."""


class Pattern:
    """The contexts of one pattern, indexed by the name of the element that they can stand on.

    Grammars share the patterns of a rule set, and so its rules. Safe to share between threads.
    """

    def __init__(self, stands: Iterable[Stand]) -> None:
        self._stands: dict[str, list[Stand]] = {}
        self._places: dict[str, list[Place]] = {}
        for stand in stands:
            last = stand[1].rpartition("/")[2]
            self._stands.setdefault("*" if last[0] == "*" else last, []).append(stand)

    @property
    def names(self) -> Iterable[str]:
        """The names that places end in; `*` where one ends in a wild card."""
        return self._stands.keys()

    def _ending(self, name: str) -> Sequence[Place]:
        """Return the places that end in a name, made when they are first asked for."""
        known = self._places.get(name)
        if known is None:
            known = self._places[name] = [_place(*stand) for stand in self._stands.get(name, ())]
        return known

    def candidates(self, path: tuple[str, ...]) -> list[Place]:
        """Return the places that fit a path, in order, up to the first without a condition on values.

        Conditions that the path alone decides (its names, its ancestors) are settled here and taken out.
        """
        last = path[-1]
        found = [p for p in (self._ending(last) if last in self._stands else ()) if _fits(p, path)]
        found += [p for p in self._ending("*") if last.endswith(p.names[-1][1:]) and _fits(p, path)]
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


def _place(
    order: int, path: str, when: Sequence[tuple[int, Sequence[Any]]], rules: Callable[[], tuple[Rule, ...]]
) -> Place:
    rooted = path.startswith("/") and not path.startswith("//")
    names = tuple(path.strip("/").split("/"))
    return Place(order, names, rooted, "*" in path, tuple((up, test) for up, test in when), rules)


def _fits(place: Place, path: tuple[str, ...]) -> bool:
    names = place.names
    if len(names) > len(path) or (place.rooted and len(names) != len(path)):
        return False
    if names == path[-len(names) :]:
        return True
    return place.is_wild and all(_same(w, n) for w, n in zip(reversed(names), reversed(path), strict=False))


def _same(wanted: str, name: str) -> bool:
    if wanted[:1] != "*":
        return wanted == name
    return name.rpartition("}")[2].rpartition(":")[2].endswith(wanted[1:])
