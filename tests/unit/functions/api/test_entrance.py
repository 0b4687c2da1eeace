"""Who gets in: the functions find out who asks, before they look at anything else of a request."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from choriste.application.access.issue_token import TokenRequest, issue_token
from choriste.application.access.ports import AccessPorts
from choriste.application.connections.api_clients import create_operator_client
from choriste.runtime import identity
from functions.api.handler import handler as api
from functions.chorus.handler import handler as chorus
from tests.builders.browser import http_event
from tests.builders.contexts import a_context
from tests.builders.identity import PLATFORM, StillClock, a_gate

CHORUS = "/cpro/factures/v1/soumettre"
HEALTH = "/cpro/transverses/v1/health-check"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(autouse=True)
def access(monkeypatch: pytest.MonkeyPatch, clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    monkeypatch.setattr(identity, "built_access_ports", lambda: access)
    return access


def _ask(path: str, token: str | None, *, method: str = "POST", **headers: str) -> dict[str, Any]:
    sent = {**({"authorization": f"Bearer {token}"} if token is not None else {}), **headers}
    function = chorus if path.startswith("/cpro") else api
    return function(http_event(method, path, body="{}", headers=sent), a_context())


def _token(access: AccessPorts) -> str:
    issued = create_operator_client(name="Exploitation", by=PLATFORM, access=access)
    request = TokenRequest(
        grant_type="client_credentials", client_id=issued.client.client_id, client_secret=issued.secret
    )
    return issue_token(request, access=access).access_token


@pytest.mark.parametrize("token", [None, "", "no-such-token"])
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (CHORUS, "application/json"),
        ("/cpro/nowhere/v1/x", "application/json"),
        (HEALTH, "application/json"),
        ("/v1/invoices", "application/problem+json"),
        ("/v1/drafts", "application/problem+json"),
        ("/v1/nowhere", "application/problem+json"),
    ],
)
def test_request_without_a_good_token_is_401(path: str, kind: str, token: str | None) -> None:
    answer = _ask(path, token)

    body = json.loads(answer["body"])
    said = body["codeRetour"] == 29401 if path.startswith("/cpro") else body["code"] == "unauthenticated"
    assert (answer["statusCode"], said) == (401, True)
    assert answer["headers"]["Content-Type"] == kind
    assert answer["headers"]["WWW-Authenticate"] == 'Bearer realm="choriste"'


@pytest.mark.parametrize("path", [CHORUS, "/v1/operator/stuck"])
def test_token_that_has_expired_is_401(access: AccessPorts, clock: StillClock, path: str) -> None:
    token = _token(access)
    clock.advance(hours=2)

    assert _ask(path, token)["statusCode"] == 401


@pytest.mark.parametrize("account", [None, base64.b64encode(b"TECH_1_x@cpro.fr:wrong").decode()])
def test_chorus_route_wants_a_technical_account_with_the_token(
    access: AccessPorts, account: str | None
) -> None:
    headers = {"cpro-account": account} if account is not None else {}

    assert _ask(CHORUS, _token(access), **headers)["statusCode"] == 401


def test_chorus_health_check_wants_only_the_token(access: AccessPorts) -> None:
    assert _ask(HEALTH, _token(access), method="GET")["statusCode"] == 200


def test_refusal_speaks_the_language_of_the_client() -> None:
    french, english = (_ask("/v1/drafts", None, **{"accept-language": code}) for code in ("fr", "en-GB"))

    assert json.loads(french["body"])["title"] == "Identification refusée"
    assert json.loads(english["body"])["title"] == "Authentication refused"


@pytest.mark.parametrize("path", ["/v1/openapi.json"])
def test_what_is_public_needs_no_token(path: str) -> None:
    assert _ask(path, None, method="GET")["statusCode"] == 200
