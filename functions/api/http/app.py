"""The resolver, who asks, and how errors become problem documents (RFC 9457)."""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from choriste.application.shared.problems import problem_text
from choriste.domain.access.errors import UnauthenticatedError
from choriste.domain.access.principal import Principal
from choriste.domain.shared.errors import BadRequestError, ChoristeError
from choriste.domain.shared.findings import Message
from choriste.i18n.catalogue import message
from choriste.runtime.identity import principal_of
from choriste.runtime.observability import logger
from functions.api.http.faults import NOT_JSON, expected_of, place_of

app = APIGatewayHttpResolver(enable_validation=True)

_STATUSES = {
    "not-found": HTTPStatus.NOT_FOUND,
    "bad-request": HTTPStatus.BAD_REQUEST,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "stale-version": HTTPStatus.PRECONDITION_FAILED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "unauthenticated": HTTPStatus.UNAUTHORIZED,
    "transition-wrong-status": HTTPStatus.CONFLICT,
    "transition-condition": HTTPStatus.CONFLICT,
    "transition-wrong-role": HTTPStatus.FORBIDDEN,
    "already-exists": HTTPStatus.CONFLICT,
    "stale-record": HTTPStatus.CONFLICT,
    "draft-closed": HTTPStatus.CONFLICT,
}


def principal() -> Principal:
    """Return who asks, as the authorizer named it, with the rights it has now."""
    return principal_of(app.current_event.raw_event)


def language() -> str:
    """Return `en` for a client that prefers English, else `fr`."""
    wished = app.current_event.headers.get("accept-language") or ""
    return "en" if wished.strip().lower().startswith("en") else "fr"


def problem(code: str, status: HTTPStatus, parameters: dict[str, object]) -> Response[str]:
    """Return a problem document: type, title, status, detail, code, and the parameters as members."""
    text = problem_text(code, parameters)
    body = {
        "type": f"urn:choriste:problem:{code}",
        "title": text.title.in_language(language()),
        "status": int(status),
        "detail": text.detail.in_language(language()),
        "code": code,
        "parameters": {name: _plain(value) for name, value in parameters.items()},
    }
    headers: dict[str, str | list[str]] = {"Content-Language": language()}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="choriste"'
    return Response(
        status_code=int(status),
        # clients of the Chorus Pro API look for this very type on every answer
        content_type=content_types.APPLICATION_JSON if _is_chorus() else "application/problem+json",
        body=json.dumps(body, ensure_ascii=False),
        headers=headers,
    )


def json_response(
    body: object, *, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str | list[str]] | None = None
) -> Response[str]:
    """Return a JSON answer."""
    return Response(
        status_code=int(status),
        content_type=content_types.APPLICATION_JSON,
        body=json.dumps(body, ensure_ascii=False),
        headers=headers or {},
    )


def _is_chorus() -> bool:
    return app.current_event.path.startswith("/cpro/")


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return value.in_language(language())
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    as_json = getattr(value, "as_json", None)
    return as_json() if as_json is not None else value if isinstance(value, (int, float)) else str(value)


@app.exception_handler(ChoristeError)
def on_refusal(error: ChoristeError) -> Response[str]:
    """Answer what the platform refuses."""
    status = _STATUSES.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    return problem(error.code, status, dict(error.parameters))


@app.exception_handler([RequestValidationError, RequestUnsupportedContentType])
def on_malformed(error: RequestValidationError | RequestUnsupportedContentType) -> Response[str]:
    """Answer a body or parameter that does not fit the operation: the first fault, by JSON pointer."""
    fault = error.errors()[0]
    kind = app.current_event.headers.get("content-type") or content_types.APPLICATION_JSON
    if fault["loc"][0] == "body" and not kind.startswith(content_types.APPLICATION_JSON):
        fault = NOT_JSON  # a body in JSON that calls itself a form has no field that anybody would know
    refusal = BadRequestError(field=place_of(fault), expected=expected_of(fault))
    return problem(refusal.code, HTTPStatus.BAD_REQUEST, dict(refusal.parameters))


@app.exception_handler([UnicodeDecodeError, RecursionError])
def on_undecodable(error: UnicodeDecodeError | RecursionError) -> Response[str]:
    """Answer a body that is no text, or JSON nested beyond what can be read: both before validation."""
    logger.warning("request could not be decoded", exc_info=error)
    refusal = BadRequestError(field="/body", expected=message("expected", "utf8-json"))
    return problem(refusal.code, HTTPStatus.BAD_REQUEST, dict(refusal.parameters))


@app.not_found
def on_unknown_route(_error: RouteNotFoundError) -> Response[str]:
    """Answer an address without an operation; under `/cpro` only to whoever has a token and an account.

    PISTE answers 401 before it looks at the address, and so does this function where no authorizer stands
    before it.
    """
    if _is_chorus():
        try:
            principal()
        except UnauthenticatedError as error:
            return problem(error.code, HTTPStatus.UNAUTHORIZED, dict(error.parameters))
    path, method = app.current_event.path, app.current_event.http_method
    allowed = tuple(sorted(_methods_at(path)))
    if not allowed:
        return problem("route-not-found", HTTPStatus.NOT_FOUND, {"path": path})
    told: dict[str, object] = {"path": path, "method": method, "allowed": allowed}
    answer = problem("method-not-allowed", HTTPStatus.METHOD_NOT_ALLOWED, told)
    answer.headers["Allow"] = ", ".join(allowed)
    return answer


def _methods_at(path: str) -> set[str]:
    """Return the methods of the operations at an address."""
    routes = (*app._static_routes, *app._dynamic_routes)  # noqa: SLF001 - the resolver tells them in no other way
    found = {method for route in routes if route.rule.match(path) for method in _listed(route.method)}
    return found - {"OPTIONS"}


def _listed(methods: str | list[str]) -> list[str]:
    return [methods] if isinstance(methods, str) else methods


@app.exception_handler(Exception)
def on_incident(_error: Exception) -> Response[str]:
    """Answer what should not happen: a reference to quote, and the trace in the log."""
    reference = uuid.uuid4().hex[:12]
    logger.exception("request failed", extra={"reference": reference})
    return problem("internal", HTTPStatus.INTERNAL_SERVER_ERROR, {"reference": reference})
