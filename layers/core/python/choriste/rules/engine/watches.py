"""What shows that a plain rule holds without judging it: names that are there, no repetition, fitting values.

Most rules of an invoice hold, and most of them could only be broken by something unusual: a child that is
absent, an element that comes twice, an amount with three decimals. A `Watch` says what that is for a rule;
only where it happens is the rule judged in full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from choriste.rules.engine.facts import RuleFact, code_list
from choriste.rules.engine.kinds import FORMATS, TYPE_CODES, fits
from choriste.rules.engine.paths import Path, plain_names, plain_value, split_path
from choriste.rules.engine.rule import Names, Test, Watch
from choriste.rules.engine.tree import PRESENCE, Document, Rows


def watch_of(fact: RuleFact) -> Watch | None:
    """Return what to watch for a rule; None for a rule that must be judged on every node."""
    make = _WATCHES.get(fact.kind)
    return make(**fact.parameters) if make else None


def holds(watch: Watch, document: Document, state: Path, rows: Rows) -> bool:
    """Whether a watch shows that its rule holds on all of some elements of a path."""
    return (
        not any(document.under(state, rows, path)[1] for path in watch.given)
        and (not watch.needs or _leads_on(watch, document, state, rows))
        and (not watch.one_of or _have_one(watch.one_of, document, state, rows))
        and _comes_once(watch.once, document, state, rows)
        and (watch.test is None or _passes(watch.at, watch.test, document, state, rows))
    )


def _leads_on(watch: Watch, document: Document, state: Path, rows: Rows) -> bool:
    start = document.under(state, rows, watch.where)
    for path in watch.needs:
        above, holders = start
        for name in path:
            below, found = document.under(above, holders, (name,))
            if len(found) < len(holders) or len({document.parents[n] for n in found}) < len(holders):
                return False
            above, holders = below, found
    return True


def _have_one(paths: Sequence[Names], document: Document, state: Path, rows: Rows) -> bool:
    having: set[int] = set()
    for path in paths:
        attribute = path[-1][1:] if path[-1][0] == "@" else PRESENCE
        names = path if attribute is PRESENCE else path[:-1]
        having.update(document.only_values(state, rows, names, attribute))
    return len(having) == len(rows)


def _comes_once(path: Names, document: Document, state: Path, rows: Rows) -> bool:
    for name in path:
        state, rows = document.under(state, rows, (name,))
        if len(rows) > 1 and len({document.parents[number] for number in rows}) < len(rows):
            return False
    return True


def _passes(path: Names, test: Test, document: Document, state: Path, rows: Rows) -> bool:
    attribute = path[-1][1:] if path and path[-1][0] == "@" else None
    _, found = document.under(state, rows, path[:-1] if attribute else path)
    if attribute is None:
        return all(map(test, set(document.texts_of(found))))
    every = (document.attributes.get(number, _NONE) for number in found)
    return all(map(test, {attributes.get(attribute) for attributes in every}))


_NONE: Final[dict[str, str]] = {}


def _any(paths: Sequence[str]) -> Watch | None:
    if len(paths) != 1:
        full = [plain_value(path) for path in paths]
        return None if None in full else Watch(one_of=tuple(names for names in full if names))
    names, attribute = split_path(paths[0])
    if attribute is None:
        return Watch(needs=(names,)) if plain_names(paths[0]) else None
    if plain_names(paths[0].rpartition("/@")[0]) is None:
        return None
    return Watch(needs=(names,) if names else (), at=(*names, "@" + attribute), test=is_given)


def _exact(path: str, count: int) -> Watch | None:
    names = plain_names(path)
    return Watch(needs=(names,), once=names) if names and count == 1 else None


def _max(path: str, most: int) -> Watch | None:
    names = plain_names(path)
    return Watch(once=names) if most and names else None


def _count(path: str, having: object, comparison: str, limit: int) -> Watch | None:
    del having  # what is counted stands on the path, whatever its values
    return _max(path, limit) if comparison == "<=" else None


def _nonblank(path: str) -> Watch | None:
    names = plain_names(path)
    if names is None:
        return None
    return Watch(needs=(names,) if names else (), once=names, at=names, test=str.strip)


def _notempty(path: str) -> Watch | None:
    names = plain_names(path)
    return Watch(needs=(names,), at=names, test=len) if names else None


def is_given(value: str | None) -> bool:
    """Whether an attribute is there at all."""
    return value is not None


def is_filled(value: str | None) -> bool:
    """Whether an attribute is there and holds more than white space."""
    return bool(value and value.strip())


@cache
def has_decimals(most: int) -> Test:
    """Return a test that a value has at most so many characters after its first point."""
    return lambda raw: len(raw.partition(".")[2]) <= most


@cache
def _has_length(most: int) -> Test:
    return lambda raw: len(raw) <= most


def _decimals(path: str, most: int, which: str = "only") -> Watch | None:
    del which
    names = plain_names(path)
    return None if names is None else Watch(once=names, at=names, test=has_decimals(most))


def _maxlen(most: int) -> Watch:
    return Watch(test=_has_length(most))


def _list(target: str, codes: str, compare: str) -> Watch:
    del compare  # a code as it is written in its list passes every comparison
    return Watch(at=(target,) if target[0] == "@" else (), test=code_list(codes).__contains__)


@cache
def given_code(codes: str) -> Test:
    """Return a test that an attribute is absent, or one of the codes of a list."""
    return (code_list(codes) | {None}).__contains__


@cache
def _has_format(name: str) -> Test:
    return TYPE_CODES.__contains__ if name == "type-code" else lambda raw: fits(raw, name)


def _format(form: str, path: str = ".") -> Watch | None:
    names = () if path == "." else plain_names(path)
    if names is None or not (form in FORMATS or form == "type-code"):
        return None
    needs = (names,) if names and form == "price" else ()  # in CII one must be there
    return Watch(needs=needs, once=names, at=names, test=_has_format(form))


def _forbid(paths: Sequence[str], excepted: str = "") -> Watch | None:
    del excepted  # only of attributes anywhere
    given = [names for path in paths if (names := plain_names(path))]
    return Watch(given=tuple(given)) if len(given) == len(paths) else None


_WATCHES: Final[dict[str, Callable[..., Watch | None]]] = {
    "any": _any,
    "forbid": _forbid,
    "exact": _exact,
    "max": _max,
    "count": _count,
    "nonblank": _nonblank,
    "notempty": _notempty,
    "decimals": _decimals,
    "maxlen": _maxlen,
    "list": _list,
    "format": _format,
}
