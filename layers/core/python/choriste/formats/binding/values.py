"""The lexical forms of values: how the text of an element becomes a value of the model, and back.

What Python accepts is far wider than what XML Schema does (exponents, underscores, full-width digits,
NaN …), so every form is checked with an ASCII pattern first.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

WHITESPACE: Final = " \t\r\n"
"""What XML calls white space; a no-break space is not, and must not vanish from a value."""

_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE_102: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DATE_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?")
_GAPS: Final = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Kind:
    """A lexical form; `decode` gives None for text that it refuses, `name` is the fault's `expected`."""

    name: str
    decode: Callable[[str], object | None]
    encode: Callable[[object], str]


def decimal_of(text: str) -> Decimal | None:
    """Return the exact value of an xs:decimal, or None where the text is no xs:decimal."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def date_of_102(text: str) -> dt.date | None:
    """Return the day of a UN/EDIFACT 2379 date in format 102 (CCYYMMDD), or None."""
    return _date(_DATE_102.fullmatch(text))


def date_of_iso(text: str) -> dt.date | None:
    """Return the day of an xs:date, a time zone being ignored, or None."""
    return _date(_DATE_ISO.fullmatch(text))


def _date(parts: re.Match[str] | None) -> dt.date | None:
    if parts is None:
        return None
    try:
        return dt.date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        return None


def bytes_of(text: str) -> bytes | None:
    """Return the content of an xs:base64Binary, or None where it is not valid base 64."""
    try:
        return base64.b64decode(_GAPS.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        return None


def _decimal_text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _text_102(value: object) -> str:
    return f"{value}".replace("-", "")


def _base64_text(value: object) -> str:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)


def mapped(codes: dict[str, str]) -> Kind:
    """Return the form of a code that a syntax writes otherwise than the model: `codes` is syntax → model."""
    back = {model: syntax for syntax, model in codes.items()}
    return Kind("code", lambda text: codes.get(text, text), lambda value: back.get(str(value), str(value)))


TEXT: Final = Kind("text", lambda text: text, str)
DECIMAL: Final = Kind("decimal", decimal_of, _decimal_text)
DATE_102: Final = Kind("date-102", date_of_102, _text_102)
DATE_ISO: Final = Kind("date-iso", date_of_iso, str)
BINARY: Final = Kind("base64", bytes_of, _base64_text)
