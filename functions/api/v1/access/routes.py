"""The token endpoint, and the technical accounts of a structure.

One token endpoint serves the native API and the Chorus Pro compatible one: both take the same tokens of the
same clients, and this function is the one that is always warm.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from choriste.domain.access.user import Space
from choriste.runtime.identity import token_answer
from functions.api.http.answers import NO_STORE, Success, answers
from functions.api.http.app import answer, app
from functions.api.v1.access.schemas import (
    Token,
    TokenError,
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
