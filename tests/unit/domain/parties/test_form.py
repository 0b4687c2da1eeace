"""What people type of a structure: cleaned, and every fault told at once, by its field."""

from __future__ import annotations

import pytest

from choriste.domain.invoice.model import Address
from choriste.domain.parties.form import Faults, FieldsInvalidError, address_of, contact_of, text_of
from choriste.domain.parties.structure import StructureContact


def test_address_is_cleaned_of_what_no_line_holds() -> None:
    faults = Faults()

    found = address_of({"line1": "  1  rue\r\nX ", "postcode": "38000", "city": "Grenoble"}, faults)

    faults.refuse_any()
    assert found == Address(line1="1 rue X", postcode="38000", city="Grenoble", country="FR")


def test_address_abroad_needs_no_french_postcode() -> None:
    faults = Faults()

    found = address_of({"city": "Genève", "country": "ch"}, faults)

    faults.refuse_any()
    assert (found.city, found.country, found.postcode) == ("Genève", "CH", None)


def test_every_fault_is_told_at_once_by_its_field() -> None:
    faults = Faults()
    typed = {"line1": "x" * 101, "postcode": "3800", "country": "FRA", "email": "a@b", "telephone": "appelez"}

    text_of({}, "name", faults, needed=True)
    address_of({**typed, "country": "FR"}, faults)
    address_of({"country": "F1"}, faults)
    contact_of(typed, faults)

    with pytest.raises(FieldsInvalidError) as refused:
        faults.refuse_any()
    assert [(each.location, each.rule) for each in refused.value.findings] == [
        ("name", "FIELD-LENGTH"),
        ("line1", "FIELD-TOO-LONG"),
        ("postcode", "POSTCODE"),
        ("city", "FIELD-LENGTH"),
        ("country", "COUNTRY-UNKNOWN"),
        ("email", "EMAIL"),
        ("telephone", "TELEPHONE"),
    ]


@pytest.mark.parametrize(
    "address",
    ["compta@exemple.fr", "a.b+c@sous.domaine.example", "o'neil@example.com"],
)
def test_ordinary_contacts_are_accepted(address: str) -> None:
    faults = Faults()

    found = contact_of({"email": address, "telephone": "+33 1 23 45 67 89"}, faults)

    faults.refuse_any()
    assert found == StructureContact(email=address, telephone="+33 1 23 45 67 89")


@pytest.mark.parametrize(
    "address", ["x", "a@b", "a@b.fr, c@d.fr", "a b@c.fr", "<a@b.fr>", "a@b.fr\nBcc: c@d.fr", "@b.fr"]
)
def test_what_is_no_single_address_is_refused(address: str) -> None:
    faults = Faults()

    contact_of({"email": address}, faults)

    assert [each.rule for each in faults.found] == ["EMAIL"]
