from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choriste.formats.binding.values import BINARY, DATE_102, DATE_ISO, DECIMAL, TEXT, mapped


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "1"), ("-1.50", "-1.50"), ("+155.25", "155.25"), (".5", "0.5"), ("5.", "5"), ("007", "7")],
)
def test_decimal_accepts_what_xml_schema_does(text: str, value: str) -> None:
    assert DECIMAL.decode(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,5",
        "1E5",
        "1e-2",
        "NaN",
        "INF",
        "Infinity",
        "1_000",
        "１２",
        "٣",
        "1 000",
        "1\u00a0000",
        "$1",
        "--1",
        ".",
    ],
)
def test_decimal_refuses_what_only_python_accepts(text: str) -> None:
    assert DECIMAL.decode(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_decimal_keeps_its_exact_value(value: Decimal) -> None:
    assert DECIMAL.decode(DECIMAL.encode(value)) == value


@pytest.mark.parametrize("text", ["20260231", "2026-02-01", "202602", "20261301", "２０２６0101", "00000101"])
def test_date_102_refuses_days_that_do_not_exist(text: str) -> None:
    assert DATE_102.decode(text) is None


@pytest.mark.parametrize("text", ["2026-02-31", "20260201", "2026-2-1", "2026-02-01T00:00:00", "01/02/2026"])
def test_date_iso_refuses_other_forms(text: str) -> None:
    assert DATE_ISO.decode(text) is None


@pytest.mark.parametrize("text", ["2026-02-01", "2026-02-01Z", "2026-02-01+02:00", "2026-02-01-11:30"])
def test_date_iso_ignores_a_time_zone(text: str) -> None:
    assert DATE_ISO.decode(text) == dt.date(2026, 2, 1)


@given(st.dates())
def test_dates_survive_both_forms(day: dt.date) -> None:
    assert DATE_102.decode(DATE_102.encode(day)) == day
    assert DATE_ISO.decode(DATE_ISO.encode(day)) == day


@given(st.binary(max_size=200))
def test_binary_survives_base64_with_line_breaks(content: bytes) -> None:
    text = BINARY.encode(content)

    assert BINARY.decode("\n ".join(text[at : at + 20] for at in range(0, len(text), 20))) == content


@pytest.mark.parametrize("text", ["a", "ab=c", "é", "YQ", "!!!!"])
def test_binary_refuses_damaged_base64(text: str) -> None:
    assert BINARY.decode(text) is None


def test_mapped_codes_pass_unknown_ones_through() -> None:
    kind = mapped({"5": "3"})

    assert kind.decode("5") == "3"
    assert kind.encode("3") == "5"
    assert kind.decode("99") == "99"
    assert TEXT.encode("x") == "x"
