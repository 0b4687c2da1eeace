"""`/v1/technical-accounts` and `/v1/api-clients`: how the programs of a structure identify themselves."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from choriste.application.connections.api_clients import (
    create_api_client,
    list_api_clients,
    renew_api_client,
    revoke_api_client,
    switch_api_client,
    usage_of_api_client,
)
from choriste.application.connections.rights import rights_passed_on
from choriste.application.connections.technical_accounts import (
    create_technical_account,
    list_technical_accounts,
    reset_technical_account,
    revoke_technical_account,
)
from choriste.domain.parties.structure import StructureId
from choriste.runtime.identity import access_ports
from functions.api.http.answers import NO_STORE, SECURED, Success, answers
from functions.api.http.app import answer
from functions.api.http.auth import home_of, principal
from functions.api.v1.connections.schemas import (
    AccountPassword,
    ApiClientDetails,
    ApiClientList,
    ClientSecret,
    ClientSwitch,
    ClientUsageDetails,
    ConnectionRequest,
    TechnicalAccountList,
    account_out,
    client_out,
    password_out,
    secret_out,
    usage_out,
)

router = Router()


_ONCE: Final = {"Cache-Control": "no-store"}
_CHANGED: Final = ("bad-request", "forbidden", "not-found", "stale-record")

Login = Annotated[str, Path(description="Login of the account", max_length=200)]
ClientId = Annotated[str, Path(description="Id of the client, case-sensitive", max_length=200)]
Structure = Annotated[
    str | None, Query(description="Id of the structure; yours, if you have one only", max_length=20)
]


def _home(structure: str | None) -> StructureId:
    return StructureId(structure or home_of(principal()))


@router.get(
    "/v1/technical-accounts",
    summary="List technical accounts",
    tags=["connections"],
    security=SECURED,
    responses=answers(
        Success(TechnicalAccountList, "The accounts, by name"), problems=("bad-request", "forbidden")
    ),
)
def list_accounts(structure: Structure = None) -> Response[TechnicalAccountList]:
    """Answer the technical accounts of a structure, expired ones too."""
    access = access_ports()
    found = list_technical_accounts(_home(structure), by=principal(), access=access)
    now = access.clock.now()
    return answer(TechnicalAccountList(items=[account_out(account, now=now) for account in found]))


@router.post(
    "/v1/technical-accounts",
    summary="Create a technical account",
    tags=["connections"],
    security=SECURED,
    responses=answers(
        Success(AccountPassword, "The account, with its password", HTTPStatus.CREATED, NO_STORE),
        problems=(*_CHANGED, "already-exists"),
    ),
)
def create_account(request: ConnectionRequest) -> Response[AccountPassword]:
    """Create a technical account with the caller's own rights; its password is shown this once."""
    who, structure = principal(), _home(request.structure)
    rights = rights_passed_on(who, structure)
    issued = create_technical_account(
        structure, name=request.name, rights=rights, by=who, access=access_ports()
    )
    return answer(password_out(issued), status=HTTPStatus.CREATED, headers=_ONCE)


@router.post(
    "/v1/technical-accounts/<login>/reset",
    summary="Reset a password",
    tags=["connections"],
    security=SECURED,
    responses=answers(
        Success(AccountPassword, "The account, with its new password", headers=NO_STORE), problems=_CHANGED
    ),
)
def reset_account(login: Login) -> Response[AccountPassword]:
    """Give a technical account a new password, shown this once; the old one stops working immediately."""
    issued = reset_technical_account(login, by=principal(), access=access_ports())
    return answer(password_out(issued), headers=_ONCE)


@router.delete(
    "/v1/technical-accounts/<login>",
    summary="Revoke a technical account",
    tags=["connections"],
    security=SECURED,
    responses=answers(Success(None, "The account is closed", HTTPStatus.NO_CONTENT), problems=_CHANGED),
)
def revoke_account(login: Login) -> Response[None]:
    """Close a technical account for ever; its password stops working immediately."""
    revoke_technical_account(login, by=principal(), access=access_ports())
    return Response(int(HTTPStatus.NO_CONTENT))


@router.get(
    "/v1/api-clients",
    summary="List API connections",
    tags=["connections"],
    security=SECURED,
    responses=answers(
        Success(ApiClientList, "The connections, by name"), problems=("bad-request", "forbidden")
    ),
)
def list_clients(structure: Structure = None) -> Response[ApiClientList]:
    """Answer the API connections of a structure, suspended ones too."""
    found = list_api_clients(_home(structure), by=principal(), access=access_ports())
    return answer(ApiClientList(items=[client_out(client) for client in found]))


@router.post(
    "/v1/api-clients",
    summary="Declare an API connection",
    tags=["connections"],
    security=SECURED,
    responses=answers(
        Success(ClientSecret, "The connection, with its secret", HTTPStatus.CREATED, NO_STORE),
        problems=(*_CHANGED, "already-exists"),
    ),
)
def create_client(request: ConnectionRequest) -> Response[ClientSecret]:
    """Declare an API connection with the caller's own rights; its secret is shown this once."""
    who, structure = principal(), _home(request.structure)
    rights = rights_passed_on(who, structure)
    issued = create_api_client(structure, name=request.name, rights=rights, by=who, access=access_ports())
    return answer(secret_out(issued), status=HTTPStatus.CREATED, headers=_ONCE)


@router.post(
    "/v1/api-clients/<client_id>/secret",
    summary="Renew a secret",
    tags=["connections"],
    security=SECURED,
    responses=answers(
        Success(ClientSecret, "The connection, with its new secret", headers=NO_STORE), problems=_CHANGED
    ),
)
def renew_client(client_id: ClientId) -> Response[ClientSecret]:
    """Give an API connection a new secret, shown this once; the old one and its tokens stop working."""
    issued = renew_api_client(client_id, by=principal(), access=access_ports())
    return answer(secret_out(issued), headers=_ONCE)


@router.patch(
    "/v1/api-clients/<client_id>",
    summary="Suspend or activate an API connection",
    tags=["connections"],
    security=SECURED,
    responses=answers(Success(ApiClientDetails, "The connection"), problems=_CHANGED),
)
def switch_client(client_id: ClientId, request: ClientSwitch) -> Response[ApiClientDetails]:
    """Suspend an API connection, or activate it again; the tokens that it holds stop working."""
    client = switch_api_client(client_id, active=request.active, by=principal(), access=access_ports())
    return answer(client_out(client))


@router.delete(
    "/v1/api-clients/<client_id>",
    summary="Revoke an API connection",
    tags=["connections"],
    security=SECURED,
    responses=answers(Success(None, "The connection is closed", HTTPStatus.NO_CONTENT), problems=_CHANGED),
)
def revoke_client(client_id: ClientId) -> Response[None]:
    """Close an API connection for ever; its secret and its tokens stop working immediately."""
    revoke_api_client(client_id, by=principal(), access=access_ports())
    return Response(int(HTTPStatus.NO_CONTENT))


@router.get(
    "/v1/api-clients/<client_id>/usage",
    summary="Read the usage of an API connection",
    tags=["connections"],
    security=SECURED,
    responses=answers(
        Success(ClientUsageDetails, "Tokens and refusals by day"), problems=("bad-request", "not-found")
    ),
)
def read_usage(client_id: ClientId) -> Response[ClientUsageDetails]:
    """Answer the tokens and refusals of the last 30 days, and the last refusal with its code."""
    return answer(usage_out(usage_of_api_client(client_id, by=principal(), access=access_ports())))
