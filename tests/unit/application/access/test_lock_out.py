"""Strangers lock an account for strangers only: its owner goes on, or gets in by a mail."""

from __future__ import annotations

import pytest

from choriste.application.access.evenly import SECONDS
from choriste.application.access.ports import AccessPorts
from choriste.application.access.sessions import Visitor
from choriste.application.access.sign_in import sign_in
from choriste.application.access.unlock import awaiting_unlock, unlock
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.access.errors import AccountLockedError, LinkEndedError, WrongCredentialsError
from tests.builders.identity import PASSWORD, StillClock, StillStopwatch, a_gate, a_user, enrol, the_code
from tests.builders.mails import link_of_last_mail, mails_of

EMAIL = "ana@example.fr"
MINE = Visitor(device="my own browser")
NEW_ONE = Visitor(device="my new browser")
THEIRS = Visitor(device="their browser")


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    enrol(access, a_user())
    pending = sign_in(EMAIL, PASSWORD, access=access, visitor=MINE)
    verify_second_factor(pending.token, the_code(clock.now()), access=access, visitor=MINE)
    return access


def attack(access: AccessPorts, visitor: Visitor = THEIRS, email: str = EMAIL, times: int = 5) -> None:
    for _ in range(times):
        with pytest.raises((WrongCredentialsError, AccountLockedError)):
            sign_in(email, "wrong", access=access, visitor=visitor)


def test_owner_signs_in_from_a_known_browser_while_strangers_are_locked(
    access: AccessPorts, clock: StillClock
) -> None:
    for _ in range(200):  # for ever: a new attack as soon as each lock ends
        attack(access)
        clock.advance(minutes=59)
        assert sign_in(EMAIL, PASSWORD, access=access, visitor=MINE)
        with pytest.raises(AccountLockedError):
            sign_in(EMAIL, PASSWORD, access=access, visitor=NEW_ONE)
        clock.advance(minutes=1)


def test_known_browser_has_its_own_five_tries(access: AccessPorts) -> None:
    attack(access, MINE)

    with pytest.raises(AccountLockedError):
        sign_in(EMAIL, PASSWORD, access=access, visitor=MINE)
    assert sign_in(EMAIL, PASSWORD, access=access, visitor=NEW_ONE)


def test_browsers_of_strangers_share_five_tries_however_many_they_are(access: AccessPorts) -> None:
    for number in range(5):
        attack(access, Visitor(device=f"bot {number}"), times=1)

    with pytest.raises(AccountLockedError):
        sign_in(EMAIL, PASSWORD, access=access, visitor=Visitor(device="bot 6"))


def test_browser_is_known_to_the_account_that_it_signed_in_to_only(access: AccessPorts) -> None:
    enrol(access, a_user("u2", email="bo@example.fr"))
    attack(access, email="bo@example.fr")

    with pytest.raises(AccountLockedError):
        sign_in("bo@example.fr", PASSWORD, access=access, visitor=MINE)


def test_password_alone_makes_no_browser_known(access: AccessPorts) -> None:
    sign_in(EMAIL, PASSWORD, access=access, visitor=THEIRS)
    attack(access)

    with pytest.raises(AccountLockedError):
        sign_in(EMAIL, PASSWORD, access=access, visitor=THEIRS)


def test_owner_with_a_new_browser_gets_in_by_the_link_of_the_mail(access: AccessPorts) -> None:
    attack(access)
    token = link_of_last_mail(access).partition("=")[2]

    assert awaiting_unlock(token, access=access).id == "u1"
    unlock(token, NEW_ONE.device, access=access)

    assert sign_in(EMAIL, PASSWORD, access=access, visitor=NEW_ONE)
    with pytest.raises(AccountLockedError):
        sign_in(EMAIL, PASSWORD, access=access, visitor=THEIRS)
    with pytest.raises(LinkEndedError):
        unlock(token, THEIRS.device, access=access)


def test_link_opens_for_one_hour(access: AccessPorts, clock: StillClock) -> None:
    attack(access)
    token = link_of_last_mail(access).partition("=")[2]
    clock.advance(hours=1)

    with pytest.raises(LinkEndedError):
        unlock(token, NEW_ONE.device, access=access)


def test_one_mail_is_sent_for_a_lock_and_none_for_ones_own(access: AccessPorts) -> None:
    attack(access, times=30)
    attack(access, MINE, times=30)

    assert [mail.to for mail in mails_of(access)] == [EMAIL]


def test_lock_takes_the_same_time_whether_there_is_an_account(access: AccessPorts) -> None:
    attack(access, email="nobody@example.fr")
    attack(access)

    assert isinstance(access.stopwatch, StillStopwatch)
    assert access.stopwatch.waited_until == [SECONDS, SECONDS]


def test_browser_is_forgotten_after_half_a_year(access: AccessPorts, clock: StillClock) -> None:
    clock.advance(days=180)
    attack(access)

    with pytest.raises(AccountLockedError):
        sign_in(EMAIL, PASSWORD, access=access, visitor=MINE)
