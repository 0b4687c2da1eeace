"""Recovery codes, another app, the fresh factor, and the end of a password that others have."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pyotp
import pytest

from choriste.application.access.confirm_factor import confirm_factor
from choriste.application.access.enrol_app import offer_app, replace_app
from choriste.application.access.policy import require_fresh_factor
from choriste.application.access.ports import AccessPorts
from choriste.application.access.read_account import read_factors
from choriste.application.access.renew_recovery_codes import renew_recovery_codes
from choriste.application.access.reset_password import reset_password
from choriste.application.access.resume_session import SignedIn, resume_session
from choriste.application.access.sign_in import sign_in
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.access.errors import (
    AccountLockedError,
    FactorNeededError,
    SessionEndedError,
    WrongCodeError,
    WrongCredentialsError,
)
from choriste.domain.access.principal import Principal, PrincipalKind
from tests.builders.identity import PASSWORD, TOTP_SECRET, StillClock, a_gate, a_user, enrol, the_code
from tests.builders.mails import link_of_last_mail, mails_of

EMAIL = "ana@example.fr"
NEW_PASSWORD = "a lamp, a river, a stone"


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
    return token, resumed(token, access)


def resumed(token: str, access: AccessPorts) -> SignedIn:
    found = resume_session(token, access=access)
    assert found is not None
    return found


def codes_of(access: AccessPorts) -> tuple[str, ...]:
    return renew_recovery_codes(signed_in(access)[1], access=access)


def test_recovery_code_replaces_the_app_once_and_the_owner_is_told(access: AccessPorts) -> None:
    code = codes_of(access)[3]

    pending = sign_in(EMAIL, PASSWORD, access=access)
    token = verify_second_factor(pending.token, code.lower().replace("-", " "), access=access).token

    assert read_factors(resumed(token, access), access=access).codes_left == 9
    assert "il vous en reste 9" in mails_of(access)[-1].text
    again = sign_in(EMAIL, PASSWORD, access=access)
    with pytest.raises(WrongCodeError):
        verify_second_factor(again.token, code, access=access)


def test_new_recovery_codes_end_those_before(access: AccessPorts, clock: StillClock) -> None:
    old = codes_of(access)[0]
    clock.advance(minutes=1)
    codes_of(access)

    pending = sign_in(EMAIL, PASSWORD, access=access)

    with pytest.raises(WrongCodeError):
        verify_second_factor(pending.token, old, access=access)


def test_recovery_codes_are_stored_as_hashes(access: AccessPorts) -> None:
    codes = codes_of(access)

    stored = repr(access.accounts.credentials("u1"))

    assert all(code not in stored and code.replace("-", "") not in stored for code in codes)


def test_app_is_replaced_and_the_one_before_is_dead(access: AccessPorts, clock: StillClock) -> None:
    token, who = signed_in(access)
    clock.advance(minutes=1)
    secret = offer_app(token, who, access=access).secret
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))

    done = replace_app(token, code, who, access=access)

    assert resume_session(token, access=access) is None
    assert resume_session(done.started.token, access=access) is not None
    assert mails_of(access)[-1].subject == "Votre application d’authentification est enregistrée"
    clock.advance(minutes=1)
    pending = sign_in(EMAIL, PASSWORD, access=access)
    with pytest.raises(WrongCodeError):
        verify_second_factor(pending.token, the_code(clock.now()), access=access)
    verify_second_factor(pending.token, pyotp.TOTP(secret).at(int(clock.now().timestamp())), access=access)


def test_factor_changes_need_a_fresh_factor(access: AccessPorts, clock: StillClock) -> None:
    token, _ = signed_in(access)
    clock.advance(minutes=11)
    stale = resumed(token, access)

    with pytest.raises(FactorNeededError):
        renew_recovery_codes(stale, access=access)
    with pytest.raises(FactorNeededError):
        offer_app(token, stale, access=access)
    with pytest.raises(FactorNeededError):
        replace_app(token, "000000", stale, access=access)


def test_factor_proved_again_is_fresh_under_a_new_token(access: AccessPorts, clock: StillClock) -> None:
    token, _ = signed_in(access)
    clock.advance(minutes=11)

    started = confirm_factor(token, the_code(clock.now()), access=access)

    fresh = resumed(started.token, access)
    assert resume_session(token, access=access) is None
    assert fresh.session.ends_at == clock.now() + dt.timedelta(hours=8, minutes=-11)
    require_fresh_factor(fresh.principal, now=clock.now())
    with pytest.raises(SessionEndedError):
        confirm_factor(token, the_code(clock.now()), access=access)


def test_fresh_factor_is_asked_of_people_only(clock: StillClock) -> None:
    now = clock.now()
    program = Principal(kind=PrincipalKind.API_CLIENT, id="c", name="ERP")

    require_fresh_factor(program, now=now)
    require_fresh_factor(Principal.platform("seed"), now=now)
    with pytest.raises(FactorNeededError):
        require_fresh_factor(Principal.of_user(a_user()), now=now)


def test_twenty_wrong_codes_close_the_password_and_the_owner_gets_a_link(
    access: AccessPorts, clock: StillClock
) -> None:
    for _ in range(4):
        clock.advance(hours=1)
        pending = sign_in(EMAIL, PASSWORD, access=access)
        for attempt in range(5):
            with pytest.raises(AccountLockedError if attempt == 4 else WrongCodeError):
                verify_second_factor(pending.token, "000000", access=access)

    with pytest.raises(WrongCredentialsError):
        sign_in(EMAIL, PASSWORD, access=access)

    assert [mail.subject for mail in mails_of(access)] == ["Votre mot de passe a été désactivé"]
    reset_password(link_of_last_mail(access).partition("=")[2], NEW_PASSWORD, access=access)
    renewed = sign_in(EMAIL, NEW_PASSWORD, access=access)
    assert verify_second_factor(renewed.token, the_code(clock.now()), access=access)


def test_what_was_begun_with_a_closed_password_ends(access: AccessPorts, clock: StillClock) -> None:
    for _ in range(19):
        access.attempts.count("codes:u1", now=clock.now())
    waiting = sign_in(EMAIL, PASSWORD, access=access).token
    pending = sign_in(EMAIL, PASSWORD, access=access).token

    with pytest.raises(WrongCodeError):
        verify_second_factor(pending, "000000", access=access)

    with pytest.raises(SessionEndedError):
        verify_second_factor(waiting, the_code(clock.now()), access=access)


def test_right_code_forgets_the_wrong_ones(access: AccessPorts, clock: StillClock) -> None:
    for _ in range(10):
        pending = sign_in(EMAIL, PASSWORD, access=access)
        for _ in range(4):
            with pytest.raises(WrongCodeError):
                verify_second_factor(pending.token, "000000", access=access)
        verify_second_factor(pending.token, the_code(clock.now()), access=access)
        clock.advance(minutes=1)

    assert mails_of(access) == []


def test_secret_of_the_app_is_stored_sealed_for_its_account(access: AccessPorts) -> None:
    credentials = access.accounts.credentials("u1")
    assert credentials is not None
    assert credentials.totp_secret is not None

    assert access.vault.is_sealed(credentials.totp_secret)
    assert access.vault.unseal(credentials.totp_secret, account="u1") == TOTP_SECRET
    with pytest.raises(PermissionError):
        access.vault.unseal(credentials.totp_secret, account="u2")


def test_plain_secret_of_an_older_record_is_sealed_at_its_next_use(access: AccessPorts) -> None:
    known = access.accounts.credentials("u1")
    assert known is not None
    older = replace(known, totp_secret=TOTP_SECRET, version=known.version + 1)
    access.accounts.save_credentials(older)

    signed_in(access)

    sealed = access.accounts.credentials("u1")
    assert sealed is not None
    assert sealed.totp_secret is not None
    assert access.vault.is_sealed(sealed.totp_secret)
    assert sealed.last_step > 0
