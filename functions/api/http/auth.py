"""Who asks: found once for each request, before anything else of it is read.

No authorizer stands before the function. A gateway's authorizer answers 403 to whatever it refuses, while
clients renew their token on a 401 with `WWW-Authenticate` (RFC 6750); and it would be a second function, with
its own cold start, that looks up what this one must look up again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from choriste.application.access.authenticate_request import Caller
from choriste.application.access.resume_session import SignedIn
from choriste.domain.access.errors import UnauthenticatedError
from choriste.domain.access.principal import Principal
from choriste.domain.shared.errors import BadRequestError, BusyError
from choriste.i18n.catalogue import message
from choriste.runtime.http import preferred_language, problem_answer
from choriste.runtime.identity import authenticate, authenticate_person, bearer
from choriste.runtime.refusals import note_refused
from functions.api.http.app import app

OPEN_PATHS: Final = frozenset(
    {
        "/api/oauth/token",
        "/v1/health",
        "/v1/openapi.json",
        "/v1/sign-up",
        "/v1/sign-up/activation",
        "/v1/sign-in",
        "/v1/factor-resets/stop",
        "/v1/password-resets",
        "/v1/password-resets/choice",
    }
)
"""What anybody may ask."""

_ACCOUNT: Final = "/v1/account"
"""What a person asks of the own account, with the token of a session; no program's token opens it."""
_STEPS: Final = "/v1/sign-in/"
"""The steps of a sign-in, each with the token of its own; the use cases check it."""

_CALLER: Final = "caller"
_PERSON: Final = "person"


def admit(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """Find out who sends a request, for `principal`; return the answer that refuses it, or None.

    It is 401 where nobody is proved, 503 where nobody could be looked up. Addresses without an operation are
    no exception: who is nobody learns nothing of them.
    """
    path = str(event.get("rawPath"))
    if path in OPEN_PATHS or path.startswith(_STEPS):
        return None
    try:
        app.append_context(**_proved(event, path))
    except UnauthenticatedError as error:
        refused = problem_answer(error.code, error.parameters, language=preferred_language(event))
        note_refused(event, refused, client_id=error.client_id)
        return refused
    except BusyError as error:
        return problem_answer(error.code, error.parameters, language=preferred_language(event))
    return None


def _proved(event: Mapping[str, Any], path: str) -> dict[str, Any]:
    if path == _ACCOUNT or path.startswith(f"{_ACCOUNT}/"):
        return {_PERSON: authenticate_person(event)}
    return {_CALLER: authenticate(event)}


def person() -> SignedIn:
    """Return the person whose session asks."""
    found: SignedIn = app.context[_PERSON]
    return found


def step_token() -> str:
    """Return the bearer token of the request as it is; raises `UnauthenticatedError` where there is none."""
    token = bearer(app.current_event.raw_event)
    if not token:
        raise UnauthenticatedError(what="session")
    return token


def caller() -> Caller | None:
    """Return who asks and through which API client; None where anybody may ask."""
    found: Caller | None = app.context.get(_CALLER)
    return found


def principal() -> Principal:
    """Return who asks, with the rights it has now."""
    found: Caller = app.context[_CALLER]
    return found.principal


def home_of(who: Principal) -> str:
    """Return the one structure that a principal belongs to; with several, the client must name one."""
    if len(who.homes) == 1:
        return who.homes[0]
    code = "one-of-your-structures" if who.homes else "structure-id"
    raise BadRequestError(field="structure", expected=message("expected", code, structures=who.homes))
