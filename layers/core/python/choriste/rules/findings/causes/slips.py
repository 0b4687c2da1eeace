"""What happens to an amount when it is typed or copied: the slips by which a wrong one is known."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from typing import Final

_CENTS: Final = Decimal("0.05")
_LONGEST_SHIFT: Final = 3


class Slip(StrEnum):
    """How an amount came to be wrong, as far as the two values tell."""

    SIGN = "sign"
    SHIFT = "shift"
    SWAP = "swap"
    COPY = "copy"
    DIGIT = "digit"
    ROUNDING = "rounding"


def slip_between(written: Decimal, right: Decimal, *, others: Collection[Decimal]) -> Slip | None:
    """Return the slip that turns the right amount into the written one; None where no usual one does.

    `others` are the other amounts of the invoice, one of which may have been copied.
    """
    if written == -right and right:
        return Slip.SIGN
    if _is_shifted(written, right):
        return Slip.SHIFT
    one, other = _digits(written), _digits(right)
    if (written < 0) == (right < 0) and _is_swapped(one, other):
        return Slip.SWAP
    if written and written in others:
        return Slip.COPY
    if abs(written - right) <= _CENTS:
        return Slip.ROUNDING
    return Slip.DIGIT if (written < 0) == (right < 0) and _is_one_digit_off(one, other) else None


def _is_shifted(written: Decimal, right: Decimal) -> bool:
    """Whether the point stands elsewhere; what falls behind the cents is lost."""
    if not written or not right:
        return False
    shifts = (Decimal(10) ** n for n in range(-_LONGEST_SHIFT, _LONGEST_SHIFT + 1) if n)
    return any(abs(right * shift - written) < Decimal("0.01") for shift in shifts)


def _digits(amount: Decimal) -> str:
    return f"{abs(amount):.2f}".replace(".", "")


def _is_swapped(one: str, other: str) -> bool:
    if len(one) != len(other) or sorted(one) != sorted(other):
        width = max(len(one), len(other))
        one, other = one.zfill(width), other.zfill(width)
    places = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    match places:
        case [first, second]:
            return second == first + 1 and one[first] == other[second] and one[second] == other[first]
    return False


def _is_one_digit_off(one: str, other: str) -> bool:
    """Whether one digit was mistyped, left out or typed too much."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and any(long[:n] + long[n + 1 :] == short for n in range(len(long)))
