"""Passwords: kept under argon2id, changed by who knows the present one, replaced by mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from choriste.application.access.change_password import change_password
from choriste.application.access.evenly import SECONDS
from choriste.application.access.hashing import Cost, hash_secret
from choriste.application.access.passwords import CLOSED, Passwords
from choriste.application.access.ports import AccessPorts
from choriste.application.access.reset_password import ask_for_reset, awaiting_reset, reset_password
from choriste.application.access.resume_session import SignedIn, resume_session, stage_of
from choriste.application.access.sign_in import sign_in
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.access.errors import (
    AccountLockedError,
    LinkEndedError,
    WeakPasswordError,
    WrongCredentialsError,
)
from choriste.domain.shared.errors import BadRequestError
from tests.builders.identity import (
    CHEAP,
    PASSWORD,
    PLATFORM,
    StillClock,
    StillStopwatch,
    a_gate,
    a_user,
    enrol,
    the_code,
)
from tests.builders.mails import link_of_last_mail, mails_of

EMAIL = "ana@example.fr"
NEW = "a lamp, a river, a stone"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    enrol(access, a_user())
    return access


def signed_in(access: AccessPorts) -> tuple[str, SignedIn]:
    pending = sign_in(EMAIL, PASSWORD, access=access)
    token = verify_second_factor(pending.token, the_code(access.clock.now()), access=access).token
    found = resume_session(token, access=access)
    assert found is not None
    return token, found


def reset_token(access: AccessPorts) -> str:
    ask_for_reset(EMAIL, access=access)
    return link_of_last_mail(access).partition("=")[2]


def test_hash_is_argon2id_salted_and_says_its_cost() -> None:
    first, second = CHEAP.hash(PASSWORD), CHEAP.hash(PASSWORD)

    assert first.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert first != second
    assert CHEAP.matches(PASSWORD, first)
    assert not CHEAP.matches(PASSWORD + " ", first)


def test_passwords_are_kept_at_the_cost_of_rfc_9106() -> None:
    assert Passwords() == Passwords(memory=65_536, passes=3)


def test_accents_typed_in_either_way_are_the_same_password() -> None:
    assert CHEAP.matches("déjà vu, encore", CHEAP.hash("de\u0301ja\u0300 vu, encore"))


@pytest.mark.parametrize("hashed", [None, CLOSED])
def test_nothing_matches_an_account_without_a_password(hashed: str | None) -> None:
    assert not CHEAP.matches("", hashed)
    assert not CHEAP.matches(CLOSED, hashed)


def test_older_hash_is_replaced_at_the_next_sign_in(access: AccessPorts) -> None:
    credentials = access.accounts.credentials("u1")
    assert credentials is not None
    old = hash_secret(PASSWORD, cost=Cost(4, 2, 1))
    access.accounts.save_credentials(replace(credentials, password_hash=old, version=2))

    sign_in(EMAIL, PASSWORD, access=access)

    renewed = access.accounts.credentials("u1")
    assert renewed is not None
    assert renewed.password_hash is not None
    assert renewed.password_hash.startswith("$argon2id$")
    assert sign_in(EMAIL, PASSWORD, access=access)


def test_hash_of_a_lower_cost_is_outdated() -> None:
    assert Passwords(memory=16, passes=1).is_outdated(CHEAP.hash(PASSWORD))
    assert not CHEAP.is_outdated(CHEAP.hash(PASSWORD))


def test_password_is_changed_and_the_other_sessions_end(access: AccessPorts, clock: StillClock) -> None:
    other, _ = signed_in(access)
    pending = sign_in(EMAIL, PASSWORD, access=access).token
    clock.advance(minutes=1)
    token, who = signed_in(access)

    started = change_password(who, present=PASSWORD, new=NEW, access=access)

    assert [resume_session(each, access=access) for each in (other, token)] == [None, None]
    assert stage_of(pending, access=access) is None
    assert resume_session(started.token, access=access) is not None
    assert mails_of(access)[-1].subject == "Votre mot de passe a changé"
    with pytest.raises(WrongCredentialsError):
        sign_in(EMAIL, PASSWORD, access=access)
    assert sign_in(EMAIL, NEW, access=access)


def test_present_password_is_asked_and_wrong_ones_are_limited(access: AccessPorts) -> None:
    _, who = signed_in(access)

    for attempt in range(5):
        with pytest.raises(AccountLockedError if attempt == 4 else WrongCredentialsError):
            change_password(who, present="wrong", new=NEW, access=access)
    with pytest.raises(AccountLockedError):
        change_password(who, present=PASSWORD, new=NEW, access=access)
    assert sign_in(EMAIL, PASSWORD, access=access)


def test_weak_password_changes_nothing(access: AccessPorts) -> None:
    _, who = signed_in(access)

    with pytest.raises(WeakPasswordError):
        change_password(who, present=PASSWORD, new="short", access=access)

    assert mails_of(access) == []


def test_forgotten_password_is_replaced_by_the_link_of_a_mail(access: AccessPorts) -> None:
    open_session, _ = signed_in(access)
    token = reset_token(access)

    assert awaiting_reset(token, access=access).id == "u1"
    reset_password(token, NEW, access=access)

    assert resume_session(open_session, access=access) is None
    assert mails_of(access)[-1].subject == "Votre mot de passe a changé"
    assert sign_in(EMAIL, NEW, access=access)
    with pytest.raises(LinkEndedError):
        reset_password(token, "another long password", access=access)


def test_new_password_ends_the_lock(access: AccessPorts) -> None:
    for _ in range(5):
        with pytest.raises((WrongCredentialsError, AccountLockedError)):
            sign_in(EMAIL, "wrong", access=access)

    reset_password(reset_token(access), NEW, access=access)

    assert sign_in(EMAIL, NEW, access=access)


def test_link_ends_after_half_an_hour(access: AccessPorts, clock: StillClock) -> None:
    token = reset_token(access)
    clock.advance(minutes=30)

    with pytest.raises(LinkEndedError):
        reset_password(token, NEW, access=access)


def test_weak_password_leaves_the_link_working(access: AccessPorts) -> None:
    token = reset_token(access)

    with pytest.raises(WeakPasswordError):
        reset_password(token, "petitpetitana", access=access)

    reset_password(token, NEW, access=access)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.fr", "closed@example.fr"])
def test_asking_takes_the_same_time_for_every_address(access: AccessPorts, email: str) -> None:
    enrol(access, a_user("u9", email="closed@example.fr", active=False))

    ask_for_reset(email, access=access)

    assert isinstance(access.stopwatch, StillStopwatch)
    assert access.stopwatch.waited_until == [SECONDS]
    assert [mail.to for mail in mails_of(access)] == ([EMAIL] if email == EMAIL else [])


def test_asking_fills_no_mailbox(access: AccessPorts) -> None:
    for _ in range(10):
        ask_for_reset(EMAIL, access=access)

    assert len(mails_of(access)) == 3


@pytest.mark.parametrize("email", ["", "ana", "ana@example.fr\nBcc: x@y.fr", "a@b.fr,c@d.fr"])
def test_what_is_no_address_is_refused(access: AccessPorts, email: str) -> None:
    with pytest.raises(BadRequestError):
        ask_for_reset(email, access=access)

    assert mails_of(access) == []


def test_account_that_awaits_activation_gets_its_link_again(access: AccessPorts) -> None:
    from choriste.application.access.invite import invite  # noqa: PLC0415 - one test needs it

    invite(a_user("u2", email="bo@example.fr"), structure="L", by=PLATFORM, access=access)

    ask_for_reset("bo@example.fr", access=access)

    assert mails_of(access)[-1].subject == "Activez votre compte Choriste"
    assert link_of_last_mail(access).startswith("/activation?token=")
