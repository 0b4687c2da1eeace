"""Times for people: in legal time of metropolitan France, with the date in words.

The rule of summer time is Directive 2000/84/EC: from the last Sunday of March to the last Sunday of
October, both at 01:00 UTC. It is computed here because the Lambda runtime carries no time zone tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

_MONTHS: Final = {
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
_WINTER, _SUMMER = dt.timezone(dt.timedelta(hours=1)), dt.timezone(dt.timedelta(hours=2))
_MARCH, _OCTOBER = 3, 10


def in_paris(moment: dt.datetime) -> dt.datetime:
    """Return an aware instant in the legal time of Paris."""
    utc = moment.astimezone(dt.UTC)
    summer = _last_sunday(utc.year, _MARCH) <= utc < _last_sunday(utc.year, _OCTOBER)
    return utc.astimezone(_SUMMER if summer else _WINTER)


def date_text(day: dt.date, *, language: str) -> str:
    """Return a date in words: `3 novembre 2026`, `3 November 2026`; the first is `1er` in French."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[language][day.month - 1]} {day.year}"


def time_text(moment: dt.datetime, *, language: str) -> str:
    """Return the hour and minute in Paris, never broken over two lines: `14 h 05` in French, else `14:05`."""
    local = in_paris(moment)
    return (
        f"{local.hour}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{local.minute:02d}"
        if language == "fr"
        else f"{local:%H:%M}"
    )


def moment_text(moment: dt.datetime, *, language: str) -> str:
    """Return an instant in words, in the time of Paris: `3 novembre 2026 à 14 h 05`."""
    joint = " à " if language == "fr" else ", "
    day = date_text(in_paris(moment).date(), language=language)
    return f"{day}{joint}{time_text(moment, language=language)}"


def size_text(size: int, *, language: str) -> str:
    """Return a size in bytes for people: `12 ko`, `3.4 MB`."""
    units = ("octets", "ko", "Mo", "Go") if language == "fr" else ("bytes", "kB", "MB", "GB")
    value, rank = float(size), 0
    while value >= 1000 and rank < len(units) - 1:  # noqa: PLR2004 - SI prefixes
        value, rank = value / 1000, rank + 1
    text = f"{value:.0f}" if rank < 2 or value >= 10 else f"{value:.1f}".removesuffix(".0")  # noqa: PLR2004 - two digits are enough
    return f"{text.replace('.', ',') if language == 'fr' else text}\N{NO-BREAK SPACE}{units[rank]}"


def _last_sunday(year: int, month: int) -> dt.datetime:
    last = dt.datetime(year, month, 31, 1, tzinfo=dt.UTC)
    return last - dt.timedelta(days=(last.weekday() + 1) % 7)
