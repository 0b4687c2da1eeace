"""Reading values as XML Schema does, which is stricter than Python: `xs:decimal`, `xs:double`, dates.

`Decimal("1E3")`, `Decimal("1_000")` or full-width digits are numbers for Python and not for an invoice, so
the lexical form is checked first, in ASCII. Rounding is XPath's: a half goes up, for negatives too.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, Context, Decimal
from functools import reduce
from operator import add
from typing import Final

from choriste.rules.engine.tree import Node

EXACT: Final = Context(prec=80)
ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
_HALF: Final = Decimal("0.5")
_CENT: Final = Decimal("0.01")
_HALF_CENT: Final = Decimal("0.005")
_QUANTIZABLE: Final = EXACT.prec - 4
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z")
_CENTS: Final = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{0,2})?\Z")
_UNSIGNED: Final = re.compile(r"[0-9]+(?:\.[0-9]*)?\Z")
_DOUBLE: Final = re.compile(r"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF|NaN)\Z")
_DATE: Final = re.compile(r"(-?[0-9]{4,})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?\Z")
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


class MalformedError(ValueError):
    """A value that its type refuses. The official engine aborts there; we report `node` and go on.

    `expected` names the type: `decimal`, `date-iso` or `boolean`; `single` where a value came twice.
    """

    def __init__(self, node: Node, expected: str) -> None:
        super().__init__(expected)
        self.node = node
        self.expected = expected


def is_plain(text: str) -> bool:
    """Whether a value is written with digits and one point at most, as most amounts are: a quick test."""
    return text.replace(".", "", 1).isdigit() and text.isascii()


def decimal_of(node: Node) -> Decimal:
    """Return the exact decimal value of a node; raise `MalformedError` where it is none."""
    text = node.raw
    if text.replace(".", "", 1).isdigit() and text.isascii():  # `is_plain`, without a call
        return Decimal(text)
    text = text.strip(" \t\r\n")
    if _DECIMAL.match(text) is None:
        raise MalformedError(node, "decimal")
    return Decimal(text)


def is_unsigned(node: Node) -> bool:
    """Whether a value is written as a plain number without a sign, such as `12.50`."""
    return _UNSIGNED.match(node.raw) is not None


def is_in_cents(node: Node) -> bool:
    """Whether a value is written as an amount of at most two decimals, small enough for `xs:double`."""
    return _CENTS.match(node.raw) is not None


def only(nodes: Sequence[Node]) -> Node | None:
    """Return the single node where the official rule takes one value; a second is malformed (`single`)."""
    if len(nodes) > 1:
        raise MalformedError(nodes[1], "single")
    return nodes[0] if nodes else None


def double_of(node: Node) -> float:
    """Return the value of a node as `xs:double`, the type of an untyped value in a comparison."""
    text = node.raw
    if is_plain(text):
        return float(text)
    text = text.strip(" \t\r\n")
    if _DOUBLE.match(text) is None:
        raise MalformedError(node, "decimal")
    return float(text.replace("INF", "inf"))


def boolean_of(node: Node) -> bool:
    """Return the value of a node as `xs:boolean`."""
    text = node.raw.strip(" \t\r\n")
    if text not in _BOOLEANS:
        raise MalformedError(node, "boolean")
    return _BOOLEANS[text]


def date_of(node: Node) -> dt.date:
    """Return the value of a node as `xs:date` (UBL); years that Python cannot hold are malformed."""
    match = _DATE.match(node.raw.strip(" \t\r\n"))
    try:
        if match:
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise MalformedError(node, "date-iso")


def whole(value: Decimal) -> Decimal:
    """Round to a whole number, halves up: XPath `round()`."""
    return (value + _HALF).to_integral_value(ROUND_FLOOR)


def cents(value: Decimal) -> Decimal:
    """Round to two decimals, halves up: XPath `round(x * 100) div 100`."""
    if value.is_finite() and value.adjusted() < _QUANTIZABLE:
        return (value + _HALF_CENT).quantize(_CENT, ROUND_FLOOR)
    return (value * 100 + _HALF).to_integral_value(ROUND_FLOOR) / 100


def double_sum(values: Iterable[float]) -> float:
    """Return the sum of doubles, added one after another as XPath's `sum` does.

    The `sum` of Python 3.12 and later compensates the rounding of each step: it may give another double.
    """
    return reduce(add, values, 0.0)


def double_cents(value: float) -> float:
    """Round to two decimals in binary floating point, as the official rules on untyped sums do."""
    if not math.isfinite(value):
        return value
    return math.floor(value * 10 * 10 + 0.5) / 100


def show(value: Decimal | float) -> str:
    """Return an amount as people write it in an invoice: at least two decimals, no exponent."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    text = format(number.normalize(EXACT), "f") if number.is_finite() else str(number)
    whole_part, _, decimals = text.partition(".")
    return f"{whole_part}.{decimals.ljust(2, '0')}" if number.is_finite() else text
