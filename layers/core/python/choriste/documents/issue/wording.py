"""The words, dates and numbers of a document in its language: French by default, or English."""

from __future__ import annotations

import datetime as dt
import functools
from decimal import Decimal

from choriste.i18n import formats
from choriste.i18n.catalogue import count, template, translate
from choriste.i18n.formats import NO_BREAK

_ROOM = "documents.issue"


class Wording:
    """Labels and formats of one language; anything but `en` reads as French."""

    def __init__(self, language: str) -> None:
        self.language = "en" if language == "en" else "fr"

    def __getitem__(self, key: str) -> str:
        """Return the label of `key`; a missing one is a programming error (KeyError)."""
        return translate(_ROOM, key, self.language)

    def open(self, key: str) -> str:
        """Return the sentence of `key` with its parameters open, for the typesetter to fill in."""
        found = template(_ROOM, key)
        if found is None:
            raise KeyError(key)
        return found.in_language(self.language)

    def filled(self, key: str, **values: object) -> str:
        """Return the sentence of `key` with its parameters filled in."""
        return translate(_ROOM, key, self.language, **values)

    def of(self, family: str, code: str | None) -> str:
        """Return the name of a code (`unit.HUR`), or the code itself where it has no name here."""
        return self._name(family, code) or code or ""

    def known(self, family: str, code: str) -> str | None:
        """Return the name of a code, None where it has no name here."""
        return self._name(family, code)

    def named(self, family: str, code: str | None) -> str:
        """Return the name of a code followed by the code: `Virement SEPA (58)`."""
        name = self._name(family, code)
        return f"{name} ({code})" if name else code or ""

    def number(self, value: Decimal) -> str:
        """Return a number as written, without trailing zeros, digits grouped by three."""
        return formats.number_text(value, language=self.language)

    def amount(self, value: Decimal) -> str:
        """Return an amount with two decimals, or more where it was given with more that count."""
        return formats.amount_text(value, language=self.language)

    def money(self, value: Decimal, currency: str | None) -> str:
        """Return an amount with its currency, as the language places it."""
        return formats.money_text(value, currency, language=self.language)

    def size(self, value: int | None) -> str | None:
        """Return a size in bytes, None where it is not known."""
        if value is None:
            return None
        return f"{formats.number_text(value, language=self.language)}{NO_BREAK}{self['bytes']}"

    def rate(self, value: Decimal) -> str:
        """Return a percentage."""
        return formats.rate_text(value, language=self.language)

    def day(self, value: dt.date) -> str:
        """Return a date in figures, for tables: 03/02/2026 in both languages' European order."""
        return formats.figures_text(value)

    def long_day(self, value: dt.date) -> str:
        """Return a date with its month in letters."""
        return formats.date_text(value, language=self.language)

    def moment(self, value: dt.datetime) -> str:
        """Return an instant (aware) at the legal time of metropolitan France."""
        shown = formats.moment_text(value, language=self.language)
        return self.filled("paris_moment", moment=shown)

    def day_and_hour(self, value: dt.datetime) -> tuple[str, str]:
        """Return the day and the hour of an instant (aware), for tables whose heading names the time zone."""
        return self.legal_day(value), formats.time_text(value, language=self.language)

    def legal_day(self, value: dt.datetime) -> str:
        """Return the day of an instant (aware) at the legal time of metropolitan France, in words."""
        return self.long_day(formats.legal_date(value))

    def counted(self, key: str, number: int) -> str:
        """Return a count with its noun in the plural form that it takes."""
        return count(_ROOM, key, number, self.language)

    def period(self, start: dt.date | None, end: dt.date | None) -> str:
        """Return both ends of a period, or the one that is known."""
        if start and end:
            return self.filled("from_to", start=self.day(start), end=self.day(end))
        if start:
            return self.filled("from", start=self.day(start))
        return self.filled("until", end=self.day(end)) if end else ""

    def _name(self, family: str, code: str | None) -> str | None:
        found = template(_ROOM, f"{family}.{code}")
        return found.in_language(self.language) if found is not None else None


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
    return NO_BREAK.join(parts)
