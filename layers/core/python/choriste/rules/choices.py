"""Choosing among the contexts that may stand on a node, and what the shape of a node decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from choriste.rules.conditions import guard_of_place, selector_of
from choriste.rules.paths import reader, split_path
from choriste.rules.rule import Place, Rule

if TYPE_CHECKING:
    from choriste.rules.conditions import Guard
    from choriste.rules.tree import Node


class Step(NamedTuple):
    """One context of a choice: its guard, and its rules that a shape decides, and the others."""

    guard: Guard | None
    by_shape: tuple[Rule, ...]
    by_value: tuple[Rule, ...]


Chain = tuple[Step, ...]


class Choice:
    """The contexts of a pattern that may stand on a node, in order; the first whose guard holds counts.

    Where all of them test the same value (the VAT category …), that value selects those worth trying.
    `structural` tells that the shape of the node decides which one it is.
    """

    __slots__ = ("_by_value", "_chain", "_read", "_rest", "structural")

    def __init__(self, places: Sequence[Place], path: tuple[str, ...], coded: CodedNames) -> None:
        rules = [p.context().rules for p in places]
        guards = [guard_of_place(p.when) for p in places]
        self._chain: Chain = tuple(
            Step(g, *split_rules(r, coded, path)) for g, r in zip(guards, rules, strict=True)
        )
        self.structural = all(coded.decides(path, up, c) for p in places for up, c in p.when)
        selectors = [selector_of(p.when) for p in places]
        paths = {s[0] if s else "" for s, p in zip(selectors, places, strict=True) if p.when}
        self._read = reader(paths.pop()) if len(paths) == 1 and "" not in paths else None
        self._rest: Chain = tuple(step for step in self._chain if step.guard is None)
        values = {v for s in selectors if s for v in s[1]} if self._read else set()
        steps = list(zip(self._chain, selectors, strict=True))
        self._by_value: dict[str, Chain] = {
            value: tuple(step for step, s in steps if s is None or value in s[1]) for value in values
        }

    def for_node(self, node: Node) -> Chain:
        """Return the steps worth trying on a node."""
        if self._read is None:
            return self._chain
        found = self._read(node)
        if len(found) != 1:
            return self._chain
        raw = found[0].raw
        if raw in self._by_value:
            return self._by_value[raw]
        return self._rest if raw.isalnum() else self._chain


def split_rules(
    rules: Iterable[Rule], coded: CodedNames, path: tuple[str, ...]
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Share the rules of the nodes of a path into those that a shape decides and the others."""
    found = [(r.structural or _on_shape(r, coded, path), r) for r in rules]
    return tuple(r for shaped, r in found if shaped), tuple(r for shaped, r in found if not shaped)


def _on_shape(rule: Rule, coded: CodedNames, path: tuple[str, ...]) -> bool:
    """Whether the codes and attributes that belong to the shape decide a plain rule."""
    if rule.kind == "list":
        target = rule.facts[0]
        return coded.holds(path) if target == "." else target[0] == "@" and coded.attributed(path)
    if rule.kind not in {"any", "forbid"}:
        return False
    split = [split_path(p) for p in rule.facts[0] if ".." not in p and not p.startswith("/")]
    shown = all(attribute is None or coded.attributed((*path, *names)) for names, attribute in split)
    return shown and len(split) == len(rule.facts[0])


def merged(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules of a place, those that several rule sets have in common only once."""
    kept: dict[tuple[Any, ...], Rule] = {}
    for rule in rules:
        key = (rule.id, rule.severity, rule.check if rule.kind == "code" else repr((rule.kind, rule.facts)))
        known = kept.get(key)
        kept[key] = rule if known is None else replace(known, also=(*known.also, rule.rule_set))
    return list(kept.values())


class CodedNames:
    """Which values are codes or rates that come again and again, and so belong to the shape of a group.

    A name counts alone, or only in some parents, written `Parent/Name`.
    """

    def __init__(self, names: Iterable[str], *, attributed: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._attributed = frozenset(attributed)

    def attributed(self, path: tuple[str, ...]) -> bool:
        """Whether the attributes of the element at the end of a path belong to its shape."""
        return path[-1] in self._attributed

    def holds(self, path: tuple[str, ...]) -> bool:
        """Whether the value at the end of a path belongs to the shape."""
        return path[-1] in self._names or "/".join(path[-2:]) in self._names

    def decides(self, path: tuple[str, ...], up: int, condition: Sequence[Any]) -> bool:
        """Whether a shape decides a condition on the node of a path."""
        operator, *operands = condition
        if operator in {"and", "or", "not"}:
            return all(self.decides(path, up, inner) for inner in operands)
        if operator not in _ON_CODES:
            return False
        names, attribute = split_path(operands[0])
        plain = up == 0 and ".." not in names and not operands[0].startswith("/")
        if attribute is not None:
            return plain and operator in {"has", "eq", "ne"} and self.attributed((*path, *names))
        of_blanks = operator in {"norm", "unlike"} and operands[1] == ""
        return plain and (operator == "has" or of_blanks or self.holds((*path, *names)))


_ON_CODES: Final = frozenset({"has", "eq", "ne", "norm", "unlike", "vat", "VAT", "bool"})
