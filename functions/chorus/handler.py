"""The Chorus Pro compatible API, under `/cpro`: a technical account for each request, JSON for each answer.

It is a function of its own because its clients expect other credentials, errors and content types than those
of `/v1`. Like PISTE it answers 401 before it looks at the address.
"""

from __future__ import annotations

from typing import Any, Final

from aws_lambda_powertools.event_handler import content_types
from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.domain.access.errors import UnauthenticatedError
from choriste.runtime.http import preferred_language, problem_answer
from choriste.runtime.identity import authenticate, note_refused
from choriste.runtime.observability import logger
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start

WITHOUT_ACCOUNT: Final = frozenset({"/cpro/transverses/v1/health-check"})
"""What a token alone may ask."""


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Answer one HTTP request (API Gateway payload 2.0)."""
    path = str(event["rawPath"])
    try:
        caller = authenticate(event, account_required=path not in WITHOUT_ACCOUNT)
    except UnauthenticatedError as error:
        return _noted(event, error.client_id, _problem(event, error.code, error.parameters))
    return _noted(event, caller.client_id, _problem(event, "route-not-found", {"path": path}))


def _noted(event: dict[str, Any], client_id: str | None, answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer, once the client's developers can find what was refused."""
    note_refused(event, answer, client_id=client_id)
    return answer


def _problem(event: dict[str, Any], code: str, parameters: dict[str, object]) -> dict[str, Any]:
    # clients of the Chorus Pro API look for this very type on every answer
    return problem_answer(
        code, parameters, language=preferred_language(event), content_type=content_types.APPLICATION_JSON
    )
