from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from choriste.documents.issue.wording import grouped, wording


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        ("1234.5", "1\xa0234,50", "1,234.50"),
        ("-0.125", "−0,125", "−0.125"),
        ("7", "7,00", "7.00"),
        ("1E+3", "1\xa0000,00", "1,000.00"),
        ("12345678901234567890123456789012.3400", "12 345 678 901 234 567 890 123 456 789 012,34", ""),
    ],
)
def test_an_amount_keeps_every_decimal_that_counts(value: str, french: str, english: str) -> None:
    assert wording("fr").amount(Decimal(value)) == french.replace(" ", "\xa0")
    assert not english or wording("en").amount(Decimal(value)) == english


def test_money_places_the_currency_as_the_language_does() -> None:
    assert wording("fr").money(Decimal(-12), "EUR") == "−12,00\xa0€"
    assert wording("en").money(Decimal(-12), "EUR") == "−€12.00"
    assert wording("en").money(Decimal(12), "USD") == "USD\xa012.00"


def test_a_rate_or_quantity_drops_zeros_that_say_nothing() -> None:
    assert wording("fr").rate(Decimal("5.50")) == "5,5\xa0%"
    assert wording("en").rate(Decimal("20.00")) == "20%"
    assert wording("fr").number(Decimal("10.000")) == "10"


def test_a_date_is_written_in_letters() -> None:
    assert wording("fr").long_day(dt.date(2026, 8, 1)) == "1er\xa0août\xa02026"
    assert wording("en").long_day(dt.date(2026, 8, 1)) == "1\xa0August\xa02026"


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        ("2026-03-29T00:59", "1 h 59"),
        ("2026-03-29T01:00", "3 h 00"),
        ("2026-10-25T01:00", "2 h 00"),
        ("2026-07-01T22:30", "0 h 30"),
    ],
)
def test_a_moment_is_shown_at_the_legal_time_of_paris(utc: str, shown: str) -> None:
    moment = dt.datetime.fromisoformat(f"{utc}+00:00")

    assert f" à {shown} (heure de Paris)".replace(" ", "\xa0") in wording("fr").moment(moment).replace(
        " ", "\xa0"
    )


def test_an_identifier_is_read_in_groups() -> None:
    assert grouped("FR7630006000011234567890189", 4) == "FR76\xa03000\xa06000\xa00112\xa03456\xa07890\xa0189"
    assert grouped("12345678900012", 3, 3, 3, 5) == "123\xa0456\xa0789\xa000012"


def test_any_other_language_reads_as_french() -> None:
    assert wording("de")["buyer"] == "Acheteur"
