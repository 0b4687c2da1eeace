"""Signing up: the same answer for everybody, and a mail that says what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from choriste.application.access.evenly import SECONDS
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Joining
from choriste.application.access.sign_up import SignUp, sign_up
from choriste.domain.access.user import Language
from choriste.domain.shared.errors import BadRequestError
from tests.builders.identity import StillStopwatch, a_gate, a_user, enrol
from tests.builders.mails import link_of_last_mail, mails_of

WANTED = SignUp(
    email=" Bo@Example.fr ",
    first_name="Bo",
    last_name="Élie",
    siret="832 145 692 00014",
    structure_name="Atelier des Cimes",
    postcode=" 38000",
    city="Grenoble",
    language=Language.ENGLISH,
)


def a_sign_up(**changes: Any) -> SignUp:
    return replace(WANTED, **changes)


@pytest.fixture
def access() -> AccessPorts:
    return a_gate()


def test_newcomer_gets_the_link_that_activates_the_account(access: AccessPorts) -> None:
    sign_up(WANTED, access=access)

    user = access.accounts.user_by_email("bo@example.fr")
    assert user is not None
    assert (user.name, user.language, user.memberships) == ("Bo Élie", Language.ENGLISH, ())
    assert mails_of(access)[-1].subject == "Activate your Choriste account"
    assert link_of_last_mail(access).startswith("/activation?token=")


def test_owner_of_a_known_address_is_told_and_nothing_changes(access: AccessPorts) -> None:
    known = enrol(access, a_user(email="bo@example.fr"))

    sign_up(WANTED, access=access)

    assert access.accounts.user_by_email("bo@example.fr") == known
    assert [mail.subject for mail in mails_of(access)] == ["Vous avez déjà un compte Choriste"]
    assert "token" not in mails_of(access)[0].text


def test_second_try_before_the_activation_sends_the_link_again(access: AccessPorts) -> None:
    sign_up(WANTED, access=access)
    first = access.accounts.user_by_email("bo@example.fr")

    sign_up(replace(WANTED, first_name="Beau"), access=access)

    assert access.accounts.user_by_email("bo@example.fr") == first
    assert len(mails_of(access)) == 2


def test_signing_up_fills_no_mailbox_and_takes_the_same_time(access: AccessPorts) -> None:
    enrol(access, a_user())
    for _ in range(10):
        sign_up(WANTED, access=access)
    sign_up(replace(WANTED, email="ana@example.fr"), access=access)

    assert isinstance(access.stopwatch, StillStopwatch)
    assert access.stopwatch.waited_until == [SECONDS] * 11
    assert [mail.to for mail in mails_of(access)] == ["bo@example.fr"] * 3 + ["ana@example.fr"]


def test_account_that_was_closed_is_not_opened_again(access: AccessPorts) -> None:
    enrol(access, a_user(email="bo@example.fr", active=False))

    sign_up(WANTED, access=access)

    assert [mail.subject for mail in mails_of(access)] == ["Vous avez déjà un compte Choriste"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "bo"),
        ("first_name", " "),
        ("last_name", "x" * 101),
        ("last_name", "a\x00b"),
        ("siret", "83214569200015"),
        ("siret", ""),
        ("structure_name", ""),
        ("postcode", "3800"),
        ("city", ""),
    ],
)
def test_field_that_is_not_valid_is_named(access: AccessPorts, field: str, value: str) -> None:
    with pytest.raises(BadRequestError) as refusal:
        sign_up(a_sign_up(**{field: value}), access=access)

    assert refusal.value.parameters["field"] == field
    assert mails_of(access) == []


def test_structure_waits_with_the_link(access: AccessPorts) -> None:
    from choriste.application.access.hashing import fingerprint  # noqa: PLC0415 - one test needs it

    sign_up(WANTED, access=access)

    link = access.links.link(fingerprint(link_of_last_mail(access).partition("=")[2]))
    assert link is not None
    assert link.joining == Joining(
        siret="83214569200014", name="Atelier des Cimes", postcode="38000", city="Grenoble"
    )
