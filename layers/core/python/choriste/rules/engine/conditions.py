"""Conditions on values that say whether a context stands on a node, from their facts.

A condition is a list: an operator, then its operands. Paths are relative to the node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from choriste.rules.engine.paths import reader, split_path
from choriste.rules.engine.tree import PRESENCE, Document, Node
from choriste.rules.engine.values import boolean_of, only

Guard = Callable[[Node, Document], bool]


def settle(condition: Sequence[Any], path: tuple[str, ...]) -> bool | None:
    """Return what the names of a path say of a condition; None where values must be asked."""
    operator, *operands = condition
    if operator == "not":
        inner = settle(operands[0], path)
        return None if inner is None else not inner
    if operator in {"and", "or"}:
        verdicts = [settle(inner, path) for inner in operands]
        decisive = bool(operator == "or")
        if decisive in verdicts:
            return decisive
        return None if None in verdicts else not decisive
    if operator in {"self", "endswith"}:
        name = str(operands[0])
        return path[-1] == name if operator == "self" else path[-1].endswith(name)
    if operator == "within":
        return _settle_within(str(operands[0]), path)
    return None


def _settle_within(operand: str, path: tuple[str, ...]) -> bool | None:
    """Settle that an ancestor has the first name, and the rest of the names below it."""
    names = tuple(operand.split("/"))
    if names[0] not in path[:-1]:
        return False
    passes = any(path[at : at + len(names)] == names for at in range(len(path) - 1))
    return True if passes else None


def values_at(path: str) -> Callable[[Node, Document], list[str]]:
    """Return a reader of the raw values that a path leads to; `@name` ends it in an attribute."""
    names, attribute = split_path(path)
    if path.startswith("/"):
        return lambda _, doc: _values(doc.root.find(names[1:]), attribute)
    read = reader("/".join(names))
    return lambda node, _: _values(read(node), attribute)


def _values(nodes: Sequence[Node], attribute: str | None) -> list[str]:
    if attribute is None:
        return [n.raw for n in nodes]
    return [v for n in nodes if (v := n.get(attribute)) is not None]


def _equal(path: str, values: Sequence[str]) -> Guard:
    read, wanted = values_at(path), frozenset(values)
    names, attribute = split_path(path)
    if not names and attribute:
        return lambda node, _: node.get(attribute) in wanted
    if not names:
        return lambda node, _: node.raw in wanted
    return lambda node, doc: not wanted.isdisjoint(read(node, doc))


def _empty() -> Guard:
    """Neither elements nor text but white space within."""
    return lambda node, _: not node.is_filled and node.is_leaf


def _different(path: str, values: Sequence[str]) -> Guard:
    read, wanted = values_at(path), frozenset(values)
    return lambda node, doc: any(v not in wanted for v in read(node, doc))


def _same(path: str, other: str) -> Guard:
    read, theirs = values_at(path), values_at(other)
    return lambda node, doc: not set(read(node, doc)).isdisjoint(theirs(node, doc))


def _own_status(status: str) -> Guard:
    """UBL, extended profile: the line gives its own status by a billing reference to its own invoice."""

    def holds(node: Node, doc: Document) -> bool:
        own = {n.raw for n in doc.root.children("ID")}
        for reference in node.children("BillingReference"):
            ids = {n.raw for n in reference.find(("InvoiceDocumentReference", "ID"))}
            codes = {n.raw for n in reference.find(("InvoiceDocumentReference", "DocumentStatusCode"))}
            if own & ids and status in codes:
                return True
        return False

    return holds


def _bool(path: str, wanted: str) -> Guard:
    names, expected = split_path(path)[0], wanted == "true"
    return lambda node, _: any(boolean_of(n) is expected for n in node.find(names))


def _norm(path: str, wanted: str) -> Guard:
    names = split_path(path)[0]

    def holds(node: Node, _: Document) -> bool:
        found = only(node.find(names))
        if wanted == "":
            return found is None or not found.is_filled
        return found is not None and found.text == wanted

    return holds


def _unlike(path: str, unwanted: str) -> Guard:
    norm = _norm(path, unwanted)
    return lambda node, doc: not norm(node, doc)


def _vat(path: str) -> Guard:
    names = split_path(path)[0]
    groups, name = names[:-1], names[-1]

    def holds(node: Node, _: Document) -> bool:
        found = (only(group.children(name)) for group in (node.find(groups) if groups else (node,)))
        return any(n is not None and n.text.upper() == "VAT" for n in found)

    return holds


def _vat_exact(path: str) -> Guard:
    names = split_path(path)[0]

    def holds(node: Node, _: Document) -> bool:
        found = only(node.find(names))
        return found is not None and found.raw.upper() == "VAT"

    return holds


def _has(path: str) -> Guard:
    names, attribute = split_path(path)
    if attribute and not names:
        return lambda node, _: node.get(attribute) is not None
    if attribute:
        return lambda node, _: any(n.get(attribute) is not None for n in node.find(names))
    return lambda node, _: bool(node.find(names))


def _within(path: str) -> Guard:
    names = split_path(path)[0]
    first, rest = names[0], names[1:]
    return lambda node, _: any(a.state.name == first and (not rest or a.find(rest)) for a in node.ancestors())


def _self(name: str) -> Guard:
    return lambda node, _: node.state.name == name


def _endswith(end: str) -> Guard:
    return lambda node, _: node.state.name.endswith(end)


def _not(condition: Sequence[Any]) -> Guard:
    inner = guard_of(condition)
    return lambda node, doc: not inner(node, doc)


def _and(*conditions: Sequence[Any]) -> Guard:
    inner = [guard_of(c) for c in conditions]
    return lambda node, doc: all(guard(node, doc) for guard in inner)


def _or(*conditions: Sequence[Any]) -> Guard:
    inner = [guard_of(c) for c in conditions]
    return lambda node, doc: any(guard(node, doc) for guard in inner)


_OPERATORS: Final[Mapping[str, Callable[..., Guard]]] = {
    "empty": _empty,
    "eq": _equal,
    "ne": _different,
    "same": _same,
    "own-status": _own_status,
    "bool": _bool,
    "norm": _norm,
    "unlike": _unlike,
    "vat": _vat,
    "VAT": _vat_exact,
    "has": _has,
    "within": _within,
    "self": _self,
    "endswith": _endswith,
    "not": _not,
    "and": _and,
    "or": _or,
}


def guard_of(condition: Sequence[Any]) -> Guard:
    """Return the guard of a condition."""
    return _OPERATORS[condition[0]](*condition[1:])


def guard_of_place(when: Sequence[tuple[int, Sequence[Any]]]) -> Guard:
    """Return the guard of a place: each condition stands on the node itself or so many steps above it."""
    guards = [_raised(up, guard_of(condition)) for up, condition in when]
    if len(guards) == 1:
        return guards[0]
    if len(guards) == 2:  # noqa: PLR2004 -- the usual pair
        first, second = guards
        return lambda node, doc: first(node, doc) and second(node, doc)
    return lambda node, doc: all(guard(node, doc) for guard in guards)


_READABLE: Final = frozenset({"empty", "eq", "ne", "same", "has", "self", "endswith", "within"})


def is_readable(when: Iterable[tuple[int, Sequence[Any]]]) -> bool:
    """Whether conditions hold or not whatever the values: none of them can find a value malformed."""
    return all(_is_readable(condition) for _, condition in when)


def _is_readable(condition: Sequence[Any]) -> bool:
    operator, *operands = condition
    if operator in {"and", "or", "not"}:
        return all(map(_is_readable, operands))
    return operator in _READABLE


Value = tuple[tuple[str, ...], str | None]
"""A value that a condition reads: names from the node down, or from its parent with `..`, and the attribute
that it ends in, if any."""

_OF_VALUES: Final = frozenset({"eq", "ne", "norm", "unlike", "bool", "vat", "VAT", "has"})


def tested_by(when: Iterable[tuple[int, Sequence[Any]]]) -> tuple[Value, ...] | None:
    """Return the values on which conditions depend; None where they depend on anything else."""
    tested: dict[Value, None] = {}
    for up, condition in when:
        values = _values_of(condition) if up <= 1 else None
        if values is None:
            return None
        tested.update(dict.fromkeys(((*[".."] * up, *names), attribute) for names, attribute in values))
    return tuple(tested)


def _values_of(condition: Sequence[Any]) -> list[Value] | None:
    operator, *operands = condition
    if operator in {"and", "or", "not"}:
        inner = [_values_of(operand) for operand in operands]
        return None if None in inner else [value for values in inner if values for value in values]
    if operator not in _OF_VALUES:
        return None
    value = _plain_value(operands[0])
    if value is not None and operator == "has" and value[1] is None:
        value = value[0], PRESENCE
    return None if value is None else [value]


def _plain_value(path: str) -> Value | None:
    names, attribute = split_path(path)
    return None if path.startswith("/") or {"..", "*"} & {*names} else (names, attribute)


def selector_of(when: Sequence[tuple[int, Sequence[Any]]]) -> tuple[Value, frozenset[str]] | None:
    """Return the one-value test that a place makes on its own node, as (value, raw values), if it makes one.

    It lets the engine look a value up instead of trying one condition after the other.
    """
    for up, (operator, *operands) in when:
        value = _plain_value(operands[0]) if up == 0 and operator in {"eq", "norm"} else None
        if value is not None:
            return value, frozenset(operands[1] if operator == "eq" else {operands[1]})
    return None


def _raised(up: int, guard: Guard) -> Guard:
    if up == 0:
        return guard

    def above(node: Node, doc: Document) -> bool:
        target: Node | None = node
        for _ in range(up):
            target = target.up if target is not None else None
        return target is not None and guard(target, doc)

    return above
