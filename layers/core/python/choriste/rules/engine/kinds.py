"""The kinds of plain rules, and how each becomes a check: must exist, must not, at most n, a code list.

Facts give a rule its kind and its parameters; a rule of the kind `code` has its predicate in Python,
found by its id in the registry of its rule set.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from choriste.rules.engine.conditions import guard_of
from choriste.rules.engine.facts import RuleFact, code_list, words
from choriste.rules.engine.paths import reader, split_path
from choriste.rules.engine.rule import BROKEN, Broken, Check, Gate, LazyCheck
from choriste.rules.engine.tree import Document, Node, fold
from choriste.rules.engine.values import only


def _everywhere(path: str) -> Callable[[Document], list[Node]]:
    """Return a reader of the nodes that end in a path, wherever in the document; read once a document."""
    names = split_path(path)[0]

    def read(doc: Document) -> list[Node]:
        return [n for n in doc.all(names[-1]) if n.state.path[-len(names) :] == names]

    return lambda doc: doc.once(read)


def _present(path: str) -> Callable[[Node], bool]:
    names, attribute = split_path(path)
    read = reader("/".join(names))
    if attribute is None:
        return lambda node: bool(read(node))
    return lambda node: any(n.get(attribute) is not None for n in read(node))


def _any(paths: Sequence[str]) -> Check:
    if any(path.startswith("//") for path in paths):
        return _any_in_document(paths)
    names = [split_path(path) for path in paths]
    if all(len(found) == 1 and found[0] not in {"..", "*"} and not attribute for found, attribute in names):
        children = tuple(found[0] for found, _ in names)
        return lambda node, _: None if node.has(*children) else BROKEN
    tests = [_present(path) for path in paths]
    if len(tests) == 1:
        test = tests[0]
        return lambda node, _: None if test(node) else BROKEN
    return lambda node, _: None if any(test(node) for test in tests) else BROKEN


def _any_in_document(paths: Sequence[str]) -> Check:
    reads = [_everywhere(path) for path in paths]
    return lambda _, doc: None if any(read(doc) for read in reads) else BROKEN


def _forbid(paths: Sequence[str], excepted: str = "") -> Check:
    del excepted  # only of attributes anywhere, which the grammar finds
    reads = [(reader("/".join(split_path(p)[0])), split_path(p)[1]) for p in paths if not p.startswith("//")]

    def check(node: Node, _: Document) -> Broken | None:
        for read, attribute in reads:
            for found in read(node):
                if attribute is None or found.get(attribute) is not None:
                    return Broken(found)
        return None

    return check


def _max_in_document(path: str, most: int) -> Check:
    read = _everywhere(path)

    def check(_: Node, doc: Document) -> Broken | None:
        found = read(doc)
        return Broken(found[most], str(len(found)), f"≤ {most}") if len(found) > most else None

    return check


def _max(path: str, most: int) -> Check:
    if path.startswith("//"):
        return _max_in_document(path, most)
    names, attribute = split_path(path)
    read = reader("/".join(names))

    def check(node: Node, _: Document) -> Broken | None:
        found = read(node)
        if len(found) <= most:
            return None
        if attribute and len([n for n in found if n.get(attribute) is not None]) <= most:
            return None
        return Broken(found[most], str(len(found)), f"≤ {most}")

    return check


def _count(path: str, having: Sequence[Any], comparison: str, limit: int) -> Check:
    read, holds = reader(path), guard_of(having)

    def check(node: Node, doc: Document) -> Broken | None:
        found = [n for n in read(node) if holds(n, doc)]
        right = len(found) >= limit if comparison == ">=" else len(found) <= limit
        return (
            None if right else Broken(found[-1] if found else None, str(len(found)), f"{comparison} {limit}")
        )

    return check


def _exact(path: str, count: int) -> Check:
    read = reader(path)

    def check(node: Node, _: Document) -> Broken | None:
        found = read(node)
        if len(found) == count:
            return None
        return Broken(found[count] if len(found) > count else None, str(len(found)), str(count))

    return check


def _nonblank(path: str) -> Check:
    if path.startswith("//"):
        everywhere = _everywhere(path)
        return lambda _, doc: None if (n := only(everywhere(doc))) is not None and n.is_filled else BROKEN
    names, attribute = split_path(path)
    read = reader("/".join(names))

    def check(node: Node, _: Document) -> Broken | None:
        found = read(node)
        if len(found) > 1:
            only([n for n in found if attribute is None or n.get(attribute) is not None])
        if attribute is None and found and found[0].is_filled:
            return None
        value = _first_value(found, attribute)
        return None if value.strip(" \t\r\n") else Broken(found[0] if found else None, value or None)

    return check


def _first_value(found: Sequence[Node], attribute: str | None) -> str:
    if attribute:
        return next((v for n in found if (v := n.get(attribute)) is not None), "")
    return found[0].raw if found else ""


def _notempty(path: str) -> Check:
    if path.startswith("//"):
        everywhere = _everywhere(path)
        return lambda _, doc: None if any(n.is_filled or n.raw for n in everywhere(doc)) else BROKEN
    names, attribute = split_path(path)
    read = reader("/".join(names))
    if attribute:
        return lambda node, _: None if any(n.get(attribute) for n in read(node)) else BROKEN
    return lambda node, _: None if any(n.is_filled or n.raw for n in read(node)) else BROKEN


def _decimals(path: str, most: int, which: str = "only") -> Check:
    read = reader(path)

    def check(node: Node, _: Document) -> Broken | None:
        found = read(node)
        if not found:
            return None
        if which == "only":
            only(found)
        if len(found[0].raw.partition(".")[2]) <= most:
            return None
        return Broken(found[0], found[0].raw, f"≤ {most}")

    return check


def _maxlen(most: int) -> Check:
    return lambda node, _: None if len(node.raw) <= most else Broken(None, node.raw, f"≤ {most}")


def _list(target: str, codes: str, compare: str) -> Check:
    name, how = codes, compare
    known = code_list(name)
    attribute = target[1:] if target[0] == "@" else None
    if how == "codedb":
        return _listed_exactly(attribute, known, name)

    def check(node: Node, _: Document) -> Broken | None:
        value = (node.get(attribute) or "") if attribute else node.raw
        if value in known:
            return None
        if how != "exact":
            value = fold(value).upper() if how == "upper" else fold(value)
        return None if value in known else Broken(None, value, name)

    return check


def _listed_exactly(attribute: str | None, codes: frozenset[str], name: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        value = (node.get(attribute) or "") if attribute else node.raw
        return None if not value or value in codes else Broken(None, value, name)

    return check


_AMOUNT = r"-?\d{{1,19}}(\.\d{{1,{0}}})?\Z"
FORMATS: Final[Mapping[str, tuple[re.Pattern[str], int, str]]] = {
    "invoice-id": (re.compile(r"[A-Za-z0-9+\-_/]+\Z"), 0, "A-Z a-z 0-9 + - _ /"),
    "address": (re.compile(r"[A-Za-z0-9+\-_.]+\Z"), 0, "A-Z a-z 0-9 + - _ ."),
    "siren": (re.compile(r"\d{9}\Z"), 0, "9 × 0-9"),
    "amount": (re.compile(_AMOUNT.format(2)), 19, "≤ 19.2"),
    "quantity": (re.compile(_AMOUNT.format(4)), 19, "≤ 19.4"),
    "rate": (re.compile(r"\d{1,4}(\.\d{1,2})?\Z"), 4, "≤ 4.2, ≥ 0"),
    "price": (re.compile(r"\d{1,19}(\.\d{1,6})?\Z"), 19, "≤ 19.6, ≥ 0"),
    "signed-price": (re.compile(_AMOUNT.format(6)), 19, "≤ 19.6"),
}
TYPE_CODES: Final = frozenset(words("380 389 393 501 386 500 384 471 472 473 261 262 381 396 502 503"))
_BIDIRECTIONAL: Final = frozenset({"S9", "B9", "M9"})


def _format(form: str, path: str = ".") -> Check:
    name = form
    if name == "date":
        return _calendar_date
    if name == "type-code":
        codes = " ".join(sorted(TYPE_CODES))
        return lambda node, _: None if node.raw in TYPE_CODES else Broken(None, node.raw, codes)
    read, as_written = reader(path), name in {"invoice-id", "address"}
    optional = path != "." or name == "price"

    def check(node: Node, doc: Document) -> Broken | None:
        found = only(read(node))
        if found is not None and not as_written and fits(found.raw, name):
            return None
        value = "" if found is None else (found.raw if as_written else found.text)
        if not value and optional and (name != "price" or doc.syntax == "ubl"):
            return None
        which = "signed-price" if name == "price" and doc.once(_is_bidirectional) else name
        tried = fold(value) if name == "invoice-id" else value
        if fits(tried, which) and not (name == "invoice-id" and " " in value):
            return None
        return Broken(found, value, FORMATS[which][2])

    return check


def fits(value: str, name: str) -> bool:
    """Whether a value has the form of a name, with as many digits as it may have."""
    pattern, most, _ = FORMATS[name]
    return pattern.match(value) is not None and (not most or len(value.replace(".", "")) <= most)


def _is_bidirectional(doc: Document) -> bool:
    path = ("ExchangedDocumentContext", "BusinessProcessSpecifiedDocumentContextParameter", "ID")
    found = doc.root.find(path if doc.syntax == "cii" else ("ProfileID",))
    return any(n.text in _BIDIRECTIONAL for n in found)


def _calendar_date(node: Node, doc: Document) -> Broken | None:
    """A date of the years 2000 to 2099 that exists; CII looks at the first eight characters only."""
    cii = doc.syntax == "cii"
    value = node.raw[:8] if cii else node.raw
    match = re.match(r"(20\d\d)(\d\d)(\d\d)\Z" if cii else r"(20\d\d)-(\d\d)-(\d\d)\Z", value)
    try:
        if match:
            dt.date(int(match[1]), int(match[2]), int(match[3]))
            return None
    except ValueError:
        pass
    return Broken(None, node.raw, "20AAMMJJ / 20YYMMDD" if cii else "20AA-MM-JJ / 20YY-MM-DD")


KINDS: Final[Mapping[str, Callable[..., Check]]] = {
    "any": _any,
    "count": _count,
    "format": _format,
    "forbid": _forbid,
    "max": _max,
    "exact": _exact,
    "nonblank": _nonblank,
    "notempty": _notempty,
    "decimals": _decimals,
    "maxlen": _maxlen,
    "list": _list,
}


def check_of(fact: RuleFact) -> LazyCheck:
    """Return the check of a plain rule."""
    return LazyCheck(partial(KINDS[fact.kind], **fact.parameters))


def gate_of(fact: RuleFact, check: Check) -> Gate | None:
    """Return the gate of a rule on paths from anywhere (`//`): whatever the node, the document breaks it."""
    parameters = fact.parameters
    paths = parameters.get("paths", ()) if fact.kind == "any" else (parameters.get("path", ""),)
    if fact.kind == "forbid" or not any(path.startswith("//") for path in paths):
        return None
    return lambda doc: check(doc.root, doc) is not None
