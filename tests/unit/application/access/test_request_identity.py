"""What the functions ask of identity, with events of the HTTP API (payload 2.0)."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from choriste.application.access.ports import AccessPorts
from choriste.application.connections.api_clients import IssuedClient, create_api_client
from choriste.application.connections.technical_accounts import IssuedAccount, create_technical_account
from choriste.domain.access.errors import UnauthenticatedError
from choriste.domain.access.principal import PrincipalKind
from choriste.domain.parties.structure import StructureId
from choriste.runtime import identity
from tests.builders.identity import PLATFORM, a_gate, a_right, a_structure


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch) -> AccessPorts:
    access = a_gate()
    access.directory.add_structure(a_structure())
    monkeypatch.setattr(identity, "built_access_ports", lambda: access)
    return access


@pytest.fixture
def client(access: AccessPorts) -> IssuedClient:
    return create_api_client(StructureId("101"), name="ERP", rights=[a_right()], by=PLATFORM, access=access)


@pytest.fixture
def account(access: AccessPorts) -> IssuedAccount:
    return create_technical_account(
        StructureId("101"), name="Compta", rights=[a_right()], by=PLATFORM, access=access
    )


def token_event(fields: dict[str, str], *, encoded: bool = False, **headers: str) -> dict[str, Any]:
    body = urlencode(fields)
    return {
        "rawPath": "/api/oauth/token",
        "headers": headers,
        "body": base64.b64encode(body.encode()).decode() if encoded else body,
        "isBase64Encoded": encoded,
    }


def client_form(client: IssuedClient) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": client.client.client_id,
        "client_secret": client.secret,
        "scope": "openid",
    }


def a_request(client: IssuedClient, *, path: str = "/v1/invoices", **headers: str) -> dict[str, Any]:
    _, answer = identity.token_answer(token_event(client_form(client)))
    return {"rawPath": path, "headers": {"authorization": f"Bearer {answer['access_token']}", **headers}}


def account_header(account: IssuedAccount) -> str:
    return base64.b64encode(f"{account.account.login}:{account.secret}".encode()).decode()


@pytest.mark.parametrize("encoded", [False, True])
def test_token_endpoint_answers_the_form(client: IssuedClient, *, encoded: bool) -> None:
    status, body = identity.token_answer(token_event(client_form(client), encoded=encoded))

    assert status == 200
    assert json.loads(json.dumps(body))["token_type"] == "Bearer"


def test_token_endpoint_answers_http_basic_in_any_case_of_header(client: IssuedClient) -> None:
    pair = base64.b64encode(f"{client.client.client_id}:{client.secret}".encode()).decode()
    event: dict[str, Any] = token_event({"grant_type": "client_credentials"}, Authorization=f"Basic {pair}")

    assert identity.token_answer(event)[0] == 200


def test_token_endpoint_refuses_a_wrong_client_with_400(client: IssuedClient) -> None:
    status, body = identity.token_answer(token_event({**client_form(client), "client_secret": "x"}))

    assert (status, body["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("body", ["", "%%%", "grant_type=password"])
def test_token_endpoint_refuses_another_grant_or_a_broken_form(access: AccessPorts, body: str) -> None:
    status, answer = identity.token_answer({"headers": {}, "body": body})

    assert access is identity.access_ports()
    assert (status, answer["error"]) == (400, "unsupported_grant_type")


def test_token_endpoint_survives_a_body_that_is_no_text(access: AccessPorts) -> None:
    assert access is identity.access_ports()
    for body in ("/////w==", "not base64"):
        event: dict[str, Any] = {"headers": {}, "body": body, "isBase64Encoded": True}
        assert identity.token_answer(event)[0] == 400


def test_technical_account_acts_where_one_is_given_in_any_case_of_header(
    client: IssuedClient, account: IssuedAccount
) -> None:
    event = a_request(client, **{"Cpro-Account": account_header(account)})

    assert identity.authenticate(event, account_required=True).principal.id == account.account.login
    assert identity.authenticate(event).principal.name == "Compta"


def test_token_alone_is_enough_unless_an_account_is_required(client: IssuedClient) -> None:
    event = a_request(client)

    assert identity.authenticate(event).principal.kind is PrincipalKind.API_CLIENT
    with pytest.raises(UnauthenticatedError):
        identity.authenticate(event, account_required=True)


@pytest.mark.parametrize("headers", [None, {}, {"authorization": "Bearer x"}])
def test_request_that_proves_nothing_is_refused(access: AccessPorts, headers: dict[str, str] | None) -> None:
    assert access is identity.access_ports()

    with pytest.raises(UnauthenticatedError):
        identity.authenticate({"rawPath": "/v1/invoices", "headers": headers})
