from __future__ import annotations

import datetime as dt
import time

import pytest

from choriste.application.identity import sign_in as sign_in_module
from choriste.application.identity.create_user import create_user
from choriste.application.identity.hashing import PASSWORD_COST, Cost, decoy_hash, hash_secret, is_secret
from choriste.application.identity.ports import Gate
from choriste.application.identity.register_structure import register_structure
from choriste.application.identity.resume_session import awaits_code, resume_session
from choriste.application.identity.sign_in import sign_in
from choriste.application.identity.sign_out import sign_out
from choriste.application.identity.verify_second_factor import verify_second_factor
from choriste.domain.errors import ForbiddenError
from choriste.domain.identity.errors import (
    AccountLockedError,
    CodeOutOfDateError,
    SessionEndedError,
    WrongCodeError,
    WrongCredentialsError,
)
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.user import Space, StructureRole
from tests.builders.identity import (
    CHEAP,
    PASSWORD,
    PLATFORM,
    StillClock,
    a_gate,
    a_member,
    a_right,
    a_structure,
    a_user,
    enrol,
    the_code,
)

EMAIL = "ana@example.fr"
DECOY = sign_in_module._DECOY


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(autouse=True)
def _cheap_decoy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_module, "_DECOY", decoy_hash(CHEAP))


@pytest.fixture
def gate(clock: StillClock) -> Gate:
    gate = a_gate(clock)
    enrol(gate, a_user(rights=(a_right(),)))
    return gate


def signed_in(gate: Gate) -> str:
    pending = sign_in(EMAIL, PASSWORD, gate=gate)
    return verify_second_factor(pending.token, the_code(gate.clock.now()), gate=gate).token


def wrong_passwords(gate: Gate, times: int, email: str = EMAIL) -> list[str]:
    codes = []
    for _ in range(times):
        with pytest.raises((WrongCredentialsError, AccountLockedError)) as refused:
            sign_in(email, "wrong", gate=gate)
        codes.append(refused.value.code)
    return codes


def test_sign_in_takes_password_and_code(gate: Gate) -> None:
    token = signed_in(gate)

    session = resume_session(token, gate=gate)

    assert session is not None
    assert session.user.id == "u1"
    assert session.principal.may(Space.RECEIVE, a_right().level, structure="101")


def test_sign_in_takes_the_address_in_any_case(gate: Gate) -> None:
    assert sign_in(" ANA@Example.fr ", PASSWORD, gate=gate).session.user == "u1"


def test_password_alone_opens_nothing(gate: Gate) -> None:
    pending = sign_in(EMAIL, PASSWORD, gate=gate)

    assert resume_session(pending.token, gate=gate) is None
    assert awaits_code(pending.token, gate=gate)


def test_session_is_rotated_at_sign_in(gate: Gate) -> None:
    pending = sign_in(EMAIL, PASSWORD, gate=gate)
    opened = verify_second_factor(pending.token, the_code(gate.clock.now()), gate=gate)

    assert opened.token != pending.token
    assert not awaits_code(pending.token, gate=gate)
    assert not awaits_code(opened.token, gate=gate)


def test_fifth_wrong_password_locks_for_one_hour_and_says_until_when(gate: Gate, clock: StillClock) -> None:
    codes = wrong_passwords(gate, 5)

    with pytest.raises(AccountLockedError) as refused:
        sign_in(EMAIL, PASSWORD, gate=gate)

    assert codes == ["wrong-credentials"] * 4 + ["account-locked"]
    assert refused.value.until == clock.now() + dt.timedelta(hours=1)


def test_attempts_during_the_lock_do_not_lengthen_it(gate: Gate, clock: StillClock) -> None:
    wrong_passwords(gate, 5)
    clock.advance(minutes=59)
    wrong_passwords(gate, 3)

    clock.advance(minutes=1)

    assert sign_in(EMAIL, PASSWORD, gate=gate).session.user == "u1"


def test_right_password_forgets_the_wrong_ones(gate: Gate) -> None:
    wrong_passwords(gate, 4)
    sign_in(EMAIL, PASSWORD, gate=gate)

    assert wrong_passwords(gate, 4) == ["wrong-credentials"] * 4


def test_unknown_address_is_answered_and_locked_like_a_known_one(gate: Gate) -> None:
    known = wrong_passwords(gate, 6)
    unknown = wrong_passwords(gate, 6, "nobody@example.fr")

    assert unknown == known


def test_closed_user_is_answered_like_an_unknown_one(gate: Gate) -> None:
    enrol(gate, a_user("u9", email="closed@example.fr", active=False))

    with pytest.raises(WrongCredentialsError):
        sign_in("closed@example.fr", PASSWORD, gate=gate)


def test_unknown_address_takes_the_time_of_a_known_one(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    cost = Cost(2**13, 8, 1)
    create_user(a_user("u9", email="slow@example.fr"), by=PLATFORM, gate=gate, password="x", cost=cost)
    monkeypatch.setattr(sign_in_module, "_DECOY", decoy_hash(cost))

    def seconds(email: str) -> float:
        start = time.process_time()
        wrong_passwords(gate, 1, email)
        return time.process_time() - start

    known = min(seconds("slow@example.fr") for _ in range(4))
    unknown = min(seconds("nobody@example.fr") for _ in range(4))

    assert unknown == pytest.approx(known, rel=0.5)
    assert known > 0.005


def test_decoy_costs_what_a_password_costs() -> None:
    assert DECOY.rsplit("$", 2)[0] == hash_secret("x", cost=PASSWORD_COST).rsplit("$", 2)[0]


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_code_is_accepted_one_step_early_or_late(gate: Gate, drift: int) -> None:
    pending = sign_in(EMAIL, PASSWORD, gate=gate)
    code = the_code(gate.clock.now() + dt.timedelta(seconds=drift))

    opened = verify_second_factor(pending.token, code, gate=gate)

    assert resume_session(opened.token, gate=gate) is not None


def test_code_may_be_typed_with_a_space(gate: Gate) -> None:
    pending = sign_in(EMAIL, PASSWORD, gate=gate)
    code = the_code(gate.clock.now())

    verify_second_factor(pending.token, f" {code[:3]} {code[3:]} ", gate=gate)


def test_code_is_never_accepted_twice(gate: Gate) -> None:
    code = the_code(gate.clock.now())
    verify_second_factor(sign_in(EMAIL, PASSWORD, gate=gate).token, code, gate=gate)
    second = sign_in(EMAIL, PASSWORD, gate=gate)

    with pytest.raises(CodeOutOfDateError):
        verify_second_factor(second.token, code, gate=gate)


def test_code_of_some_minutes_ago_is_called_out_of_date(gate: Gate, clock: StillClock) -> None:
    old = the_code(clock.now())
    clock.advance(minutes=5)
    pending = sign_in(EMAIL, PASSWORD, gate=gate)

    with pytest.raises(CodeOutOfDateError):
        verify_second_factor(pending.token, old, gate=gate)


@pytest.mark.parametrize("code", ["000000", "", "12345", "abcdef", "١٢٣٤٥٦"])
def test_wrong_code_is_refused_and_may_be_tried_again(gate: Gate, code: str) -> None:
    pending = sign_in(EMAIL, PASSWORD, gate=gate)

    with pytest.raises(WrongCodeError):
        verify_second_factor(pending.token, code, gate=gate)

    assert awaits_code(pending.token, gate=gate)


def test_fifth_wrong_code_locks_even_with_the_right_password(gate: Gate, clock: StillClock) -> None:
    for attempt in range(5):
        pending = sign_in(EMAIL, PASSWORD, gate=gate)
        with pytest.raises(AccountLockedError if attempt == 4 else WrongCodeError):
            verify_second_factor(pending.token, "000000", gate=gate)

    again = sign_in(EMAIL, PASSWORD, gate=gate)

    with pytest.raises(AccountLockedError) as refused:
        verify_second_factor(again.token, the_code(clock.now()), gate=gate)
    assert refused.value.until == clock.now() + dt.timedelta(hours=1)


def test_code_must_come_within_ten_minutes(gate: Gate, clock: StillClock) -> None:
    pending = sign_in(EMAIL, PASSWORD, gate=gate)
    clock.advance(minutes=10)

    with pytest.raises(SessionEndedError):
        verify_second_factor(pending.token, the_code(clock.now()), gate=gate)
    assert not awaits_code(pending.token, gate=gate)


def test_code_is_refused_without_a_password_first(gate: Gate) -> None:
    with pytest.raises(SessionEndedError):
        verify_second_factor("invented", the_code(gate.clock.now()), gate=gate)
    with pytest.raises(SessionEndedError):
        verify_second_factor(signed_in(gate), the_code(gate.clock.now()), gate=gate)


def test_session_ends_after_half_an_hour_of_silence(gate: Gate, clock: StillClock) -> None:
    token = signed_in(gate)
    clock.advance(minutes=29)
    assert resume_session(token, gate=gate) is not None
    clock.advance(minutes=29)
    assert resume_session(token, gate=gate) is not None

    clock.advance(minutes=30)

    assert resume_session(token, gate=gate) is None


def test_session_ends_after_eight_hours_of_work(gate: Gate, clock: StillClock) -> None:
    token = signed_in(gate)
    for _ in range(23):
        clock.advance(minutes=20)
        assert resume_session(token, gate=gate) is not None

    clock.advance(minutes=20)

    assert resume_session(token, gate=gate) is None


def test_session_ends_when_the_user_signs_out(gate: Gate) -> None:
    token, other = signed_in(gate), sign_in(EMAIL, PASSWORD, gate=gate).token

    sign_out(token, gate=gate)
    sign_out("invented", gate=gate)

    assert resume_session(token, gate=gate) is None
    assert awaits_code(other, gate=gate)


def test_session_of_a_vanished_user_is_nobodys(gate: Gate) -> None:
    stranger = a_gate(StillClock())
    pending = sign_in(EMAIL, PASSWORD, gate=gate)
    stranger.sessions.save_session(pending.session)

    with pytest.raises(WrongCodeError):
        verify_second_factor(pending.token, "123456", gate=stranger)


def test_user_is_created_with_generated_secrets_shown_once() -> None:
    gate = a_gate()

    enrolment = create_user(a_user(email=" Ana@Example.FR"), by=PLATFORM, gate=gate, cost=CHEAP)

    assert enrolment.user.email == EMAIL
    assert enrolment.address.startswith("otpauth://totp/Choriste:ana%40example.fr?secret=")
    stored = repr(gate.accounts.credentials("u1"))
    assert enrolment.password not in stored
    assert sign_in(EMAIL, enrolment.password, gate=gate).session.user == "u1"


def test_user_is_created_only_by_who_administers_the_structures(gate: Gate) -> None:
    manager = Principal.of_user(a_user(memberships=(a_member("101", StructureRole.PRIMARY_MANAGER),)))
    operator = Principal.of_user(a_user(operator=True))

    create_user(a_user("u2", email="b@c.fr", rights=(a_right("101"),)), by=manager, gate=gate, cost=CHEAP)
    create_user(a_user("u3", email="d@e.fr", operator=True), by=operator, gate=gate, cost=CHEAP)
    with pytest.raises(ForbiddenError):
        create_user(a_user("u4", email="f@g.fr", rights=(a_right("102"),)), by=manager, gate=gate)
    with pytest.raises(ForbiddenError):
        create_user(a_user("u5", email="h@i.fr", operator=True), by=manager, gate=gate)


def test_structure_is_registered_only_by_operator_or_platform(gate: Gate) -> None:
    register_structure(a_structure("101"), by=PLATFORM, gate=gate)

    with pytest.raises(ForbiddenError):
        register_structure(a_structure("102"), by=Principal.of_user(a_user()), gate=gate)


def test_hash_is_salted_and_says_its_cost() -> None:
    first, second = (hash_secret("secret", cost=Cost(4, 2, 1)) for _ in range(2))

    assert first.startswith("scrypt$4$2$1$")
    assert first != second
    assert is_secret("secret", first)
    assert not is_secret("Secret", first)
    assert not is_secret("", decoy_hash(CHEAP))
