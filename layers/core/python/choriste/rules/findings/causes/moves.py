"""Lines under the wrong VAT category or rate: the breakdown's bases tell where they belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from choriste.rules.findings.causes.equations import Equation
from choriste.rules.findings.causes.ledger import ZERO, Counted, Key, Ledger

_CENT: Final = Decimal("0.01")


class Move(NamedTuple):
    """Lines, allowances or charges of one VAT key that belong under another, and the bases this makes right.

    `equations` are positions in the list of equations.
    """

    counted: tuple[Counted, ...]
    right: Key
    equations: tuple[int, ...]


def moves_of(
    ledger: Ledger, equations: Sequence[Equation], residuals: Sequence[Decimal | None]
) -> Iterator[Move]:
    """Yield the moves that make a failing base right, and break none."""
    bases = {e.key: n for n, e in enumerate(equations) if e.rule == "VAT-08" and e.is_rule and e.key}
    done: set[int] = set()
    for key, number in bases.items():
        residual = residuals[number]
        if residual is None or equations[number].holds(residual):
            continue
        for some in _together(ledger, key):
            if number not in done and _fits(ledger, some, residual):
                left = bases.get(some[0].key) if some[0].key is not None else None
                if left is None or _fits(ledger, some, -(residuals[left] or ZERO)):
                    fixed = (number,) if left is None else (number, left)
                    done.update(fixed)
                    yield Move(some, key, fixed)


def _together(ledger: Ledger, key: Key) -> Iterator[tuple[Counted, ...]]:
    """Yield what may have moved: everything under one key that is not this one, then each by itself."""
    others = [c for c in (*ledger.lines, *ledger.allowances) if c.key is not None and c.key != key]
    for other in dict.fromkeys(c.key for c in others):
        yield tuple(c for c in others if c.key == other)
    yield from ((each,) for each in others)


def _fits(ledger: Ledger, counted: Sequence[Counted], residual: Decimal) -> bool:
    values = [(c.sign, ledger.amounts[c.amount].value) for c in counted]
    total = sum((sign * (value or ZERO) for sign, value in values), ZERO)
    return bool(total) and abs(total + residual) <= _CENT
