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
from choriste.rules.engine.paths import split_path
from choriste.rules.engine.rule import Names, Rule, Test, Watch


def watch_of(fact: RuleFact) -> Watch | None:
    """Return what to watch for a rule; None for a rule that must be judged on every node."""
    make = _WATCHES.get(fact.kind)
    return make(**fact.parameters) if make else None


def _down(path: str) -> Names | None:
    """Return the names of a path of elements below the context, None for any other path."""
    names, attribute = split_path(path)
    plain = not path.startswith("/") and attribute is None and not {"..", "*"} & {*names}
    return names if plain else None


def _any(paths: Sequence[str]) -> Watch | None:
    if len(paths) != 1:
        return None
    names, attribute = split_path(paths[0])
    if attribute is None:
        return Watch(needs=(names,)) if _down(paths[0]) else None
    if _down(paths[0].rpartition("/@")[0]) is None:
        return None
    return Watch(needs=(names,) if names else (), at=(*names, "@" + attribute), test=is_given)


def _exact(path: str, count: int) -> Watch | None:
    names = _down(path)
    return Watch(needs=(names,), once=names) if names and count == 1 else None


def _max(path: str, most: int) -> Watch | None:
    names = _down(path)
    return Watch(once=names) if most and names else None


def _count(path: str, having: object, comparison: str, limit: int) -> Watch | None:
    del having  # what is counted stands on the path, whatever its values
    return _max(path, limit) if comparison == "<=" else None


def _nonblank(path: str) -> Watch | None:
    names = _down(path)
    if names is None:
        return None
    return Watch(needs=(names,) if names else (), once=names, at=names, test=str.strip)


def _notempty(path: str) -> Watch | None:
    names = _down(path)
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
    names = _down(path)
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


def tests_given(rule: Rule, attribute: str) -> bool:
    """Whether a rule tests the code in an attribute."""
    return rule.fact.kind == "list" and rule.fact.parameters["target"] == f"@{attribute}"


@cache
def _has_format(name: str) -> Test:
    return TYPE_CODES.__contains__ if name == "type-code" else lambda raw: fits(raw, name)


def _format(form: str, path: str = ".") -> Watch | None:
    known = form in FORMATS or form == "type-code"
    return Watch(test=_has_format(form)) if path == "." and known else None


_WATCHES: Final[dict[str, Callable[..., Watch | None]]] = {
    "any": _any,
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
