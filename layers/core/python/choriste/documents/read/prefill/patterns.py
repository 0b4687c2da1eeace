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
_CENTURY: Final = 100
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
    r"(?<![\d.,])(\d{1,2})(?:er|st|nd|rd|th|\.)?[\s\-]+([^\W\d_]{3,10})\.?,?[\s\-]+"
    r"(\d{4}|'?\d{2})(?![\d.,]\d|\d| [€%])",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    r"(?<![^\W\d_])([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)"
)
_SPACED: Final = re.compile(r"(?<![\d/.\-])(\d{1,2}) ?([/.\-]) ?(\d{1,2}) ?\2 ?(\d{4})(?!\d|[/.\-]\d)")
_CODES: Final = "EUR|GBP|USD|CHF|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|JPY|XPF|XOF|MAD|TND"
_AMOUNT: Final = re.compile(
    rf"(?<![\w.,])(?P<sign>[-(]\s?)?(?P<before>€|£|\$|{_CODES})?\s?(?P<inner>-)?"
    r"(?P<whole>\d{1,3}(?:(?P<group>[ .,'])\d{3})(?:(?P=group)\d{3})*|\d+)"
    r"(?:(?P<point>[.,])(?P<cents>\d{2})(?!\d|[.,]\d)|(?P<symbol>€)(?P<after_symbol>\d{2})(?!\d))"
    rf"(?P<minus>-(?!\d))?\s?(?P<after>€|£|\$|(?:{_CODES})\b|euros?\b)?",
    re.IGNORECASE,
)
_WHOLE: Final = re.compile(
    rf"(?<![\w.,])(?P<sign>[-(]\s?)?(?P<before>€|£|\$|(?:{_CODES})\b)?\s?(?P<inner>-)?"
    r"(?P<whole>\d{1,3}(?:(?P<group>[ .'])\d{3})(?:(?P=group)\d{3})*|\d+)(?P<dash>,-+)?(?![\d.,]\d|\d)"
    rf"\s?(?P<after>€(?!\d)|£|\$|(?:{_CODES})\b|euros?\b)?",
    re.IGNORECASE,
)
_PERIOD_BEFORE: Final = re.compile(
    r"\d\s*(?:\bau\b|\bto\b|\bbis\b|-|→|\bjusqu'au\b)\s*(?:le |inclus )?$", re.IGNORECASE
)
_PERIOD_AFTER: Final = re.compile(
    r"\s*(?:(?:\bau\b|\bto\b|\bbis\b|→|\bjusqu'au\b)\s+\d|-\s*\d{1,2}[/. ])", re.IGNORECASE
)
_RATE: Final = re.compile(r"(?<![\w.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?%")
_CURRENCIES: Final = {"€": "EUR", "£": "GBP", "EURO": "EUR", "EUROS": "EUR"}
DOLLAR: Final = "$"
"""A sign of several currencies; which of them it is, other words must tell."""


@dataclass(frozen=True, slots=True)
class DateRead:
    """A date with its place in the text; `ambiguous` where day and month could change places."""

    value: dt.date
    start: int
    end: int
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class AmountRead:
    """An amount with its place in the text and its currency (ISO 4217, or `$`), where one is written."""

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


def amounts_in(text: str, *, bare: bool = False) -> list[AmountRead]:
    """Return the amounts: those with two decimals, and whole ones beside a currency.

    With `bare`, a text that is nothing but a whole number is one too. Percentages and dates are none.
    """
    taken = [(each.start, each.end) for each in dates_in(text)] if _may_hold_date(text) else []
    found: list[AmountRead] = []
    for amount in (*_amounts(text), *_whole_amounts(text, bare=bare)):
        if not any(start < amount.end and amount.start < end for start, end in taken):
            found.append(amount)
            taken.append((amount.start, amount.end))
    return sorted(found, key=lambda each: each.start)


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


def _may_hold_date(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= 3  # noqa: PLR2004 - the shortest: 1 mai 26


def periods_in(text: str) -> list[tuple[int, int]]:
    """Return the spans of the dates of a period: `du 01/10 au 31/10/2026`, `from … to …`, `01/10 - 31/10`."""
    return [
        (each.start, each.end)
        for each in dates_in(text)
        if _PERIOD_BEFORE.search(text[: each.start]) or _PERIOD_AFTER.match(text[each.end :])
    ]


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
    for match in _SPACED.finditer(text):
        value = _date(int(match[4]), int(match[3]), int(match[1]))
        if " " in match[0] and value is not None:
            swappable = match[2] == "/" and int(match[1]) <= _MONTHS_IN_A_YEAR and match[1] != match[3]
            yield DateRead(value, match.start(), match.end(), ambiguous=swappable)


def _written_dates(text: str) -> Iterator[DateRead]:
    for pattern, day_at, month_at in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        for match in pattern.finditer(text):
            name = unicodedata.normalize("NFD", match[month_at]).encode("ascii", "ignore").decode().lower()
            year = int(match[3].lstrip("'"))
            value = _date(year + (2000 if year < _CENTURY else 0), _MONTHS.get(name, 0), int(match[day_at]))
            if value is not None:
                yield DateRead(value, match.start(), match.end())


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _amounts(text: str) -> Iterator[AmountRead]:
    for match in _AMOUNT.finditer(text):
        if (match["point"] and match["group"] == match["point"]) or _is_share(text, match):
            continue
        negative = bool(match["sign"] or match["inner"] or match["minus"])
        cents = match["cents"] or match["after_symbol"]
        yield _amount(match, cents, match["symbol"] or match["before"] or match["after"], negative=negative)


def _whole_amounts(text: str, *, bare: bool) -> Iterator[AmountRead]:
    for match in _WHOLE.finditer(text):
        alone = bare and match.start() == 0 and match.end() == len(text.rstrip(" )"))
        written = match["before"] or match["after"]
        if (written or match["dash"] or alone) and not _is_share(text, match):
            yield _amount(match, "00", written, negative=bool(match["sign"] or match["inner"]))


def _amount(match: re.Match[str], cents: str, written: str | None, *, negative: bool) -> AmountRead:
    digits = re.sub(r"\D", "", match["whole"])
    currency = _CURRENCIES.get(written.upper(), written.upper()) if written else None
    return AmountRead(
        Decimal(f"{'-' if negative else ''}{digits}.{cents}"), match.start(), match.end(), currency
    )


def _is_share(text: str, match: re.Match[str]) -> bool:
    return text[match.end() :].lstrip().startswith("%")
