"""The own account by the API: the guards of the pages hold here too, and no program's token opens it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pyotp
import pytest

from choriste.application.access.invite import invite
from choriste.application.access.issue_token import TokenRequest, issue_token
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import SecurityKey
from choriste.application.connections.api_clients import create_operator_client
from choriste.runtime import identity, ports
from functions.api.handler import handler as api
from tests.builders.browser import http_event
from tests.builders.contexts import a_context
from tests.builders.identity import (
    PASSWORD,
    PLATFORM,
    StillClock,
    StillStopwatch,
    a_gate,
    a_member,
    a_user,
    enrol,
    the_code,
)
from tests.builders.mails import code_of_last_mail, link_of_last_mail, mails_of

EMAIL = "ana@example.fr"
NEW = "a lamp, a river, a stone"
SIGN_UP = {
    "email": "bo@example.fr",
    "first_name": "Bo",
    "last_name": "Lund",
    "siret": "73282932000074",
    "structure_name": "Scierie du Lac",
    "postcode": "74000",
    "city": "Annecy",
}


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(autouse=True)
def access(monkeypatch: pytest.MonkeyPatch, clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    enrol(access, a_user())
    monkeypatch.setattr(identity, "built_access_ports", lambda: access)
    monkeypatch.setattr(ports, "built_ports", lambda: None)
    return access


def ask(method: str, path: str, token: str | None = None, /, **body: Any) -> tuple[int, dict[str, Any]]:
    sent = {"content-type": "application/json"}
    sent |= {"authorization": f"Bearer {token}"} if token is not None else {}
    answer = api(http_event(method, path, body=json.dumps(body) if body else None, headers=sent), a_context())
    return answer["statusCode"], json.loads(answer["body"] or "{}")


def session(clock: StillClock) -> str:
    """Sign in by the API, with a code of the next step of the app."""
    clock.advance(minutes=1)
    _, begun = ask("POST", "/v1/sign-in", email=EMAIL, password=PASSWORD)
    status, opened = ask("POST", "/v1/sign-in/code", begun["token"], code=the_code(clock.now()))
    assert (status, opened["stage"]) == (200, "signed_in")
    return str(opened["token"])


def test_person_signs_in_and_reads_the_own_account(clock: StillClock) -> None:
    token = session(clock)

    status, account = ask("GET", "/v1/account", token)

    assert (status, account["email"], account["notices"]) == (200, EMAIL, "at_once")
    assert ask("GET", "/v1/account/factors", token) == (
        200,
        {"app": True, "security_keys": [], "codes_left": 0},
    )


@pytest.mark.parametrize("path", ["/v1/account", "/v1/account/sessions", "/v1/account/nowhere"])
def test_account_is_closed_to_programs_and_to_unfinished_sign_ins(access: AccessPorts, path: str) -> None:
    issued = create_operator_client(name="Exploitation", by=PLATFORM, access=access)
    request = TokenRequest(
        grant_type="client_credentials", client_id=issued.client.client_id, client_secret=issued.secret
    )
    program = issue_token(request, access=access).access_token
    _, begun = ask("POST", "/v1/sign-in", email=EMAIL, password=PASSWORD)

    for token in (None, "", program, begun["token"]):
        status, said = ask("GET", path, token)
        assert (status, said["parameters"]) == (401, {"what": "session"})


def test_session_opens_nothing_but_the_account(clock: StillClock) -> None:
    assert ask("GET", "/v1/invoices", session(clock))[0] == 401


def test_cookie_of_the_console_opens_no_account(clock: StillClock) -> None:
    event = http_event("GET", "/v1/account", headers={})
    event["cookies"] = [f"choriste={session(clock)}", f"__Host-choriste={session(clock)}"]

    assert api(event, a_context())["statusCode"] == 401


def test_sign_up_answers_the_same_for_known_and_unknown_addresses(access: AccessPorts) -> None:
    known, unknown = (
        ask("POST", "/v1/sign-up", **{**SIGN_UP, "email": email}) for email in (EMAIL, "bo@example.fr")
    )

    assert known == unknown == (204, {})
    assert isinstance(access.stopwatch, StillStopwatch)
    assert len(set(access.stopwatch.waited_until)) == 1
    assert [mail.to for mail in mails_of(access)] == [EMAIL, "bo@example.fr"]


def test_newcomer_goes_from_the_link_to_the_first_session_by_the_api(
    access: AccessPorts, clock: StillClock
) -> None:
    invited = a_user("cy", email="cy@example.fr", memberships=(a_member(),))
    invite(invited, structure="Lutèce", by=PLATFORM, access=access)
    token = link_of_last_mail(access).partition("token=")[2]

    assert ask("POST", "/v1/sign-up/activation", token=token, password="abc")[1]["code"] == "weak-password"
    assert ask("POST", "/v1/sign-up/activation", token=token, password=NEW)[0] == 204
    assert ask("POST", "/v1/sign-up/activation", token=token, password=NEW)[1]["code"] == "link-ended"

    _, begun = ask("POST", "/v1/sign-in", email="cy@example.fr", password=NEW)
    assert begun["stage"] == "awaits_mailed_code"
    assert ask("POST", "/v1/sign-in/mailed-code", begun["token"]) == (200, {"email": "cy@example.fr"})
    code = code_of_last_mail(access)
    _, proved = ask("POST", "/v1/sign-in/mailed-code/check", begun["token"], code=code)
    assert (
        ask("POST", "/v1/sign-in/mailed-code/check", begun["token"], code=code)[1]["code"] == "session-ended"
    )
    _, secret = ask("POST", "/v1/sign-in/app", proved["token"])
    shown = pyotp.TOTP(secret["secret"]).at(int(clock.now().timestamp()))
    _, done = ask("POST", "/v1/sign-in/app/enrolment", proved["token"], code=shown)
    assert len(done["recovery_codes"]) == 10
    assert ask("GET", "/v1/account", done["session"]["token"])[0] == 200


def test_fifth_wrong_password_locks_strangers_out_and_no_device_of_the_owner(clock: StillClock) -> None:
    clock.advance(minutes=1)
    _, begun = ask("POST", "/v1/sign-in", email=EMAIL, password=PASSWORD)
    _, opened = ask("POST", "/v1/sign-in/code", begun["token"], code=the_code(clock.now()))

    wrong = [ask("POST", "/v1/sign-in", email=EMAIL, password="no")[1]["code"] for _ in range(6)]

    assert wrong == ["wrong-credentials"] * 4 + ["account-locked"] * 2
    assert ask("POST", "/v1/sign-in", email=EMAIL, password=PASSWORD)[0] == 429
    own = ask("POST", "/v1/sign-in", email=EMAIL, password=PASSWORD, device=opened["device"])
    assert own[0] == 200


def test_factors_change_only_after_a_fresh_proof(clock: StillClock) -> None:
    token = session(clock)
    clock.advance(minutes=11)
    for method, path in (
        ("POST", "/v1/account/factors/app"),
        ("DELETE", "/v1/account/factors/app"),
        ("POST", "/v1/account/factors/recovery-codes"),
    ):
        assert ask(method, path, token)[1]["code"] == "factor-needed"

    _, proved = ask("POST", "/v1/account/factor-proofs", token, code=the_code(clock.now()))

    assert ask("GET", "/v1/account", token)[0] == 401
    assert len(ask("POST", "/v1/account/factors/recovery-codes", proved["token"])[1]["recovery_codes"]) == 10
    assert ask("DELETE", "/v1/account/factors/app", proved["token"])[1]["code"] == "last-factor"


def test_new_password_ends_the_other_sessions(clock: StillClock) -> None:
    other, token = session(clock), session(clock)
    wrong = ask("PUT", "/v1/account/password", token, present="no", new=NEW)

    _, moved = ask("PUT", "/v1/account/password", token, present=PASSWORD, new=NEW)

    assert wrong[1]["code"] == "wrong-credentials"
    assert [ask("GET", "/v1/account", each)[0] for each in (other, token, moved["token"])] == [401, 401, 200]


def test_sessions_are_listed_and_ended_by_name(clock: StillClock) -> None:
    other, token = session(clock), session(clock)
    _, listed = ask("GET", "/v1/account/sessions", token)
    name = next(each["name"] for each in listed["sessions"] if not each["is_this"])

    assert ask("DELETE", f"/v1/account/sessions/{name}", token)[0] == 204

    assert [ask("GET", "/v1/account", each)[0] for each in (other, token)] == [401, 200]
    assert ask("DELETE", f"/v1/account/sessions/{name}", token)[1]["code"] == "not-found"


def test_app_goes_once_there_is_a_key_and_then_the_key_stays(access: AccessPorts, clock: StillClock) -> None:
    token = session(clock)
    known = access.accounts.credentials("u1")
    assert known is not None
    key = SecurityKey(id="Y2xl", public_key="cHVi", name="Clé bleue", added_at=clock.now())
    access.accounts.save_credentials(replace(known, security_keys=(key,), version=known.version + 1))

    gone = ask("DELETE", "/v1/account/factors/app", token)
    _, factors = ask("GET", "/v1/account/factors", token)

    assert gone[0] == 204
    assert (factors["app"], [each["name"] for each in factors["security_keys"]]) == (False, ["Clé bleue"])
    assert ask("DELETE", "/v1/account/factors/keys/Y2xl", token)[1]["code"] == "last-factor"
    assert ask("DELETE", "/v1/account/factors/keys/none", token)[1]["code"] == "not-found"
    assert mails_of(access)[-1].subject == "Votre application d’authentification est retirée"
