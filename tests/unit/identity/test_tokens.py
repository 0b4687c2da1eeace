from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest

from choriste.application.identity.authenticate_request import RequestCredentials, authenticate_request
from choriste.application.identity.create_api_client import (
    IssuedClient,
    create_api_client,
    create_operator_client,
    revoke_api_client,
)
from choriste.application.identity.create_technical_account import IssuedAccount, create_technical_account
from choriste.application.identity.issue_token import TokenRequest, issue_token
from choriste.application.identity.load_principal import load_principal
from choriste.application.identity.ports import Gate
from choriste.application.identity.reset_technical_account import reset_technical_account
from choriste.domain.errors import ForbiddenError, NotFoundError
from choriste.domain.identity.errors import InvalidClientError, UnauthenticatedError, UnsupportedGrantError
from choriste.domain.identity.principal import Principal, PrincipalKind
from choriste.domain.identity.structure import StructureId
from choriste.domain.identity.user import Level, Space, StructureRole
from tests.builders.identity import (
    PLATFORM,
    StillClock,
    a_gate,
    a_member,
    a_right,
    a_structure,
    a_user,
)

STRUCTURE = StructureId("101")
MANAGER = Principal.of_user(a_user(memberships=(a_member("101", StructureRole.PRIMARY_MANAGER),)))
STRANGER = Principal.of_user(a_user(memberships=(a_member("102", StructureRole.PRIMARY_MANAGER),)))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def gate(clock: StillClock) -> Gate:
    gate = a_gate(clock)
    gate.directory.add_structure(a_structure("101"))
    gate.directory.add_structure(a_structure("102", siret="98765432100010"))
    return gate


def a_client(gate: Gate) -> IssuedClient:
    rights = [a_right("101", Space.ISSUE, Level.MODIFY)]
    return create_api_client(STRUCTURE, name="ERP", rights=rights, by=MANAGER, gate=gate)


def an_account(gate: Gate) -> IssuedAccount:
    rights = [a_right("101", Space.RECEIVE, Level.MODIFY)]
    return create_technical_account(STRUCTURE, name="Compta", rights=rights, by=MANAGER, gate=gate)


def pair(name: str, secret: str) -> str:
    return base64.b64encode(f"{name}:{secret}".encode()).decode()


def form(issued: IssuedClient) -> TokenRequest:
    return TokenRequest(
        grant_type="client_credentials", client_id=issued.client.client_id, client_secret=issued.secret
    )


def bearer(gate: Gate, issued: IssuedClient) -> str:
    return f"Bearer {issue_token(form(issued), gate=gate).access_token}"


def test_token_answer_is_what_chorus_pro_clients_expect(gate: Gate) -> None:
    answer = issue_token(form(a_client(gate)), gate=gate).as_json()

    assert list(answer) == ["access_token", "token_type", "expires_in", "scope"]
    assert answer["token_type"] == "Bearer"
    assert type(answer["expires_in"]) is int
    assert 1 <= answer["expires_in"] <= 32767
    assert answer["scope"] == "openid"


def test_token_is_given_for_http_basic_too(gate: Gate) -> None:
    issued = a_client(gate)
    header = f"Basic {pair(issued.client.client_id, issued.secret)}"

    token = issue_token(TokenRequest(grant_type="client_credentials", authorization=header), gate=gate)

    credentials = RequestCredentials(authorization=f"Bearer {token.access_token}")
    assert authenticate_request(credentials, gate=gate).id == issued.client.client_id


@pytest.mark.parametrize("scope", [None, "openid", "openid resource.READ"])
def test_token_accepts_every_scope(gate: Gate, scope: str | None) -> None:
    token = issue_token(replace(form(a_client(gate)), scope=scope), gate=gate)

    assert token.scope == (scope or "openid")


def test_ids_secrets_and_tokens_need_no_url_encoding(gate: Gate) -> None:
    issued = a_client(gate)
    token = issue_token(form(issued), gate=gate).access_token

    for text in (issued.client.client_id, issued.secret, token):
        assert re.fullmatch(r"[A-Za-z0-9_-]{24,43}", text)


def test_token_is_refused_to_another_grant(gate: Gate) -> None:
    with pytest.raises(UnsupportedGrantError):
        issue_token(replace(form(a_client(gate)), grant_type="password"), gate=gate)


@pytest.mark.parametrize(
    "change",
    [
        {"client_secret": "wrong"},
        {"client_id": "nobody"},
        {"client_id": None, "client_secret": None},
        {"authorization": "Basic !!!"},
        {"authorization": "Basic bm9jb2xvbg=="},
        {"authorization": "Basic /////w=="},
    ],
)
def test_token_is_refused_to_a_wrong_client(gate: Gate, change: dict[str, str | None]) -> None:
    request = replace(form(a_client(gate)), **change)

    with pytest.raises(InvalidClientError):
        issue_token(request, gate=gate)


def test_nothing_stored_holds_a_secret_in_clear(gate: Gate) -> None:
    client, account = a_client(gate), an_account(gate)

    stored = repr(gate.accounts.api_client(client.client.client_id)) + repr(
        gate.accounts.technical_account(account.account.login)
    )

    assert client.secret not in stored
    assert account.secret not in stored


def test_request_with_a_technical_account_acts_as_that_account(gate: Gate) -> None:
    issued = an_account(gate)
    header = pair(issued.account.login, issued.secret)

    principal = authenticate_request(
        RequestCredentials(authorization=bearer(gate, a_client(gate)), account=header), gate=gate
    )

    assert (principal.kind, principal.id) == (PrincipalKind.TECHNICAL_ACCOUNT, issued.account.login)
    assert principal.may(Space.RECEIVE, Level.MODIFY, structure="101")
    assert not principal.may(Space.ISSUE, Level.CONSULT, structure="101")


def test_request_without_one_acts_as_the_client(gate: Gate) -> None:
    principal = authenticate_request(
        RequestCredentials(authorization=bearer(gate, a_client(gate))), gate=gate
    )

    assert principal.kind is PrincipalKind.API_CLIENT
    assert principal.may(Space.ISSUE, Level.MODIFY, structure="101")
    assert not principal.may(Space.RECEIVE, Level.CONSULT, structure="101")


def test_request_is_refused_where_the_account_is_required_and_absent(gate: Gate) -> None:
    credentials = RequestCredentials(authorization=bearer(gate, a_client(gate)), account_required=True)

    with pytest.raises(UnauthenticatedError) as refused:
        authenticate_request(credentials, gate=gate)

    assert refused.value.parameters == {"what": "account"}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nothing", "Basic eDp5"])
def test_request_is_refused_without_a_known_token(gate: Gate, header: str | None) -> None:
    with pytest.raises(UnauthenticatedError) as refused:
        authenticate_request(RequestCredentials(authorization=header), gate=gate)

    assert refused.value.parameters == {"what": "bearer"}


def test_token_dies_after_an_hour(gate: Gate, clock: StillClock) -> None:
    credentials = RequestCredentials(authorization=bearer(gate, a_client(gate)))
    clock.advance(seconds=3599)
    authenticate_request(credentials, gate=gate)

    clock.advance(seconds=1)

    with pytest.raises(UnauthenticatedError):
        authenticate_request(credentials, gate=gate)


def test_tokens_of_a_revoked_client_die_at_once(gate: Gate) -> None:
    issued = a_client(gate)
    credentials = RequestCredentials(authorization=bearer(gate, issued))

    revoke_api_client(issued.client.client_id, by=MANAGER, gate=gate)

    with pytest.raises(UnauthenticatedError):
        authenticate_request(credentials, gate=gate)
    with pytest.raises(InvalidClientError):
        issue_token(form(issued), gate=gate)


def test_old_secret_of_a_technical_account_dies_at_its_reset(gate: Gate) -> None:
    issued, authorization = an_account(gate), bearer(gate, a_client(gate))
    login = issued.account.login

    renewed = reset_technical_account(login, by=MANAGER, gate=gate)

    fresh = RequestCredentials(authorization=authorization, account=pair(login, renewed.secret))
    assert authenticate_request(fresh, gate=gate).id == login
    with pytest.raises(UnauthenticatedError):
        authenticate_request(replace(fresh, account=pair(login, issued.secret)), gate=gate)


def test_technical_account_expires_and_a_reset_renews_it(gate: Gate, clock: StillClock) -> None:
    issued = an_account(gate)
    clock.advance(days=365)
    credentials = RequestCredentials(
        authorization=bearer(gate, a_client(gate)), account=pair(issued.account.login, issued.secret)
    )
    with pytest.raises(UnauthenticatedError):
        authenticate_request(credentials, gate=gate)

    itself = Principal(kind=PrincipalKind.TECHNICAL_ACCOUNT, id=issued.account.login, name="Compta")
    renewed = reset_technical_account(issued.account.login, by=itself, gate=gate)

    header = pair(issued.account.login, renewed.secret)
    assert authenticate_request(replace(credentials, account=header), gate=gate).name == "Compta"


@pytest.mark.parametrize("header", ["!!!", "bm9jb2xvbg==", pair("TECH_1_00000000@cpro.fr", "x")])
def test_request_is_refused_with_a_malformed_or_unknown_account(gate: Gate, header: str) -> None:
    credentials = RequestCredentials(authorization=bearer(gate, a_client(gate)), account=header)

    with pytest.raises(UnauthenticatedError):
        authenticate_request(credentials, gate=gate)


def test_only_an_administrator_of_the_structure_may_create_connections(gate: Gate) -> None:
    with pytest.raises(ForbiddenError):
        create_technical_account(STRUCTURE, name="x", rights=[], by=STRANGER, gate=gate)
    with pytest.raises(ForbiddenError):
        create_api_client(STRUCTURE, name="x", rights=[], by=STRANGER, gate=gate)


def test_nobody_gives_a_program_more_rights_than_they_have(gate: Gate) -> None:
    clerk = Principal.of_user(a_user(rights=(a_right("101", Space.API, Level.MODIFY),)))

    with pytest.raises(ForbiddenError):
        create_technical_account(
            STRUCTURE, name="x", rights=[a_right("101", Space.ISSUE)], by=clerk, gate=gate
        )
    with pytest.raises(ForbiddenError):
        create_api_client(STRUCTURE, name="x", rights=[a_right("102", Space.ISSUE)], by=MANAGER, gate=gate)


def test_connections_of_an_unknown_structure_are_refused(gate: Gate) -> None:
    unknown = StructureId("999")

    with pytest.raises(NotFoundError):
        create_technical_account(unknown, name="x", rights=[], by=PLATFORM, gate=gate)
    with pytest.raises(NotFoundError):
        create_api_client(unknown, name="x", rights=[], by=PLATFORM, gate=gate)


def test_strangers_cannot_tell_whether_a_connection_exists(gate: Gate) -> None:
    account, client = an_account(gate), a_client(gate)

    for login in (account.account.login, "TECH_1_00000000@cpro.fr"):
        with pytest.raises(NotFoundError):
            reset_technical_account(login, by=STRANGER, gate=gate)
    for client_id in (client.client.client_id, "nobody"):
        with pytest.raises(NotFoundError):
            revoke_api_client(client_id, by=STRANGER, gate=gate)


def test_principal_named_by_the_authorizer_is_loaded_with_its_present_rights(gate: Gate) -> None:
    account, client = an_account(gate), a_client(gate)

    as_account = load_principal(PrincipalKind.TECHNICAL_ACCOUNT, account.account.login, gate=gate)
    as_client = load_principal(PrincipalKind.API_CLIENT, client.client.client_id, gate=gate)

    assert as_account.rights == account.account.rights
    assert as_client.rights == client.client.rights


def test_principal_named_by_the_authorizer_may_have_been_closed_since(gate: Gate) -> None:
    client = a_client(gate)
    revoke_api_client(client.client.client_id, by=MANAGER, gate=gate)

    for kind, name in (
        (PrincipalKind.API_CLIENT, client.client.client_id),
        (PrincipalKind.TECHNICAL_ACCOUNT, "TECH_1_00000000@cpro.fr"),
        (PrincipalKind.PLATFORM, "intake"),
    ):
        with pytest.raises(UnauthenticatedError):
            load_principal(kind, name, gate=gate)


def test_operator_client_acts_as_the_operator_and_nothing_more(gate: Gate) -> None:
    issued = create_operator_client(name="Exploitation", by=PLATFORM, gate=gate)

    who = authenticate_request(RequestCredentials(authorization=bearer(gate, issued)), gate=gate)

    assert (who.kind, who.structures) == (PrincipalKind.OPERATOR, frozenset())
    assert who.may(Space.RECEIVE, Level.CONSULT, structure="101")
    assert not who.may(Space.RECEIVE, Level.MODIFY, structure="101")
    assert load_principal(PrincipalKind.OPERATOR, issued.client.client_id, gate=gate) == who


def test_client_is_loaded_as_what_it_is_only(gate: Gate) -> None:
    ordinary = a_client(gate).client.client_id
    operator = create_operator_client(name="Exploitation", by=PLATFORM, gate=gate).client.client_id

    for kind, client in ((PrincipalKind.OPERATOR, ordinary), (PrincipalKind.API_CLIENT, operator)):
        with pytest.raises(UnauthenticatedError):
            load_principal(kind, client, gate=gate)


def test_operator_client_is_declared_and_revoked_by_operators_only(gate: Gate) -> None:
    issued = create_operator_client(name="Exploitation", by=PLATFORM, gate=gate)

    with pytest.raises(ForbiddenError):
        create_operator_client(name="Mine", by=MANAGER, gate=gate)
    with pytest.raises(NotFoundError):
        revoke_api_client(issued.client.client_id, by=MANAGER, gate=gate)
    revoke_api_client(issued.client.client_id, by=PLATFORM, gate=gate)

    with pytest.raises(InvalidClientError):
        issue_token(form(issued), gate=gate)
