"""Dates, times, numbers and amounts as people read them, the same in pages, documents, mails and reports.

Names and signs are those of CLDR (`cldr.json`, derived with Babel), with what French practice adds:
`1er` for the first of a month, `14 h 05` for a time (Lexique des règles typographiques de l'Imprimerie
nationale), the true minus sign. Groups of digits stand apart by a plain no-break space, which every font has.
Times are those of metropolitan France: contracts and legal deadlines name them.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final, TypedDict
from zoneinfo import ZoneInfo

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"
_SYMBOLS: Final = {"EUR": "€"}
_UNITS: Final = {"fr": ("octets", "ko", "Mo", "Go"), "en": ("bytes", "kB", "MB", "GB")}
_KILO: Final = 1000
_TWO_DIGITS: Final = 10
_DECIMAL_NUMBER: Final = re.compile(r"(?<![\w.,-])-?\d+\.\d+(?![\w.])")


class _Conventions(TypedDict):
    months: list[str]
    days: list[str]
    decimal: str
    group: str


@cache
def names_of(kind: str, language: str) -> dict[str, str]:
    """Return names by code, as CLDR has them: of `countries` (ISO 3166-1) or `currencies` (ISO 4217)."""
    loaded = json.loads((files(__package__) / "names.json").read_text(encoding="utf-8"))
    found: dict[str, str] = loaded[language][kind]
    return found


def legal_time(moment: dt.datetime) -> dt.datetime:
    """Return an aware instant at the legal time of metropolitan France."""
    return moment.astimezone(_paris())


def legal_date(moment: dt.datetime) -> dt.date:
    """Return the day of an aware instant in metropolitan France."""
    return legal_time(moment).date()


def date_text(day: dt.date, *, language: str) -> str:
    """Return a date in words, never broken over two lines: `1er août 2026`, `1 August 2026`."""
    first = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return NO_BREAK.join((first, _conventions(language)["months"][day.month - 1], str(day.year)))


def deadline_text(moment: dt.datetime, *, language: str) -> str:
    """Return the day on which a deadline falls in Paris, with its name: `lundi 14 décembre 2026`."""
    day = legal_date(moment)
    return f"{_conventions(language)['days'][day.weekday()]} {date_text(day, language=language)}"


def figures_text(day: dt.date) -> str:
    """Return a date in figures, for tables, in the European order of both languages: `03/02/2026`."""
    return f"{day:%d/%m/%Y}"


def time_text(moment: dt.datetime, *, language: str) -> str:
    """Return the hour and minute of an aware instant in Paris: `14 h 05` in French, else `14:05`."""
    local = legal_time(moment)
    if language == "fr":
        return f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"
    return f"{local:%H:%M}"


def moment_text(moment: dt.datetime, *, language: str) -> str:
    """Return an aware instant in words, at the time of Paris: `3 novembre 2026 à 14 h 05`."""
    day, time = date_text(legal_date(moment), language=language), time_text(moment, language=language)
    return f"{day}{' à ' if language == 'fr' else ', '}{time}"


def number_text(value: Decimal | int, *, language: str) -> str:
    """Return a number without trailing zeros, its digits in groups of three."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return _grouped(text.rstrip("0").rstrip(".") if "." in text else text, language)


def amount_text(amount: Decimal, *, language: str) -> str:
    """Return an exact amount with two decimals, or more where more of them count: `1 234,50`, `1,234.50`."""
    whole, _, decimals = f"{amount:f}".partition(".")
    return _grouped(f"{whole}.{decimals.rstrip('0').ljust(2, '0')}", language)


def money_text(amount: Decimal, currency: str | None, *, language: str) -> str:
    """Return an amount with its currency, as the language places it: `1 234,50 €`, `€1,234.50`."""
    text, sign = amount_text(amount, language=language), _SYMBOLS.get(currency or "", currency or "")
    if not sign:
        return text
    if language != "en":
        return f"{text}{NO_BREAK}{sign}"
    minus, digits = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
    return f"{minus}{sign}{digits}" if len(sign) == 1 else f"{minus}{sign}{NO_BREAK}{digits}"


def rate_text(value: Decimal, *, language: str) -> str:
    """Return a percentage: `5,5 %`, `5.5%`."""
    return f"{number_text(value, language=language)}{'' if language == 'en' else NO_BREAK}%"


def written_numbers(text: str, *, language: str) -> str:
    """Return a text whose decimal numbers are written as the language does, digit for digit: `1 234,50`."""
    return _DECIMAL_NUMBER.sub(lambda found: _grouped(found[0], language), text)


def size_text(size: int, *, language: str) -> str:
    """Return a size in bytes for people, to two digits: `12 ko`, `3.4 MB`."""
    value, rank, units = float(size), 0, _UNITS["en" if language == "en" else "fr"]
    while value >= _KILO and rank < len(units) - 1:
        value, rank = value / _KILO, rank + 1
    is_whole = rank <= 1 or value >= _TWO_DIGITS
    text = f"{value:.0f}" if is_whole else f"{value:.1f}".removesuffix(".0")
    return f"{text.replace('.', _conventions(language)['decimal'])}{NO_BREAK}{units[rank]}"


def _grouped(text: str, language: str) -> str:
    digits, signs = text.removeprefix("-"), _conventions(language)
    whole, _, decimals = digits.partition(".")
    grouped = f"{int(whole or 0):,}".replace(",", signs["group"])
    return ("" if digits == text else MINUS) + grouped + (signs["decimal"] + decimals if decimals else "")


@cache
def _paris() -> ZoneInfo:
    return ZoneInfo("Europe/Paris")


def _conventions(language: str) -> _Conventions:
    return _cldr()["en" if language == "en" else "fr"]


@cache
def _cldr() -> dict[str, _Conventions]:
    found: dict[str, _Conventions] = json.loads(files(__package__).joinpath("cldr.json").read_text("utf-8"))
    return found
