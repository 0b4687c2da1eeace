"""Who gets in where no authorizer stands before the function: the routes of the Chorus Pro API."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from choriste.application.access.create_api_client import create_operator_client
from choriste.application.access.issue_token import TokenRequest, issue_token
from choriste.application.access.ports import AccessPorts
from choriste.runtime import identity
from functions.api.handler import handler
from tests.builders.browser import http_event
from tests.builders.identity import PLATFORM, StillClock, a_gate

CHORUS = "/cpro/factures/v1/soumettre"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch, clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    monkeypatch.setattr(identity, "built_access_ports", lambda: access)
    return access


def _ask(path: str, token: str | None, **headers: str) -> dict[str, Any]:
    sent = {**({"authorization": f"Bearer {token}"} if token is not None else {}), **headers}
    return handler(http_event("POST", path, body="{}", headers=sent), None)


def _token(access: AccessPorts) -> str:
    issued = create_operator_client(name="Exploitation", by=PLATFORM, access=access)
    request = TokenRequest(
        grant_type="client_credentials", client_id=issued.client.client_id, client_secret=issued.secret
    )
    return issue_token(request, access=access).access_token


@pytest.mark.parametrize("token", [None, "", "no-such-token"])
@pytest.mark.parametrize("path", [CHORUS, "/cpro/nowhere/v1/x"])
def test_chorus_route_without_a_good_token_is_401(access: AccessPorts, path: str, token: str | None) -> None:
    assert access.clock.now()
    answer = _ask(path, token)

    body = json.loads(answer["body"])
    assert (answer["statusCode"], body["code"]) == (401, "unauthenticated")
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["WWW-Authenticate"].startswith("Bearer")


def test_chorus_route_after_the_token_has_expired_is_401(access: AccessPorts, clock: StillClock) -> None:
    token = _token(access)
    clock.advance(hours=2)

    assert _ask(CHORUS, token)["statusCode"] == 401


@pytest.mark.parametrize("account", [None, base64.b64encode(b"TECH_1_x@cpro.fr:wrong").decode()])
def test_chorus_route_wants_a_technical_account_beside_the_token(
    access: AccessPorts, account: str | None
) -> None:
    token = _token(access)
    headers = {"cpro-account": account} if account is not None else {}

    answer = _ask(CHORUS, token, **headers)

    assert answer["statusCode"] == 401


def test_native_route_without_a_token_is_401_in_the_function_too(access: AccessPorts) -> None:
    assert access.clock.now()
    answer = handler(http_event("GET", "/v1/invoices"), None)

    assert answer["statusCode"] == 401
    assert answer["headers"]["Content-Type"] == "application/problem+json"
