"""The words, dates and numbers of a document in its language: French typography by default, or English."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources

LANGUAGES = ("fr", "en")

_NBSP = "\xa0"
_SYMBOLS = {"EUR": "€"}


class Wording:
    """Labels and formats of one language; anything but `en` reads as French."""

    def __init__(self, language: str) -> None:
        self.language = "en" if language == "en" else "fr"
        self._labels = _labels(self.language)
        self._decimal, self._group = (".", ",") if self.language == "en" else (",", _NBSP)

    def __getitem__(self, key: str) -> str:
        """Return the label of `key`; a missing one is a programming error (KeyError)."""
        return self._labels[key]

    def of(self, family: str, code: str | None) -> str:
        """Return the name of a code (`unit.HUR`), or the code itself where it has no name here."""
        return self._labels.get(f"{family}.{code}", code or "")

    def named(self, family: str, code: str | None) -> str:
        """Return the name of a code followed by the code: `Virement SEPA (58)`."""
        name = self._labels.get(f"{family}.{code}")
        return f"{name} ({code})" if name else code or ""

    def number(self, value: Decimal) -> str:
        """Return a number as written, without trailing zeros, digits grouped by three."""
        text = f"{value:f}"
        return self._grouped(text.rstrip("0").rstrip(".") if "." in text else text)

    def amount(self, value: Decimal) -> str:
        """Return an amount with two decimals, or more where it was given with more that count."""
        whole, _, decimals = f"{value:f}".partition(".")
        return self._grouped(f"{whole}.{decimals.rstrip('0').ljust(2, '0')}")

    def money(self, value: Decimal, currency: str | None) -> str:
        """Return an amount with its currency, as the language places it."""
        text, sign = self.amount(value), _SYMBOLS.get(currency or "", currency or "")
        if not sign:
            return text
        if self.language == "fr":
            return f"{text}{_NBSP}{sign}"
        minus, digits = ("−", text[1:]) if text.startswith("−") else ("", text)
        return f"{minus}{sign}{digits}" if len(sign) == 1 else f"{minus}{sign}{_NBSP}{digits}"

    def size(self, value: int | None) -> str | None:
        """Return a size in bytes, None where it is not known."""
        return f"{self.number(Decimal(value))}{_NBSP}{self['bytes']}" if value is not None else None

    def rate(self, value: Decimal) -> str:
        """Return a percentage."""
        return f"{self.number(value)}{_NBSP if self.language == 'fr' else ''}%"

    def day(self, value: dt.date) -> str:
        """Return a date in figures, for tables: 03/02/2026 in both languages' European order."""
        return value.strftime("%d/%m/%Y")

    def long_day(self, value: dt.date) -> str:
        """Return a date with its month in letters."""
        first = "1er" if value.day == 1 and self.language == "fr" else str(value.day)
        return f"{first}{_NBSP}{self[f'month.{value.month}']}{_NBSP}{value.year}"

    def moment(self, value: dt.datetime) -> str:
        """Return an instant (aware) at the legal time of mainland France."""
        local = _paris(value)
        return f"{self.long_day(local.date())}, {local:%H:%M}{_NBSP}({self['paris_time']})"

    def day_and_hour(self, value: dt.datetime) -> tuple[str, str]:
        """Return the day and the hour of an instant (aware), for tables whose heading names the time zone."""
        return self.legal_day(value), f"{_paris(value):%H:%M}"

    def legal_day(self, value: dt.datetime) -> str:
        """Return the day of an instant (aware) at the legal time of mainland France, in words."""
        return self.long_day(legal_date(value))

    def counted(self, key: str, count: int) -> str:
        """Return a count with its noun, singular or plural; French counts zero as singular."""
        single = count == 1 or (count == 0 and self.language == "fr")
        return self[f"{key}.{'one' if single else 'many'}"].format(count=count)

    def period(self, start: dt.date | None, end: dt.date | None) -> str:
        """Return both ends of a period, or the one that is known."""
        if start and end:
            return self["from_to"].format(start=self.day(start), end=self.day(end))
        if start:
            return self["from"].format(start=self.day(start))
        return self["until"].format(end=self.day(end)) if end else ""

    def _grouped(self, text: str) -> str:
        digits = text.removeprefix("-")
        whole, _, decimals = digits.partition(".")
        grouped = f"{int(whole or 0):,}".replace(",", self._group)
        return ("−" if digits != text else "") + grouped + (self._decimal + decimals if decimals else "")


@functools.cache
def wording(language: str) -> Wording:
    """Return the wording of a language, loaded once."""
    return Wording(language)


def grouped(text: str, *sizes: int) -> str:
    """Return an identifier in groups, the last size repeated: an IBAN by 4, a SIRET by 3, 3, 3 and 5."""
    parts: list[str] = []
    start, index = 0, 0
    compact = "".join(text.split())
    while start < len(compact):
        size = sizes[min(index, len(sizes) - 1)]
        parts.append(compact[start : start + size])
        start, index = start + size, index + 1
    return _NBSP.join(parts)


def legal_date(value: dt.datetime) -> dt.date:
    """Return the day of an instant (aware) at the legal time of mainland France."""
    return _paris(value).date()


def _paris(moment: dt.datetime) -> dt.datetime:
    """Return an instant at the legal time of mainland France (Directive 2000/84/EC).

    The rule is short and old; a zone database may be absent from a small runtime image.
    """
    utc = moment.astimezone(dt.UTC)
    summer = _last_sunday(utc.year, 3) <= utc < _last_sunday(utc.year, 10)
    return utc.astimezone(dt.timezone(dt.timedelta(hours=2 if summer else 1)))


def _last_sunday(year: int, month: int) -> dt.datetime:
    """Return 01:00 UTC on the last Sunday of a month of 31 days."""
    last = dt.datetime(year, month, 31, 1, tzinfo=dt.UTC)
    return last - dt.timedelta(days=(last.weekday() + 1) % 7)


@functools.cache
def _labels(language: str) -> Mapping[str, str]:
    file = resources.files("choriste.documents.issue").joinpath(f"labels/{language}.json")
    labels: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return labels
