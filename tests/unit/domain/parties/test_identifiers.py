"""Each kind of identifier: how it is written down, and what is refused with words that help."""

from __future__ import annotations

import pytest

from choriste.domain.parties.identifiers import identifier_fault, identifier_of, siren_of
from choriste.domain.parties.structure import IdentifierKind

KIND = IdentifierKind


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (KIND.SIRET, "832 145 692 00014", "83214569200014"),
        (KIND.SIRET, "356 000 000 49837", "35600000049837"),
        (KIND.EU_VAT, "be 0403.019.261", "BE0403019261"),
        (KIND.EU_VAT, "DE136695976", "DE136695976"),
        (KIND.NON_EU, "chhelvetia  sa", "CHHELVETIA SA"),
        (KIND.RIDET, "0 123456.001", "0123456001"),
        (KIND.TAHITI, "a12345-001", "A12345001"),
        (KIND.TAHITI, "A12345", "A12345"),
        (KIND.BEING_REGISTERED, "Dossier  2026/17", "DOSSIER 2026/17"),
        (KIND.INDIVIDUAL, "Martin Lucie 1980", "MARTIN LUCIE 1980"),
    ],
)
def test_identifier_is_stored_in_one_form(kind: IdentifierKind, typed: str, stored: str) -> None:
    identifier = identifier_of(kind, typed)

    assert identifier.value == stored
    assert identifier_fault(identifier) is None


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (KIND.SIRET, "83214569200015"),
        (KIND.SIRET, "00000000000000"),
        (KIND.SIRET, "35600000000002"),
        (KIND.SIRET, "8321456920001A"),
        (KIND.SIRET, "٨٣٢١٤٥٦٩٢٠٠٠١٤"),
        (KIND.SIRET, ""),
        (KIND.EU_VAT, "BE0403019262"),
        (KIND.EU_VAT, "FR80832145692"),
        (KIND.EU_VAT, "US123456789"),
        (KIND.NON_EU, "C"),
        (KIND.NON_EU, "CHÉTABLISSEMENT"),
        (KIND.NON_EU, "CHHELVETIA ASSURANCES SA"),
        (KIND.RIDET, "12345"),
        (KIND.TAHITI, "AB2345"),
        (KIND.BEING_REGISTERED, "x"),
        (KIND.INDIVIDUAL, "y" * 81),
        (KIND.INDIVIDUAL, "a\x00b"),
    ],
)
def test_what_cannot_be_an_identifier_is_refused_in_words_of_its_kind(
    kind: IdentifierKind, typed: str
) -> None:
    fault = identifier_fault(identifier_of(kind, typed))

    assert fault is not None
    assert fault.rule == f"IDENTIFIER-{kind.name}"
    assert fault.message.fr != fault.message.en


def test_only_a_siret_tells_the_siren_of_its_company() -> None:
    assert siren_of(identifier_of(KIND.SIRET, "83214569200014")) == "832145692"
    assert siren_of(identifier_of(KIND.RIDET, "0123456001")) is None
