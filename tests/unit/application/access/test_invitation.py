"""Invitations: who may send them, what the link does, and that it does it once."""

from __future__ import annotations

import pytest

from choriste.application.access.activate import activate, awaiting_activation
from choriste.application.access.invite import invite, mail_invitation
from choriste.application.access.ports import AccessPorts
from choriste.application.access.sign_in import sign_in
from choriste.domain.access.errors import (
    AlreadyExistsError,
    LinkEndedError,
    WeakPasswordError,
    WrongCredentialsError,
)
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Language, StructureRole
from choriste.domain.shared.errors import BadRequestError, ForbiddenError
from tests.builders.identity import PASSWORD, PLATFORM, StillClock, a_gate, a_member, a_right, a_user, enrol
from tests.builders.mails import link_of_last_mail, mails_of

NEWCOMER = a_user("u2", email="bo@example.fr", name="Bo Élie", memberships=(a_member("101"),))


@pytest.fixture
def access() -> AccessPorts:
    return a_gate()


def sent_to(access: AccessPorts) -> list[str]:
    return [mail.to for mail in mails_of(access)]


def token_of_last_mail(access: AccessPorts) -> str:
    return link_of_last_mail(access).partition("=")[2]


def invited(access: AccessPorts) -> str:
    invite(NEWCOMER, structure="Ville de Lutèce", by=PLATFORM, access=access)
    return token_of_last_mail(access)


def test_invited_person_chooses_a_password_and_signs_in(access: AccessPorts) -> None:
    token = invited(access)

    assert awaiting_activation(token, access=access) == NEWCOMER
    activate(token, PASSWORD, access=access)

    assert sent_to(access) == ["bo@example.fr"]
    assert sign_in("bo@example.fr", PASSWORD, access=access).session.user == "u2"


def test_account_is_closed_until_it_is_activated(access: AccessPorts) -> None:
    invited(access)

    for password in ("", PASSWORD):
        with pytest.raises(WrongCredentialsError):
            sign_in("bo@example.fr", password, access=access)


def test_link_works_once(access: AccessPorts) -> None:
    token = invited(access)
    activate(token, PASSWORD, access=access)

    with pytest.raises(LinkEndedError):
        awaiting_activation(token, access=access)
    with pytest.raises(LinkEndedError):
        activate(token, PASSWORD, access=access)


def test_link_of_an_account_that_another_link_activated_is_over(access: AccessPorts) -> None:
    first = invited(access)
    mail_invitation(NEWCOMER, structure="Ville de Lutèce", inviter="Ana", access=access)
    activate(token_of_last_mail(access), PASSWORD, access=access)

    with pytest.raises(LinkEndedError):
        activate(first, PASSWORD, access=access)


def test_link_ends_after_seven_days() -> None:
    clock = StillClock()
    access = a_gate(clock)
    token = invited(access)
    clock.advance(days=7)

    with pytest.raises(LinkEndedError):
        activate(token, PASSWORD, access=access)


@pytest.mark.parametrize("password", ["too short", "password1234"])
def test_weak_password_leaves_the_link_working(access: AccessPorts, password: str) -> None:
    token = invited(access)

    with pytest.raises(WeakPasswordError):
        activate(token, password, access=access)

    activate(token, PASSWORD, access=access)


def test_link_is_stored_as_a_hash_only(access: AccessPorts) -> None:
    token = invited(access)

    assert access.links.link(token) is None


def test_only_who_administers_the_structures_invites(access: AccessPorts) -> None:
    manager = Principal.of_user(a_user("m", memberships=(a_member("101", StructureRole.PRIMARY_MANAGER),)))
    elsewhere = a_user("u3", email="cy@example.fr", rights=(a_right("102"),))

    invite(NEWCOMER, structure="Lutèce", by=manager, access=access)

    for user in (elsewhere, a_user("u4", email="d@example.fr", operator=True)):
        with pytest.raises(ForbiddenError):
            invite(user, structure="Lutèce", by=manager, access=access)
    assert sent_to(access) == ["bo@example.fr"]


def test_address_that_is_taken_or_malformed_is_refused_and_nobody_is_written_to(access: AccessPorts) -> None:
    enrol(access, a_user())

    with pytest.raises(AlreadyExistsError):
        invite(a_user("u5"), structure="L", by=PLATFORM, access=access)
    with pytest.raises(BadRequestError):
        invite(a_user("u6", email="no address"), structure="L", by=PLATFORM, access=access)
    assert sent_to(access) == []


def test_invitation_speaks_the_language_of_the_invited(access: AccessPorts) -> None:
    english = a_user("u7", email="eve@example.fr", language=Language.ENGLISH)

    invite(english, structure="Lutetia", by=PLATFORM, access=access)

    assert mails_of(access)[-1].subject == "Lutetia invites you to Choriste"
