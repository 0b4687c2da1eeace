from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from choriste.application.access.create_user import create_user
from choriste.application.access.hashing import Cost, decoy_hash, hash_secret, is_secret
from choriste.application.access.passwords import Passwords
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import SessionStage
from choriste.application.access.resume_session import resume_session, stage_of
from choriste.application.access.sign_in import sign_in
from choriste.application.access.sign_out import sign_out
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.access.errors import (
    AccountLockedError,
    CodeOutOfDateError,
    SessionEndedError,
    WrongCodeError,
    WrongCredentialsError,
)
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Space, StructureRole
from choriste.domain.shared.errors import ForbiddenError
from tests.builders.identity import (
    PASSWORD,
    PLATFORM,
    StillClock,
    a_gate,
    a_member,
    a_right,
    a_user,
    enrol,
    the_code,
)

EMAIL = "ana@example.fr"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    enrol(access, a_user(rights=(a_right(),)))
    return access


def signed_in(access: AccessPorts) -> str:
    pending = sign_in(EMAIL, PASSWORD, access=access)
    return verify_second_factor(pending.token, the_code(access.clock.now()), access=access).token


def wrong_passwords(access: AccessPorts, times: int, email: str = EMAIL) -> list[str]:
    codes = []
    for _ in range(times):
        with pytest.raises((WrongCredentialsError, AccountLockedError)) as refused:
            sign_in(email, "wrong", access=access)
        codes.append(refused.value.code)
    return codes


def test_sign_in_takes_password_and_code(access: AccessPorts) -> None:
    token = signed_in(access)

    session = resume_session(token, access=access)

    assert session is not None
    assert session.user.id == "u1"
    assert session.principal.may(Space.RECEIVE, a_right().level, structure="101")


def test_sign_in_takes_the_address_in_any_case(access: AccessPorts) -> None:
    assert sign_in(" ANA@Example.fr ", PASSWORD, access=access).session.user == "u1"


def test_password_alone_opens_nothing(access: AccessPorts) -> None:
    pending = sign_in(EMAIL, PASSWORD, access=access)

    assert resume_session(pending.token, access=access) is None
    assert stage_of(pending.token, access=access) is SessionStage.AWAITS_CODE


def test_session_is_rotated_at_sign_in(access: AccessPorts) -> None:
    pending = sign_in(EMAIL, PASSWORD, access=access)
    opened = verify_second_factor(pending.token, the_code(access.clock.now()), access=access)

    assert opened.token != pending.token
    assert stage_of(pending.token, access=access) is not SessionStage.AWAITS_CODE
    assert stage_of(opened.token, access=access) is not SessionStage.AWAITS_CODE


def test_fifth_wrong_password_locks_for_one_hour_and_says_until_when(
    access: AccessPorts, clock: StillClock
) -> None:
    codes = wrong_passwords(access, 5)

    with pytest.raises(AccountLockedError) as refused:
        sign_in(EMAIL, PASSWORD, access=access)

    assert codes == ["wrong-credentials"] * 4 + ["account-locked"]
    assert refused.value.until == clock.now() + dt.timedelta(hours=1)


def test_attempts_during_the_lock_do_not_lengthen_it(access: AccessPorts, clock: StillClock) -> None:
    wrong_passwords(access, 5)
    clock.advance(minutes=59)
    wrong_passwords(access, 3)

    clock.advance(minutes=1)

    assert sign_in(EMAIL, PASSWORD, access=access).session.user == "u1"


def test_right_password_forgets_the_wrong_ones(access: AccessPorts) -> None:
    wrong_passwords(access, 4)
    sign_in(EMAIL, PASSWORD, access=access)

    assert wrong_passwords(access, 4) == ["wrong-credentials"] * 4


def test_unknown_address_is_answered_and_locked_like_a_known_one(access: AccessPorts) -> None:
    known = wrong_passwords(access, 6)
    unknown = wrong_passwords(access, 6, "nobody@example.fr")

    assert unknown == known


def test_closed_user_is_answered_like_an_unknown_one(access: AccessPorts) -> None:
    enrol(access, a_user("u9", email="closed@example.fr", active=False))

    with pytest.raises(WrongCredentialsError):
        sign_in("closed@example.fr", PASSWORD, access=access)


def test_unknown_address_costs_the_work_of_a_known_one(
    access: AccessPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = replace(access, passwords=Passwords(memory=64, passes=2))
    create_user(a_user("u9", email="known@example.fr"), by=PLATFORM, access=access, password=PASSWORD)
    verify, costs = PasswordHasher.verify, []

    def counted(hasher: PasswordHasher, hashed: str, password: str) -> bool:
        costs.append(hashed.split("$")[1:4])  # kind, version, memory and passes
        return verify(hasher, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    wrong_passwords(access, 1, "known@example.fr")
    wrong_passwords(access, 1, "nobody@example.fr")

    assert costs == [["argon2id", "v=19", "m=64,t=2,p=1"]] * 2


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_code_is_accepted_one_step_early_or_late(access: AccessPorts, drift: int) -> None:
    pending = sign_in(EMAIL, PASSWORD, access=access)
    code = the_code(access.clock.now() + dt.timedelta(seconds=drift))

    opened = verify_second_factor(pending.token, code, access=access)

    assert resume_session(opened.token, access=access) is not None


def test_code_may_be_typed_with_a_space(access: AccessPorts) -> None:
    pending = sign_in(EMAIL, PASSWORD, access=access)
    code = the_code(access.clock.now())

    verify_second_factor(pending.token, f" {code[:3]} {code[3:]} ", access=access)


def test_code_is_never_accepted_twice(access: AccessPorts) -> None:
    code = the_code(access.clock.now())
    verify_second_factor(sign_in(EMAIL, PASSWORD, access=access).token, code, access=access)
    second = sign_in(EMAIL, PASSWORD, access=access)

    with pytest.raises(CodeOutOfDateError):
        verify_second_factor(second.token, code, access=access)


def test_code_of_some_minutes_ago_is_called_out_of_date(access: AccessPorts, clock: StillClock) -> None:
    old = the_code(clock.now())
    clock.advance(minutes=5)
    pending = sign_in(EMAIL, PASSWORD, access=access)

    with pytest.raises(CodeOutOfDateError):
        verify_second_factor(pending.token, old, access=access)


@pytest.mark.parametrize("code", ["000000", "", "12345", "abcdef", "١٢٣٤٥٦"])
def test_wrong_code_is_refused_and_may_be_tried_again(access: AccessPorts, code: str) -> None:
    pending = sign_in(EMAIL, PASSWORD, access=access)

    with pytest.raises(WrongCodeError):
        verify_second_factor(pending.token, code, access=access)

    assert stage_of(pending.token, access=access) is SessionStage.AWAITS_CODE


def test_fifth_wrong_code_locks_even_with_the_right_password(access: AccessPorts, clock: StillClock) -> None:
    for attempt in range(5):
        pending = sign_in(EMAIL, PASSWORD, access=access)
        with pytest.raises(AccountLockedError if attempt == 4 else WrongCodeError):
            verify_second_factor(pending.token, "000000", access=access)

    again = sign_in(EMAIL, PASSWORD, access=access)

    with pytest.raises(AccountLockedError) as refused:
        verify_second_factor(again.token, the_code(clock.now()), access=access)
    assert refused.value.until == clock.now() + dt.timedelta(hours=1)


def test_code_must_come_within_ten_minutes(access: AccessPorts, clock: StillClock) -> None:
    pending = sign_in(EMAIL, PASSWORD, access=access)
    clock.advance(minutes=10)

    with pytest.raises(SessionEndedError):
        verify_second_factor(pending.token, the_code(clock.now()), access=access)
    assert stage_of(pending.token, access=access) is not SessionStage.AWAITS_CODE


def test_code_is_refused_without_a_password_first(access: AccessPorts) -> None:
    with pytest.raises(SessionEndedError):
        verify_second_factor("invented", the_code(access.clock.now()), access=access)
    with pytest.raises(SessionEndedError):
        verify_second_factor(signed_in(access), the_code(access.clock.now()), access=access)


def test_session_ends_after_half_an_hour_of_silence(access: AccessPorts, clock: StillClock) -> None:
    token = signed_in(access)
    clock.advance(minutes=29)
    assert resume_session(token, access=access) is not None
    clock.advance(minutes=29)
    assert resume_session(token, access=access) is not None

    clock.advance(minutes=30)

    assert resume_session(token, access=access) is None


def test_session_ends_after_eight_hours_of_work(access: AccessPorts, clock: StillClock) -> None:
    token = signed_in(access)
    for _ in range(23):
        clock.advance(minutes=20)
        assert resume_session(token, access=access) is not None

    clock.advance(minutes=20)

    assert resume_session(token, access=access) is None


def test_session_ends_when_the_user_signs_out(access: AccessPorts) -> None:
    token, other = signed_in(access), sign_in(EMAIL, PASSWORD, access=access).token

    sign_out(token, access=access)
    sign_out("invented", access=access)

    assert resume_session(token, access=access) is None
    assert stage_of(other, access=access) is SessionStage.AWAITS_CODE


def test_session_of_a_vanished_user_is_nobodys(access: AccessPorts) -> None:
    stranger = a_gate(StillClock())
    pending = sign_in(EMAIL, PASSWORD, access=access)
    stranger.sessions.save_session(pending.session)

    with pytest.raises(WrongCodeError):
        verify_second_factor(pending.token, "123456", access=stranger)


def test_user_is_created_with_generated_secrets_shown_once() -> None:
    access = a_gate()

    enrolment = create_user(a_user(email=" Ana@Example.FR"), by=PLATFORM, access=access)

    assert enrolment.user.email == EMAIL
    assert enrolment.address.startswith("otpauth://totp/Choriste:ana%40example.fr?secret=")
    stored = repr(access.accounts.credentials("u1"))
    assert enrolment.password not in stored
    assert sign_in(EMAIL, enrolment.password, access=access).session.user == "u1"


def test_user_is_created_only_by_who_administers_the_structures(access: AccessPorts) -> None:
    manager = Principal.of_user(a_user(memberships=(a_member("101", StructureRole.PRIMARY_MANAGER),)))
    operator = Principal.of_user(a_user(operator=True))

    create_user(a_user("u2", email="b@c.fr", rights=(a_right("101"),)), by=manager, access=access)
    create_user(a_user("u3", email="d@e.fr", operator=True), by=operator, access=access)
    with pytest.raises(ForbiddenError):
        create_user(a_user("u4", email="f@g.fr", rights=(a_right("102"),)), by=manager, access=access)
    with pytest.raises(ForbiddenError):
        create_user(a_user("u5", email="h@i.fr", operator=True), by=manager, access=access)


def test_hash_is_salted_and_says_its_cost() -> None:
    first, second = (hash_secret("secret", cost=Cost(4, 2, 1)) for _ in range(2))

    assert first.startswith("scrypt$4$2$1$")
    assert first != second
    assert is_secret("secret", first)
    assert not is_secret("Secret", first)
    assert not is_secret("", decoy_hash(Cost(2, 1, 1)))
