"""Security keys and passkeys: enrolled, asked, counted, removed; and every way in which an answer may lie."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from choriste.application.access.enrol_key import (
    MOST_KEYS,
    enrol_first_key,
    enrol_key,
    list_keys,
    offer_first_key,
    offer_key,
    remove_key,
)
from choriste.application.access.mailed_code import check_code, send_code
from choriste.application.access.policy import require_fresh_factor
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_key import (
    ask_for_key,
    ask_for_passkey,
    confirm_key,
    sign_in_with_passkey,
    verify_key,
)
from choriste.application.access.records import SessionStage
from choriste.application.access.resume_session import SignedIn, resume_session
from choriste.application.access.sign_in import sign_in
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.application.access.webauthn import origin_of, relying_party_of
from choriste.domain.access.errors import (
    FactorNeededError,
    KeyCopiedError,
    KeyKnownError,
    KeyLateError,
    KeyRefusedError,
    LastFactorError,
    SessionEndedError,
    TooManyKeysError,
)
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from tests.builders.authenticator import Authenticator
from tests.builders.identity import PASSWORD, StillClock, a_gate, a_user, enrol, the_code
from tests.builders.mails import mails_of

EMAIL = "ana@example.fr"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    enrol(access, a_user())
    return access


def resumed(token: str, access: AccessPorts) -> SignedIn:
    found = resume_session(token, access=access)
    assert found is not None
    return found


def signed_in(access: AccessPorts, email: str = EMAIL) -> tuple[str, SignedIn]:
    pending = sign_in(email, PASSWORD, access=access)
    token = verify_second_factor(pending.token, the_code(access.clock.now()), access=access).token
    return token, resumed(token, access)


def with_key(access: AccessPorts, key: Authenticator, name: str = "Clé bleue") -> tuple[str, SignedIn]:
    """Sign in by the app, and enrol a key."""
    token, who = signed_in(access)
    enrol_key(token, key.make(offer_key(token, who, access=access)), name, who, access=access)
    return token, who


def awaiting(access: AccessPorts) -> tuple[str, str]:
    """Return a session that awaits its second factor, and what its browser asks a key."""
    token = sign_in(EMAIL, PASSWORD, access=access).token
    asked = ask_for_key(token, SessionStage.AWAITS_CODE, access=access)
    assert asked is not None
    return token, asked


def stored_uses(access: AccessPorts) -> list[int]:
    credentials = access.accounts.credentials("u1")
    assert credentials is not None
    return [key.uses for key in credentials.security_keys]


def test_key_is_the_second_factor_of_the_next_sign_in(access: AccessPorts) -> None:
    key = Authenticator()
    with_key(access, key)
    token, asked = awaiting(access)

    opened = verify_key(token, key.sign(asked), access=access)

    require_fresh_factor(resumed(opened.token, access).principal, now=access.clock.now())
    assert stored_uses(access) == [key.uses]
    assert "Clé bleue" in mails_of(access)[-1].text
    with pytest.raises(SessionEndedError):
        verify_key(token, key.sign(asked), access=access)


def test_key_that_does_not_count_is_taken_again_and_again(access: AccessPorts) -> None:
    key = Authenticator(counts=False)
    with_key(access, key)

    for _ in range(3):
        token, asked = awaiting(access)
        assert verify_key(token, key.sign(asked), access=access)

    assert stored_uses(access) == [0]


def test_counter_that_has_not_grown_is_refused_and_the_owner_told(access: AccessPorts) -> None:
    key = Authenticator(uses=6)
    with_key(access, key)
    key.uses = 5
    token, asked = awaiting(access)

    with pytest.raises(KeyCopiedError):
        verify_key(token, key.sign(asked), access=access)

    assert stored_uses(access) == [7]
    assert "Clé bleue" in mails_of(access)[-1].text


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://choriste.example.evil.example"},
        {"origin": "http://choriste.example"},
        {"cross_origin": True},
        {"id": b"another key of somebody else"},
    ],
)
def test_answer_of_another_site_or_key_is_refused(access: AccessPorts, lie: dict[str, object]) -> None:
    key = Authenticator()
    with_key(access, key)
    token, asked = awaiting(access)
    for name, value in lie.items():
        setattr(key, name, value)

    with pytest.raises(KeyRefusedError):
        verify_key(token, key.sign(asked), access=access)


def test_signature_by_another_private_key_is_refused(access: AccessPorts) -> None:
    key = Authenticator()
    with_key(access, key)
    token, asked = awaiting(access)

    with pytest.raises(KeyRefusedError):
        verify_key(token, Authenticator(id=key.id, uses=9).sign(asked), access=access)


def test_challenge_counts_once_in_its_browser_for_five_minutes(
    access: AccessPorts, clock: StillClock
) -> None:
    key = Authenticator()
    signed, _ = with_key(access, key)
    token, asked = awaiting(access)
    other, others = awaiting(access)

    with pytest.raises(KeyLateError):
        verify_key(token, key.sign(others), access=access)  # what another browser was asked
    with pytest.raises(KeyLateError):
        confirm_key(signed, key.sign(others), access=access)
    clock.advance(minutes=5)
    with pytest.raises(KeyLateError):
        verify_key(token, key.sign(asked), access=access)
    fresh = ask_for_key(other, SessionStage.AWAITS_CODE, access=access)
    assert fresh is not None
    with pytest.raises(KeyRefusedError):
        verify_key(other, Authenticator(id=key.id).sign(fresh), access=access)
    with pytest.raises(KeyLateError):
        verify_key(other, key.sign(fresh), access=access)  # spent by the wrong answer


def test_challenge_to_enrol_proves_nothing(access: AccessPorts) -> None:
    key = Authenticator()
    token, who = with_key(access, key)
    offered = json.loads(offer_key(token, who, access=access))
    asked = json.dumps({"challenge": offered["challenge"], "rpId": offered["rp"]["id"]})

    with pytest.raises(KeyLateError):
        confirm_key(token, key.sign(asked), access=access)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"response": 3}',
        '{"rawId": "AA", "response": {"clientDataJSON": "e30"}}',
        "x" * 30_000,
    ],
)
def test_what_is_no_answer_is_refused(access: AccessPorts, answer: str) -> None:
    with_key(access, Authenticator())
    token, _ = awaiting(access)

    with pytest.raises(KeyRefusedError):
        verify_key(token, answer, access=access)
    with pytest.raises(KeyRefusedError):
        sign_in_with_passkey("browser", answer, access=access)


def test_key_makes_an_old_factor_fresh_again(access: AccessPorts, clock: StillClock) -> None:
    key = Authenticator()
    token, _ = with_key(access, key)
    clock.advance(minutes=11)
    with pytest.raises(FactorNeededError):
        offer_key(token, resumed(token, access), access=access)
    asked = ask_for_key(token, SessionStage.SIGNED_IN, access=access)
    assert asked is not None

    started = confirm_key(token, key.sign(asked), access=access)

    assert resume_session(token, access=access) is None
    assert offer_key(started.token, resumed(started.token, access), access=access)


def test_passkey_that_verifies_its_owner_is_both_factors(access: AccessPorts) -> None:
    key = Authenticator()
    with_key(access, key)
    asked = ask_for_passkey("browser", access=access)
    assert json.loads(asked)["userVerification"] == "required"

    opened = sign_in_with_passkey("browser", key.sign(asked), access=access)

    who = resumed(opened.token, access)
    assert who.user.email == EMAIL
    require_fresh_factor(who.principal, now=access.clock.now())
    with pytest.raises(KeyLateError):
        sign_in_with_passkey("browser", key.sign(asked), access=access)


def test_passkey_is_refused_unverified_elsewhere_or_for_nobody(access: AccessPorts) -> None:
    key = Authenticator()
    with_key(access, key)
    with pytest.raises(KeyLateError):
        sign_in_with_passkey("other", key.sign(ask_for_passkey("browser", access=access)), access=access)
    key.verifies = False
    with pytest.raises(KeyRefusedError):
        sign_in_with_passkey("browser", key.sign(ask_for_passkey("browser", access=access)), access=access)
    key.verifies, key.owner = True, "bm9ib2R5"
    with pytest.raises(KeyRefusedError):
        sign_in_with_passkey("browser", key.sign(ask_for_passkey("browser", access=access)), access=access)


def test_first_key_comes_with_recovery_codes(access: AccessPorts) -> None:
    known = access.accounts.credentials("u1")
    assert known is not None
    access.accounts.save_credentials(replace(known, totp_secret=None, version=known.version + 1))
    token = sign_in(EMAIL, PASSWORD, access=access).token
    send_code(token, access=access)
    token = check_code(token, mails_of(access)[-1].subject[-6:], access=access).token
    key = Authenticator()

    first = enrol_first_key(token, key.make(offer_first_key(token, access=access)), "Clé", access=access)

    assert len(first.codes or ()) == 10
    who = resumed(first.started.token, access)
    (kept,) = list_keys(who, access=access)
    with pytest.raises(LastFactorError):
        remove_key(kept.id, who, access=access)
    again, asked = awaiting(access)
    assert verify_key(again, key.sign(asked), access=access)


def test_several_keys_are_kept_and_a_lost_one_opens_nothing(access: AccessPorts) -> None:
    lost, left = Authenticator(), Authenticator()
    token, who = with_key(access, lost, "Perdue")
    offered = json.loads(offer_key(token, who, access=access))
    assert len(offered["excludeCredentials"]) == 1
    enrol_key(token, left.make(offer_key(token, who, access=access)), " Au  bureau ", who, access=access)
    assert [key.name for key in list_keys(who, access=access)] == ["Perdue", "Au bureau"]

    remove_key(list_keys(who, access=access)[0].id, who, access=access)

    assert "Perdue" in mails_of(access)[-1].text
    pending, asked = awaiting(access)
    with pytest.raises(KeyRefusedError):
        verify_key(pending, lost.sign(asked), access=access)
    with pytest.raises(NotFoundError):
        remove_key("another", who, access=access)


def test_enrolment_refuses_old_factors_known_keys_odd_names_and_an_eleventh(
    access: AccessPorts, clock: StillClock
) -> None:
    key = Authenticator()
    token, who = with_key(access, key)
    with pytest.raises(KeyKnownError):
        enrol_key(token, key.make(offer_key(token, who, access=access)), "Encore", who, access=access)
    for name in ("", "a\nb\x00", "x" * 61):
        answer = Authenticator().make(offer_key(token, who, access=access))
        with pytest.raises(BadRequestError):
            enrol_key(token, answer, name, who, access=access)
    for _ in range(MOST_KEYS - 1):
        answer = Authenticator().make(offer_key(token, who, access=access))
        enrol_key(token, answer, "Autre", who, access=access)
    with pytest.raises(TooManyKeysError):
        offer_key(token, who, access=access)
    clock.advance(minutes=11)
    for attempt in (
        lambda: remove_key("x", who, access=access),
        lambda: offer_key(token, who, access=access),
    ):
        with pytest.raises(FactorNeededError):
            attempt()


def test_keys_are_bound_to_the_public_address_by_name() -> None:
    assert relying_party_of("https://factures.ville.example") == "factures.ville.example"
    assert origin_of("https://factures.ville.example") == "https://factures.ville.example"
    assert origin_of("http://127.0.0.1:8080") == "http://localhost:8080"
