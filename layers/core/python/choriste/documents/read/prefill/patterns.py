"""The shapes of values: dates, amounts, rates, references."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_MONTHS_IN_A_YEAR: Final = 12
_MONTHS: Final[dict[str, int]] = {
    name: number
    for number, names in enumerate(
        ("janvier january januar jan janv", "fevrier february februar fev fevr feb", "mars march marz mar",
         "avril april avr apr", "mai may", "juin june juni jun", "juillet july juli juil jul",
         "aout august aug",
         "septembre september sept sep", "octobre october oktober oct okt", "novembre november nov",
         "decembre december dezember dec dez"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NUMERIC: Final = re.compile(r"(?<![\d/.\-])(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[/.\-]\d)")
_ISO: Final = re.compile(r"(?<![\d/.\-])(\d{4})([/.\-])(\d{1,2})\2(\d{1,2})(?![\d]|[/.\-]\d)")
_DAY_FIRST: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:er|st|nd|rd|th|\.)?\s+([^\W\d_]{3,10})\.?,?\s+(\d{4})(?!\d)"
)
_MONTH_FIRST: Final = re.compile(
    r"(?<![^\W\d_])([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)"
)
_AMOUNT: Final = re.compile(
    r"(?<![\w.,])(?P<sign>[-(]\s?)?(?P<before>€|£|\$|EUR|GBP|USD|CHF)?\s?(?P<inner>-)?"
    r"(?P<whole>\d{1,3}(?:(?P<group>[ .,'])\d{3})(?:(?P=group)\d{3})*|\d+)"
    r"(?P<point>[.,])(?P<cents>\d{2})(?!\d|[.,]\d)"
    r"(?P<minus>-(?!\d))?\s?(?P<after>€|£|\$|EUR|GBP|USD|CHF|euros?)?"
)
_RATE: Final = re.compile(r"(?<![\w.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?%")
_CURRENCIES: Final = {"€": "EUR", "£": "GBP", "$": "USD", "euro": "EUR", "euros": "EUR"}
REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.\-]{0,39}")


@dataclass(frozen=True, slots=True)
class DateRead:
    """A date with its place in the text; `ambiguous` where day and month could change places."""

    value: dt.date
    start: int
    end: int
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class AmountRead:
    """An amount with its place in the text and its currency (ISO 4217), where one is written."""

    value: Decimal
    start: int
    end: int
    currency: str | None


@dataclass(frozen=True, slots=True)
class RateRead:
    """A percentage with its place in the text."""

    value: Decimal
    start: int
    end: int


def dates_in(text: str) -> list[DateRead]:
    """Return the dates of a text in order; impossible ones are left out."""
    found = [*_numeric_dates(text), *_written_dates(text)]
    return sorted(found, key=lambda each: each.start)


def amounts_in(text: str) -> list[AmountRead]:
    """Return the amounts with two decimals; percentages and dates are none."""
    dates = [(each.start, each.end) for each in dates_in(text)]
    return [
        amount for amount in _amounts(text) if not any(s < amount.end and amount.start < e for s, e in dates)
    ]


def rates_in(text: str) -> list[RateRead]:
    """Return the percentages of a text."""
    return [
        RateRead(Decimal(match[1].replace(",", ".")), match.start(), match.end())
        for match in _RATE.finditer(text)
    ]


def orders_in(text: str) -> set[str]:
    """Return what the numeric dates with slashes prove: `day` first, `month` first, or nothing."""
    pairs = [(int(match[1]), int(match[3])) for match in _NUMERIC.finditer(text) if match[2] == "/"]
    proofs = {"day" for first, second in pairs if first > _MONTHS_IN_A_YEAR >= second}
    return proofs | {"month" for first, second in pairs if second > _MONTHS_IN_A_YEAR >= first}


def is_date_like(text: str) -> bool:
    """Return whether a whole text is a date."""
    return any(each.start == 0 and each.end == len(text) for each in dates_in(text))


def _numeric_dates(text: str) -> Iterator[DateRead]:
    for match in _ISO.finditer(text):
        if (value := _date(int(match[1]), int(match[3]), int(match[4]))) is not None:
            yield DateRead(value, match.start(), match.end())
    for match in _NUMERIC.finditer(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if len(match[4]) == len("26") else 0
        if (value := _date(year, month, day)) is not None:
            swappable = match[2] == "/" and day <= _MONTHS_IN_A_YEAR and day != month
            yield DateRead(value, match.start(), match.end(), ambiguous=swappable)


def _written_dates(text: str) -> Iterator[DateRead]:
    for pattern, day_at, month_at in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        for match in pattern.finditer(text):
            name = unicodedata.normalize("NFD", match[month_at]).encode("ascii", "ignore").decode().lower()
            value = _date(int(match[3]), _MONTHS.get(name, 0), int(match[day_at]))
            if value is not None:
                yield DateRead(value, match.start(), match.end())


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _amounts(text: str) -> Iterator[AmountRead]:
    for match in _AMOUNT.finditer(text):
        if match["group"] == match["point"] or text[match.end() :].lstrip().startswith("%"):
            continue
        digits = re.sub(r"\D", "", match["whole"])
        negative = bool(match["sign"] or match["inner"] or match["minus"])
        value = Decimal(f"{'-' if negative else ''}{digits}.{match['cents']}")
        written = match["before"] or match["after"]
        currency = _CURRENCIES.get(written, written) if written else None
        yield AmountRead(value, match.start(), match.end(), currency)
