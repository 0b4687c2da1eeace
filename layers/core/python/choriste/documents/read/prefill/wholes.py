"""References read whole: with inner blanks, slashes and dashes, up to where the clause ends."""

from __future__ import annotations

import re
from typing import Final

from choriste.documents.read.prefill.candidates import Read
from choriste.documents.read.prefill.evidence import Doubt
from choriste.documents.read.prefill.patterns import amounts_in, dates_in, is_date_like

_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.\-]*")
_SPACED_JOINT: Final = re.compile(r" ?([-/]) ?(?=[A-Za-z0-9])")
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9_.\-/]{0,99}(?=$|[\s,;)(])")
_CAPITALS: Final = re.compile(r" [A-Z0-9_]{2,}\b")
"""A further word of a code such as `12 MAIRIE`."""

_LETTER: Final = re.compile(r" ([A-Z]) (?=\d)")
_PREFIX: Final = re.compile(r"[A-Z]{1,5}")
_NOT_AMOUNT: Final = re.compile(r"[,.']\d| ?[%€$£]")
_UNIT: Final = re.compile(r" (?!du |de |en |le |au |date|of |vom |dated|pour |et |\()[a-zà-ÿ]{2,}")
_LONGEST = 60


def read_reference(text: str) -> Read | None:
    """Read a reference that holds a digit, and is neither a date nor an amount.

    Groups of digits printed apart are one number without blanks; other parts keep one blank.
    """
    first = _TOKEN.match(text)
    if first is None or _is_other(text, 0):
        return None
    parts, end, spaced = [first[0].rstrip(".-/_")], 0, False
    end = len(parts[0])
    while (found := _next_part(text, parts, end)) is not None:
        joint, part, end = found
        spaced = spaced or joint == " "
        parts += [joint, part]
    value = _canonical(parts)
    if not any(map(str.isdigit, value)) or is_date_like(value) or amounts_in(value):
        return None
    if _NOT_AMOUNT.match(text[end:]):
        return None
    doubts = {Doubt.CUT_OFF} if spaced and _UNIT.match(text[end:]) else set()
    return Read(value[:_LONGEST], 0, end, frozenset(doubts))


def read_code(text: str) -> Read | None:
    """Read a service code: one word in capitals, digits or both, up to the end of its cell or clause."""
    match = _CODE.match(text)
    if match is None or is_date_like(match[0]) or amounts_in(match[0]):
        return None
    value = match[0].rstrip(".-/")
    goes_on = _CAPITALS.match(text, match.end()) is not None
    return Read(value, 0, len(value), frozenset({Doubt.CUT_OFF} if goes_on else ())) if value else None


def _next_part(text: str, parts: list[str], end: int) -> tuple[str, str, int] | None:
    """Return how the reference goes on at a place: the joint, the part and where it ends."""
    letter = _LETTER.match(text, end)
    if letter and parts[-1][-1:].isdigit():
        return " ", letter[1], letter.end() - 1
    joint = _SPACED_JOINT.match(text, end)
    start = joint.end() if joint else end + 1
    token = _TOKEN.match(text, start)
    if token is None or (joint is None and text[end : end + 1] != " ") or _is_other(text, start):
        return None
    part = token[0].rstrip(".-/_")
    if not any(map(str.isdigit, part)):
        return None
    if joint:
        return (joint[1], part, start + len(part)) if _joins(parts[-1], part) else None
    if part.islower() or not _goes_on(parts, part):
        return None
    return " ", part, start + len(part)


def _joins(before: str, part: str) -> bool:
    # `2026 - 045` is one number; `F-2026-118 - 2 pages` is not.
    return "-" not in before and before.isalnum() and part[:1].isdigit() and part.isalnum()


def _goes_on(parts: list[str], part: str) -> bool:
    if len(parts) == 1 and _PREFIX.fullmatch(parts[0]):
        return True
    return (parts[-1][-1:].isdigit() or len(parts[-1]) == 1) and part[:1].isdigit()


def _is_other(text: str, start: int) -> bool:
    """Return whether a date or an amount begins at a place."""
    rest = text[start : start + _LONGEST]
    return any(each.start == 0 for each in dates_in(rest)) or any(
        each.start == 0 for each in amounts_in(rest)
    )


def _canonical(parts: list[str]) -> str:
    pure = all(part.isdigit() for part in parts[::2]) and all(joint == " " for joint in parts[1::2])
    return "".join(part for part in parts if part != " ") if pure else "".join(parts)
