from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from choriste.domain.invoice.identifiers import (
    french_vat_number,
    is_iban,
    is_siren,
    is_siret,
    is_vat_number,
)


@pytest.mark.parametrize("value", ["73282932000074", "35600000000048", "35600000049837", "11000201100044"])
def test_siret_with_its_key_is_accepted(value: str) -> None:
    assert is_siret(value)


@pytest.mark.parametrize(
    "value",
    [
        "73282932000075",
        "7328293200007",
        "732829320000745",
        "00000000000000",
        "7328293200007a",
        "٧٣٢٨٢٩٣٢٠٠٠٠٧٤",
    ],
)
def test_siret_with_a_wrong_key_or_shape_is_refused(value: str) -> None:
    assert not is_siret(value)


def test_siret_of_la_poste_needs_a_digit_sum_divisible_by_five() -> None:
    assert is_siret("35600000049837")
    assert not luhn.is_valid("35600000049837")
    assert not is_siret("35600000049838")


def test_siren_of_zeros_is_refused() -> None:
    assert not is_siren("000000000")


@pytest.mark.parametrize(
    "value",
    [
        "FR44732829320",
        "FR0E732829320",
        "FR58000078650",
        "DE136695976",
        "BE0428759497",
        "NL004495445B01",
        "ESB58378431",
        "EL094259216",
        "XI980780684",
        "GB980780684",
    ],
)
def test_vat_number_of_a_member_state_is_accepted(value: str) -> None:
    assert is_vat_number(value)


@pytest.mark.parametrize(
    "value",
    [
        "FR45732829320",
        "FR44732829321",
        "FR 44 732829320",
        "FRAB732829320",
        "DE123456789",
        "US123456789",
        "",
        "FR",
    ],
)
def test_vat_number_with_a_wrong_key_or_shape_is_refused(value: str) -> None:
    assert not is_vat_number(value)


@pytest.mark.parametrize(
    "value", ["FR1420041010050500013M02606", "DE89370400440532013000", "BE68539007547034"]
)
def test_iban_with_remainder_one_is_accepted(value: str) -> None:
    assert is_iban(value)


@pytest.mark.parametrize(
    "value", ["FR1420041010050500013M02607", "DE8937040044053201300", "XX00", "fr1420041010050500013M02606"]
)
def test_iban_with_a_wrong_key_length_or_case_is_refused(value: str) -> None:
    assert not is_iban(value)


@given(st.integers(min_value=1_000_000, max_value=99_999_999))
def test_vat_number_derived_from_a_siren_is_accepted(stem: int) -> None:
    siren = next(f"{stem:08d}{key}" for key in range(10) if luhn.is_valid(f"{stem:08d}{key}"))

    assert is_vat_number(french_vat_number(siren))


@given(st.text(max_size=40))
def test_identifier_checks_take_any_text(text: str) -> None:
    assert {check(text) for check in (is_siren, is_siret, is_vat_number, is_iban)} <= {True, False}
