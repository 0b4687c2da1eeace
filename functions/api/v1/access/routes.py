"""The token endpoint, and the technical accounts of a structure."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from choriste.application.access.create_technical_account import IssuedAccount, create_technical_account
from choriste.application.access.policy import rights_held
from choriste.application.access.reset_technical_account import reset_technical_account
from choriste.domain.access.user import Space
from choriste.domain.parties.structure import StructureId
from choriste.runtime.identity import access_ports, token_answer
from functions.api.http.app import app, json_response, principal
from functions.api.http.schemas import TechnicalAccountRequest
from functions.api.v1.deposits.routes import home_of

router = Router()

_SPACES = (Space.ISSUE, Space.RECEIVE, Space.WORKS)


@router.post("/api/oauth/token", summary="Get an access token", tags=["access"])
def token() -> Response[str]:
    """Answer OAuth2 client credentials, in the form or by HTTP Basic, as PISTE does."""
    status, body = token_answer(app.current_event.raw_event)
    return Response(
        status,
        content_type=content_types.APPLICATION_JSON,
        body=json.dumps(body),
        headers={"Cache-Control": "no-store"},
    )


@router.post("/v1/technical-accounts", summary="Create a technical account", tags=["access"])
def create(request: TechnicalAccountRequest) -> Response[str]:
    """Create a technical account with the caller's own rights; its password is shown this once."""
    who = principal()
    structure = StructureId(request.structure or home_of(who))
    rights = rights_held(who, structure, _SPACES)
    issued = create_technical_account(
        structure, name=request.name, rights=rights, by=who, access=access_ports()
    )
    return json_response(_account_json(issued), status=HTTPStatus.CREATED)


@router.post("/v1/technical-accounts/<login>/reset", summary="Reset a password", tags=["access"])
def reset(login: Annotated[str, Path()]) -> Response[str]:
    """Give a technical account a new password, shown this once; the old one dies at once."""
    return json_response(_account_json(reset_technical_account(login, by=principal(), access=access_ports())))


def _account_json(issued: IssuedAccount) -> dict[str, object]:
    return {
        "login": issued.account.login,
        "password": issued.secret,
        "structure": issued.account.structure,
        "name": issued.account.name,
        "expires_at": issued.account.expires_at.isoformat(),
    }
