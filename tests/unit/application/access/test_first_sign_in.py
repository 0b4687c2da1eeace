"""The first sign-in: a code by mail, then the choice of a second factor."""

from __future__ import annotations

import datetime as dt

import pyotp
import pytest

from choriste.application.access.enrol_app import EnrolledApp, enrol_first_app, offer_first_app
from choriste.application.access.mailed_code import MOST_MAILS, check_code, send_code
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials, SessionStage
from choriste.application.access.resume_session import resume_session
from choriste.application.access.sessions import StartedSession
from choriste.application.access.sign_in import sign_in
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.access.errors import (
    AccountLockedError,
    CodeOutOfDateError,
    SessionEndedError,
    WrongCodeError,
)
from tests.builders.identity import CHEAP, PASSWORD, StillClock, a_gate, a_user
from tests.builders.mails import code_of_last_mail, mails_of

NEWCOMER = a_user("u2", email="bo@example.fr", name="Bo")


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    hashed = CHEAP.hash(PASSWORD)
    access.accounts.add_user(NEWCOMER, Credentials(user=NEWCOMER.id, password_hash=hashed, totp_secret=None))
    return access


def begun(access: AccessPorts) -> StartedSession:
    return sign_in("bo@example.fr", PASSWORD, access=access)


def code_typed(access: AccessPorts) -> StartedSession:
    token = begun(access).token
    send_code(token, access=access)
    return check_code(token, code_of_last_mail(access), access=access)


def enrolled(access: AccessPorts) -> tuple[str, EnrolledApp]:
    token = code_typed(access).token
    offered = offer_first_app(token, access=access)
    code = pyotp.TOTP(offered.secret).at(int(access.clock.now().timestamp()))
    return offered.secret, enrol_first_app(token, code, access=access)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_newcomer_types_the_mailed_code_and_enrols_an_app(access: AccessPorts) -> None:
    assert begun(access).session.stage is SessionStage.AWAITS_MAILED_CODE

    _, done = enrolled(access)

    session = resume_session(done.started.token, access=access)
    assert session is not None
    assert session.user == NEWCOMER
    assert done.codes is not None
    assert len(set(done.codes)) == 10


def test_next_sign_in_asks_for_the_app(access: AccessPorts, clock: StillClock) -> None:
    secret, _ = enrolled(access)
    clock.advance(minutes=5)
    pending = begun(access)

    opened = verify_second_factor(
        pending.token, pyotp.TOTP(secret).at(int(clock.now().timestamp())), access=access
    )

    assert pending.session.stage is SessionStage.AWAITS_CODE
    assert resume_session(opened.token, access=access) is not None


def test_code_that_enrolled_the_app_is_not_accepted_again(access: AccessPorts) -> None:
    secret, _ = enrolled(access)
    pending = begun(access)

    with pytest.raises(CodeOutOfDateError):
        verify_second_factor(
            pending.token, pyotp.TOTP(secret).at(int(access.clock.now().timestamp())), access=access
        )


def test_no_step_opens_anything_by_itself(access: AccessPorts) -> None:
    for token in (begun(access).token, code_typed(access).token):
        assert resume_session(token, access=access) is None


def test_each_step_takes_only_its_own_session(access: AccessPorts) -> None:
    first, second = begun(access).token, code_typed(access).token

    with pytest.raises(SessionEndedError):
        offer_first_app(first, access=access)
    with pytest.raises(SessionEndedError):
        verify_second_factor(first, "000000", access=access)
    with pytest.raises(SessionEndedError):
        send_code(second, access=access)
    with pytest.raises(SessionEndedError):
        enrol_first_app(second, "000000", access=access)


def test_new_code_ends_the_one_before(access: AccessPorts) -> None:
    token = begun(access).token
    send_code(token, access=access)
    first = code_of_last_mail(access)
    while True:
        send_code(token, access=access)
        if code_of_last_mail(access) != first:
            break

    with pytest.raises(WrongCodeError):
        check_code(token, first, access=access)
    check_code(token, code_of_last_mail(access), access=access)


def test_code_of_another_session_is_wrong(access: AccessPorts) -> None:
    one, other = begun(access).token, begun(access).token
    send_code(other, access=access)
    send_code(one, access=access)
    mine = code_of_last_mail(access)

    with pytest.raises(WrongCodeError):
        check_code(other, mine, access=access)


def test_code_ends_after_ten_minutes(access: AccessPorts, clock: StillClock) -> None:
    token = begun(access).token
    send_code(token, access=access)
    clock.advance(minutes=10)

    with pytest.raises(CodeOutOfDateError):
        check_code(token, code_of_last_mail(access), access=access)


def test_wrong_codes_are_limited_across_sessions(access: AccessPorts) -> None:
    for attempt in range(5):
        token = begun(access).token
        send_code(token, access=access)
        wrong = another(code_of_last_mail(access))
        with pytest.raises(AccountLockedError if attempt == 4 else WrongCodeError):
            check_code(token, wrong, access=access)

    token = begun(access).token
    send_code(token, access=access)
    with pytest.raises(AccountLockedError):
        check_code(token, code_of_last_mail(access), access=access)


def test_page_that_is_reloaded_fills_no_mailbox(access: AccessPorts) -> None:
    token = begun(access).token

    for _ in range(20):
        send_code(token, access=access)

    assert len(mails_of(access)) == MOST_MAILS
    check_code(token, code_of_last_mail(access), access=access)


def test_code_is_stored_as_a_hash_that_needs_the_session(access: AccessPorts) -> None:
    started = begun(access)
    send_code(started.token, access=access)

    stored = repr(access.sessions.session(started.session.token_hash))

    assert code_of_last_mail(access) not in stored
    assert started.token not in stored


def test_secret_is_the_same_while_it_is_not_enrolled(access: AccessPorts, clock: StillClock) -> None:
    token = code_typed(access).token

    first = offer_first_app(token, access=access)
    clock.advance(minutes=29)

    assert offer_first_app(token, access=access) == first
    assert first.address.startswith("otpauth://totp/Choriste:bo%40example.fr?secret=")


def test_enrolment_needs_a_fresh_code_of_the_secret_and_limits_wrong_ones(
    access: AccessPorts, clock: StillClock
) -> None:
    token = code_typed(access).token
    secret = offer_first_app(token, access=access).secret
    old = pyotp.TOTP(secret).at(int((clock.now() - dt.timedelta(minutes=5)).timestamp()))

    for attempt in range(5):
        code, refusal = (old, CodeOutOfDateError) if attempt == 0 else ("000000", WrongCodeError)
        with pytest.raises(AccountLockedError if attempt == 4 else refusal):
            enrol_first_app(token, code, access=access)

    credentials = access.accounts.credentials("u2")
    assert credentials is not None
    assert not credentials.has_second_factor


def test_steps_end_after_half_an_hour(access: AccessPorts, clock: StillClock) -> None:
    mailed, chosen = begun(access).token, code_typed(access).token
    clock.advance(minutes=30)

    with pytest.raises(SessionEndedError):
        send_code(mailed, access=access)
    with pytest.raises(SessionEndedError):
        offer_first_app(chosen, access=access)
