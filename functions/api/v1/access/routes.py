"""The token endpoint, and the technical accounts of a structure.

One token endpoint serves the native API and the Chorus Pro compatible one: both take the same tokens of the
same clients, and this function is the one that is always warm.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from choriste.application.access.create_technical_account import create_technical_account
from choriste.application.access.policy import rights_held
from choriste.application.access.reset_technical_account import reset_technical_account
from choriste.domain.access.user import Space
from choriste.domain.parties.structure import StructureId
from choriste.runtime.identity import access_ports, token_answer
from functions.api.http.answers import NO_STORE, SECURED, Success, answers
from functions.api.http.app import answer, app
from functions.api.http.auth import home_of, principal
from functions.api.v1.access.schemas import (
    AccountPassword,
    TechnicalAccountRequest,
    Token,
    TokenError,
    account_out,
)

router = Router()

_SPACES: Final = (Space.ISSUE, Space.RECEIVE, Space.WORKS)
_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "description": "Client credentials (RFC 6749, 4.4), or HTTP Basic for the client",
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"const": "client_credentials"},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string", "format": "password"},
                        "scope": {"type": "string"},
                    },
                }
            }
        },
    }
}


@router.post(
    "/api/oauth/token",
    summary="Get an access token",
    tags=["access"],
    security=[{"clientSecret": []}, {}],
    openapi_extensions=_FORM,
    responses=answers(
        Success(Token, "A token of one hour", headers=NO_STORE),
        Success(TokenError, "No token", HTTPStatus.BAD_REQUEST, NO_STORE),
        secured=False,
    ),
)
def token() -> Response[Token | TokenError]:
    """Answer OAuth2 client credentials, in the form or by HTTP Basic, as PISTE does."""
    status, body = token_answer(app.current_event.raw_event)
    model = Token if status == HTTPStatus.OK else TokenError
    return answer(
        model.model_validate(body), status=HTTPStatus(status), headers={"Cache-Control": "no-store"}
    )


@router.post(
    "/v1/technical-accounts",
    summary="Create a technical account",
    tags=["access"],
    security=SECURED,
    responses=answers(
        Success(AccountPassword, "The account, with its password", HTTPStatus.CREATED),
        problems=("bad-request", "forbidden", "not-found", "already-exists", "stale-record"),
    ),
)
def create(request: TechnicalAccountRequest) -> Response[AccountPassword]:
    """Create a technical account with the caller's own rights; its password is shown this once."""
    who = principal()
    structure = StructureId(request.structure or home_of(who))
    rights = rights_held(who, structure, _SPACES)
    issued = create_technical_account(
        structure, name=request.name, rights=rights, by=who, access=access_ports()
    )
    return answer(account_out(issued), status=HTTPStatus.CREATED)


@router.post(
    "/v1/technical-accounts/<login>/reset",
    summary="Reset a password",
    tags=["access"],
    security=SECURED,
    responses=answers(
        Success(AccountPassword, "The account, with its new password"),
        problems=("bad-request", "forbidden", "not-found", "stale-record"),
    ),
)
def reset(
    login: Annotated[str, Path(description="Login of the account", max_length=200)],
) -> Response[AccountPassword]:
    """Give a technical account a new password, shown this once; the old one stops working immediately."""
    return answer(account_out(reset_technical_account(login, by=principal(), access=access_ports())))
