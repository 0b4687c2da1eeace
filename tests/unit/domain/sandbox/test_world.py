"""Which world a structure is in, and the numbers of test structures."""

from __future__ import annotations

import datetime as dt

from choriste.domain.invoice.identifiers import is_siret
from choriste.domain.sandbox.world import (
    new_sandbox_id,
    new_siret,
    same_world,
    sandbox_of,
    structure_in,
)
from choriste.domain.shared.ids import new_number


def test_id_of_a_test_structure_names_its_sandbox_and_no_real_id_does() -> None:
    sandbox = new_sandbox_id()
    real = [new_number(dt.datetime(year, 1, 1, tzinfo=dt.UTC)) for year in (2026, 2036, 2046)]

    assert sandbox_of(structure_in(sandbox, 4)) == sandbox
    assert [sandbox_of(each) for each in (*real, "1001", None, "")] == [None] * 6


def test_worlds_are_apart() -> None:
    one, other = new_sandbox_id(), new_sandbox_id()

    assert same_world(structure_in(one, 1), structure_in(one, 2))
    assert same_world("1001", "2001", None)
    assert not same_world(structure_in(one, 1), structure_in(other, 1))
    assert not same_world(structure_in(one, 1), "1001")


def test_sirets_of_tests_hold_their_check_digits() -> None:
    assert all(is_siret(new_siret()) for _ in range(50))
