"""The Chorus Pro compatible API, under `/cpro`: a technical account for each request, JSON for each answer.

It is a function of its own because its clients expect other credentials, errors and content types than those
of `/v1`. Like PISTE it answers 401 before it looks at the address. What it does is all in the use cases of
the platform; the operations here only rename (docs/how-to/add-a-chorus-operation.md).
"""

from __future__ import annotations

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.domain.access.errors import UnauthenticatedError
from choriste.domain.shared.errors import BusyError
from choriste.runtime.http import preferred_language
from choriste.runtime.identity import authenticate
from choriste.runtime.observability import logger
from choriste.runtime.refusals import note_refused
from choriste.runtime.settings import settings
from functions.chorus.description import PATH, description_text
from functions.chorus.dispatch import JSON, operate, said_answer
from functions.chorus.returns import Return, Said

settings()  # a missing variable stops the start

WITHOUT_ACCOUNT: Final = frozenset({"/cpro/transverses/v1/health-check"})
"""What a token alone may ask."""


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one HTTP request (API Gateway payload 2.0)."""
    if event["rawPath"] == PATH:
        return {"statusCode": 200, "headers": {"Content-Type": JSON}, "body": description_text()}
    language = preferred_language(event)
    try:
        caller = authenticate(event, account_required=event["rawPath"] not in WITHOUT_ACCOUNT)
        answer = operate(event, caller.principal)
    except UnauthenticatedError as error:
        refused = said_answer(Said(Return.UNAUTHENTICATED), language)
        note_refused(event, refused, client_id=error.client_id)
        return refused
    except BusyError as error:  # nobody could be looked up
        return said_answer(Said(Return.BUSY, error.parameters), language)
    except Exception as error:  # noqa: BLE001 - the client needs JSON and something to quote
        logger.error("request failed", exc_info=error)
        return said_answer(Said(Return.INCIDENT, {"reference": context.aws_request_id}), language)
    note_refused(event, answer, client_id=caller.client_id)
    return answer
