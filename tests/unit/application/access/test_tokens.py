from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest

from choriste.application.access.authenticate_request import RequestCredentials, authenticate_request
from choriste.application.access.issue_token import TokenRequest, issue_token
from choriste.application.access.ports import AccessPorts
from choriste.application.connections.api_clients import (
    IssuedClient,
    create_api_client,
    create_operator_client,
    revoke_api_client,
)
from choriste.application.connections.technical_accounts import (
    IssuedAccount,
    create_technical_account,
    reset_technical_account,
)
from choriste.domain.access.errors import InvalidClientError, UnauthenticatedError, UnsupportedGrantError
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Level, Space, StructureRole
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import ForbiddenError, NotFoundError
from tests.builders.identity import (
    PLATFORM,
    StillClock,
    a_gate,
    a_member,
    a_right,
    a_structure,
    a_user,
    fresh,
)

STRUCTURE = StructureId("101")
MANAGER = fresh(Principal.of_user(a_user(memberships=(a_member("101", StructureRole.PRIMARY_MANAGER),))))
STRANGER = fresh(Principal.of_user(a_user(memberships=(a_member("102", StructureRole.PRIMARY_MANAGER),))))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    access.directory.add_structure(a_structure("101"))
    access.directory.add_structure(a_structure("102", siret="98765432100010"))
    return access


def a_client(access: AccessPorts) -> IssuedClient:
    rights = [a_right("101", Space.ISSUE, Level.MODIFY)]
    return create_api_client(STRUCTURE, name="ERP", rights=rights, by=MANAGER, access=access)


def an_account(access: AccessPorts) -> IssuedAccount:
    rights = [a_right("101", Space.RECEIVE, Level.MODIFY)]
    return create_technical_account(STRUCTURE, name="Compta", rights=rights, by=MANAGER, access=access)


def pair(name: str, secret: str) -> str:
    return base64.b64encode(f"{name}:{secret}".encode()).decode()


def form(issued: IssuedClient) -> TokenRequest:
    return TokenRequest(
        grant_type="client_credentials", client_id=issued.client.client_id, client_secret=issued.secret
    )


def bearer(access: AccessPorts, issued: IssuedClient) -> str:
    return f"Bearer {issue_token(form(issued), access=access).access_token}"


def test_token_answer_is_what_chorus_pro_clients_expect(access: AccessPorts) -> None:
    answer = issue_token(form(a_client(access)), access=access).as_json()

    assert list(answer) == ["access_token", "token_type", "expires_in", "scope"]
    assert answer["token_type"] == "Bearer"
    assert type(answer["expires_in"]) is int
    assert 1 <= answer["expires_in"] <= 32767
    assert answer["scope"] == "openid"


def test_token_is_given_for_http_basic_too(access: AccessPorts) -> None:
    issued = a_client(access)
    header = f"Basic {pair(issued.client.client_id, issued.secret)}"

    token = issue_token(TokenRequest(grant_type="client_credentials", authorization=header), access=access)

    credentials = RequestCredentials(authorization=f"Bearer {token.access_token}")
    assert authenticate_request(credentials, access=access).principal.id == issued.client.client_id


@pytest.mark.parametrize("scope", [None, "openid", "openid resource.READ"])
def test_token_accepts_every_scope(access: AccessPorts, scope: str | None) -> None:
    token = issue_token(replace(form(a_client(access)), scope=scope), access=access)

    assert token.scope == (scope or "openid")


def test_ids_secrets_and_tokens_need_no_url_encoding(access: AccessPorts) -> None:
    issued = a_client(access)
    token = issue_token(form(issued), access=access).access_token

    for text in (issued.client.client_id, issued.secret, token):
        assert re.fullmatch(r"[A-Za-z0-9_-]{24,43}", text)


def test_token_is_refused_to_another_grant(access: AccessPorts) -> None:
    with pytest.raises(UnsupportedGrantError):
        issue_token(replace(form(a_client(access)), grant_type="password"), access=access)


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
def test_token_is_refused_to_a_wrong_client(access: AccessPorts, change: dict[str, str | None]) -> None:
    request = replace(form(a_client(access)), **change)

    with pytest.raises(InvalidClientError):
        issue_token(request, access=access)


def test_nothing_stored_holds_a_secret_in_clear(access: AccessPorts) -> None:
    client, account = a_client(access), an_account(access)

    stored = repr(access.accounts.api_client(client.client.client_id)) + repr(
        access.accounts.technical_account(account.account.login)
    )

    assert client.secret not in stored
    assert account.secret not in stored


def test_request_with_a_technical_account_acts_as_that_account(access: AccessPorts) -> None:
    issued = an_account(access)
    header = pair(issued.account.login, issued.secret)

    principal = authenticate_request(
        RequestCredentials(authorization=bearer(access, a_client(access)), account=header), access=access
    ).principal

    assert (principal.kind, principal.id) == (PrincipalKind.TECHNICAL_ACCOUNT, issued.account.login)
    assert principal.may(Space.RECEIVE, Level.MODIFY, structure="101")
    assert not principal.may(Space.ISSUE, Level.CONSULT, structure="101")


def test_request_without_one_acts_as_the_client(access: AccessPorts) -> None:
    principal = authenticate_request(
        RequestCredentials(authorization=bearer(access, a_client(access))), access=access
    ).principal

    assert principal.kind is PrincipalKind.API_CLIENT
    assert principal.may(Space.ISSUE, Level.MODIFY, structure="101")
    assert not principal.may(Space.RECEIVE, Level.CONSULT, structure="101")


def test_request_is_refused_where_the_account_is_required_and_absent(access: AccessPorts) -> None:
    credentials = RequestCredentials(authorization=bearer(access, a_client(access)), account_required=True)

    with pytest.raises(UnauthenticatedError) as refused:
        authenticate_request(credentials, access=access)

    assert refused.value.parameters == {"what": "account"}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nothing", "Basic eDp5"])
def test_request_is_refused_without_a_known_token(access: AccessPorts, header: str | None) -> None:
    with pytest.raises(UnauthenticatedError) as refused:
        authenticate_request(RequestCredentials(authorization=header), access=access)

    assert refused.value.parameters == {"what": "bearer"}


def test_token_dies_after_an_hour(access: AccessPorts, clock: StillClock) -> None:
    credentials = RequestCredentials(authorization=bearer(access, a_client(access)))
    clock.advance(seconds=3599)
    authenticate_request(credentials, access=access)

    clock.advance(seconds=1)

    with pytest.raises(UnauthenticatedError):
        authenticate_request(credentials, access=access)


def test_tokens_of_a_revoked_client_die_at_once(access: AccessPorts) -> None:
    issued = a_client(access)
    credentials = RequestCredentials(authorization=bearer(access, issued))

    revoke_api_client(issued.client.client_id, by=MANAGER, access=access)

    with pytest.raises(UnauthenticatedError):
        authenticate_request(credentials, access=access)
    with pytest.raises(InvalidClientError):
        issue_token(form(issued), access=access)


def test_old_secret_of_a_technical_account_dies_at_its_reset(access: AccessPorts) -> None:
    issued, authorization = an_account(access), bearer(access, a_client(access))
    login = issued.account.login

    renewed = reset_technical_account(login, by=MANAGER, access=access)

    fresh = RequestCredentials(authorization=authorization, account=pair(login, renewed.secret))
    assert authenticate_request(fresh, access=access).principal.id == login
    with pytest.raises(UnauthenticatedError):
        authenticate_request(replace(fresh, account=pair(login, issued.secret)), access=access)


def test_technical_account_expires_and_a_reset_renews_it(access: AccessPorts, clock: StillClock) -> None:
    issued, client = an_account(access), a_client(access)
    clock.advance(days=365)
    credentials = RequestCredentials(
        authorization=bearer(access, client), account=pair(issued.account.login, issued.secret)
    )
    with pytest.raises(UnauthenticatedError):
        authenticate_request(credentials, access=access)

    itself = Principal(kind=PrincipalKind.TECHNICAL_ACCOUNT, id=issued.account.login, name="Compta")
    renewed = reset_technical_account(issued.account.login, by=itself, access=access)

    header = pair(issued.account.login, renewed.secret)
    assert (
        authenticate_request(replace(credentials, account=header), access=access).principal.name == "Compta"
    )


@pytest.mark.parametrize("header", ["!!!", "bm9jb2xvbg==", pair("TECH_1_00000000@cpro.fr", "x")])
def test_request_is_refused_with_a_malformed_or_unknown_account(access: AccessPorts, header: str) -> None:
    credentials = RequestCredentials(authorization=bearer(access, a_client(access)), account=header)

    with pytest.raises(UnauthenticatedError):
        authenticate_request(credentials, access=access)


def test_only_an_administrator_of_the_structure_may_create_connections(access: AccessPorts) -> None:
    with pytest.raises(ForbiddenError):
        create_technical_account(STRUCTURE, name="x", rights=[], by=STRANGER, access=access)
    with pytest.raises(ForbiddenError):
        create_api_client(STRUCTURE, name="x", rights=[], by=STRANGER, access=access)


def test_nobody_gives_a_program_more_rights_than_they_have(access: AccessPorts) -> None:
    clerk = fresh(Principal.of_user(a_user(rights=(a_right("101", Space.API, Level.MODIFY),))))

    with pytest.raises(ForbiddenError):
        create_technical_account(
            STRUCTURE, name="x", rights=[a_right("101", Space.ISSUE)], by=clerk, access=access
        )
    with pytest.raises(ForbiddenError):
        create_api_client(
            STRUCTURE, name="x", rights=[a_right("102", Space.ISSUE)], by=MANAGER, access=access
        )


def test_connections_of_an_unknown_structure_are_refused(access: AccessPorts) -> None:
    unknown = StructureId("999")

    with pytest.raises(NotFoundError):
        create_technical_account(unknown, name="x", rights=[], by=PLATFORM, access=access)
    with pytest.raises(NotFoundError):
        create_api_client(unknown, name="x", rights=[], by=PLATFORM, access=access)


def test_strangers_cannot_tell_whether_a_connection_exists(access: AccessPorts) -> None:
    account, client = an_account(access), a_client(access)

    for login in (account.account.login, "TECH_1_00000000@cpro.fr"):
        with pytest.raises(NotFoundError):
            reset_technical_account(login, by=STRANGER, access=access)
    for client_id in (client.client.client_id, "nobody"):
        with pytest.raises(NotFoundError):
            revoke_api_client(client_id, by=STRANGER, access=access)


def test_operator_client_acts_as_the_operator_and_nothing_more(access: AccessPorts) -> None:
    issued = create_operator_client(name="Exploitation", by=PLATFORM, access=access)

    who = authenticate_request(
        RequestCredentials(authorization=bearer(access, issued)), access=access
    ).principal

    assert (who.kind, who.structures) == (PrincipalKind.OPERATOR, frozenset())
    assert who.may(Space.RECEIVE, Level.CONSULT, structure="101")
    assert not who.may(Space.RECEIVE, Level.MODIFY, structure="101")


def test_operator_client_is_declared_and_revoked_by_operators_only(access: AccessPorts) -> None:
    issued = create_operator_client(name="Exploitation", by=PLATFORM, access=access)

    with pytest.raises(ForbiddenError):
        create_operator_client(name="Mine", by=MANAGER, access=access)
    with pytest.raises(NotFoundError):
        revoke_api_client(issued.client.client_id, by=MANAGER, access=access)
    revoke_api_client(issued.client.client_id, by=PLATFORM, access=access)

    with pytest.raises(InvalidClientError):
        issue_token(form(issued), access=access)
