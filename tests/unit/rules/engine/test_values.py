from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choriste.rules.engine.tree import Node, fold
from choriste.rules.engine.values import (
    MalformedError,
    cents,
    date_of,
    decimal_of,
    double_cents,
    double_sum,
    show,
    whole,
)


def a_node(text: str) -> Node:
    return cast("Node", SimpleNamespace(raw=text))


@pytest.mark.parametrize("text", ["1E3", "NaN", "1,5", "1_000", "１２", "", ".", "+-1", "1.2.3", "0x1", " "])
def test_decimal_refuses_what_xml_schema_refuses(text: str) -> None:
    with pytest.raises(MalformedError):
        decimal_of(a_node(text))


@pytest.mark.parametrize(
    ("text", "value"), [("+155.25", "155.25"), (" 1. ", "1"), ("-.5", "-0.5"), ("007", "7")]
)
def test_decimal_reads_what_xml_schema_accepts(text: str, value: str) -> None:
    assert decimal_of(a_node(text)) == Decimal(value)


@pytest.mark.parametrize(("value", "rounded"), [("0.5", "1"), ("-0.5", "0"), ("-1.5", "-1"), ("2.4", "2")])
def test_rounding_goes_up_at_the_half_for_negatives_too(value: str, rounded: str) -> None:
    assert whole(Decimal(value)) == Decimal(rounded)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_cents_are_within_half_a_cent(value: Decimal) -> None:
    assert abs(cents(value) - value) <= Decimal("0.005")
    assert abs(double_cents(float(value)) - float(value)) <= 0.0051


@given(st.text())
def test_folding_never_touches_other_spaces_than_those_of_xml(text: str) -> None:
    folded = fold(text.replace("\x0b", "").replace("\x0c", ""))

    assert "  " not in folded
    assert folded.count("\xa0") == text.count("\xa0")


@pytest.mark.parametrize("text", ["2026-02-30", "2026-2-1", "20260201", "", "2026-02-01T00:00:00"])
def test_a_date_must_exist(text: str) -> None:
    with pytest.raises(MalformedError):
        date_of(a_node(text))


@pytest.mark.parametrize(
    ("value", "text"), [(Decimal("1E+3"), "1000.00"), (Decimal("1.005"), "1.005"), (3.0, "3.00")]
)
def test_amounts_are_shown_as_people_write_them(value: Decimal | float, text: str) -> None:
    assert show(value) == text


def test_sum_of_doubles_is_the_same_under_every_python() -> None:
    assert double_sum([0.1] * 10) == 0.9999999999999999
