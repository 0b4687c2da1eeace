"""Dates, times, numbers and amounts in both languages, compared with CLDR where Babel gives the same form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from choriste.i18n.formats import (
    amount_text,
    date_text,
    legal_time,
    moment_text,
    money_text,
    number_text,
    rate_text,
    size_text,
)
from choriste.i18n.typography import typeset

CLDR = {"fr": "fr", "en": "en_GB"}
AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
LANGUAGE = st.sampled_from(["fr", "en"])


def plain(text: str) -> str:
    """Return a text as CLDR and we both write it: one kind of space, one minus sign."""
    return text.replace("\u202f", " ").replace("\xa0", " ").replace("−", "-")


@given(AMOUNTS, LANGUAGE)
def test_an_amount_of_euros_is_written_as_cldr_writes_it(amount: Decimal, language: str) -> None:
    ours = plain(money_text(amount, "EUR", language=language))

    assert ours == plain(format_currency(amount, "EUR", locale=CLDR[language])) or amount == 0
    assert plain(amount_text(amount, language=language)) in ours.replace("€", "")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4), LANGUAGE)
def test_a_number_is_written_as_cldr_writes_it(value: Decimal, language: str) -> None:
    cldr = format_decimal(value, locale=CLDR[language], decimal_quantization=False)

    assert plain(number_text(value, language=language)) == plain(cldr) or value == 0


@given(st.decimals(min_value=0, max_value=100, places=1), LANGUAGE)
def test_a_rate_is_written_as_cldr_writes_it(value: Decimal, language: str) -> None:
    cldr = format_percent(value / 100, locale=CLDR[language], decimal_quantization=False)

    assert plain(rate_text(value, language=language)) == plain(cldr)


@given(st.dates(), LANGUAGE)
def test_a_date_is_written_as_cldr_writes_it_but_for_the_first_in_french(day: dt.date, language: str) -> None:
    ours = plain(date_text(day, language=language))

    assert ours.replace("1er ", "1 ", 1) == plain(format_date(day, "d MMMM y", locale=CLDR[language]))
    assert ours.startswith("1er ") == (day.day == 1 and language == "fr")


@pytest.mark.parametrize(
    ("utc", "hour"),
    [
        ("2026-03-29T00:59:59+00:00", 1),
        ("2026-03-29T01:00:00+00:00", 3),
        ("2026-10-25T00:59:59+00:00", 2),
        ("2026-10-25T01:00:00+00:00", 2),
        ("2026-10-25T02:00:00+00:00", 3),
        ("2026-12-31T23:30:00+00:00", 0),
    ],
)
def test_paris_time_changes_on_the_last_sundays(utc: str, hour: int) -> None:
    assert legal_time(dt.datetime.fromisoformat(utc)).hour == hour


def test_moment_is_written_as_each_language_does() -> None:
    moment = dt.datetime(2026, 12, 31, 23, 5, tzinfo=dt.UTC)

    assert moment_text(moment, language="fr") == "1er\xa0janvier\xa02027 à 0\xa0h\xa005"
    assert moment_text(moment, language="en") == "1\xa0January\xa02027, 00:05"


@pytest.mark.parametrize(
    ("size", "fr", "en"),
    [
        (0, "0 octets", "0 bytes"),
        (999, "999 octets", "999 bytes"),
        (48_212, "48 ko", "48 kB"),
        (3_400_000, "3,4 Mo", "3.4 MB"),
        (4_000_000, "4 Mo", "4 MB"),
        (5_000_000_000_000, "5000 Go", "5000 GB"),
    ],
)
def test_size_is_written_for_people(size: int, fr: str, en: str) -> None:
    said = [size_text(size, language=language) for language in ("fr", "en")]
    assert [each.replace("\xa0", " ") for each in said] == [fr, en]
    assert all(" " not in each for each in said)


def test_french_words_keep_their_punctuation_on_the_line() -> None:
    words = "Le champ « A : B » suit : 5 % ; vraiment ?"

    assert typeset(words, language="en") == words
    assert typeset(words, language="fr").split(" ") == [
        "Le",
        "champ",
        "«\xa0A\xa0:",
        "B\xa0»",
        "suit\xa0:",
        "5\xa0%\xa0;",
        "vraiment\xa0?",
    ]
