"""How errors become problem documents (RFC 9457): what was refused, misunderstood, or went wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from choriste.domain.shared.errors import BadRequestError, ChoristeError
from choriste.i18n.catalogue import message
from choriste.runtime.http import PROBLEM_TYPE, STATUSES, problem_document, problem_headers
from choriste.runtime.observability import logger
from functions.api.http.app import app, language
from functions.api.http.faults import NOT_JSON, refusal_of


def problem(code: str, parameters: Mapping[str, object]) -> Response[str]:
    """Return a problem as an answer."""
    document = problem_document(code, parameters, language=language())
    headers: dict[str, str | list[str]] = {**problem_headers(code, parameters, language=language())}
    return Response(
        int(STATUSES[code]), PROBLEM_TYPE, body=json.dumps(document, ensure_ascii=False), headers=headers
    )


@app.exception_handler(ChoristeError)
def on_refusal(error: ChoristeError) -> Response[str]:
    """Answer what the platform refuses; a code that no program should meet is an incident."""
    known = error.code in STATUSES
    return problem(error.code, error.parameters) if known else _incident(error)


@app.exception_handler([RequestValidationError, RequestUnsupportedContentType])
def on_malformed(error: RequestValidationError | RequestUnsupportedContentType) -> Response[str]:
    """Answer a body or parameter that does not match the operation: the first fault, by JSON pointer."""
    fault = error.errors()[0]
    kind = app.current_event.headers.get("content-type") or content_types.APPLICATION_JSON
    if fault["loc"][0] == "body" and not kind.startswith(content_types.APPLICATION_JSON):
        fault = NOT_JSON  # a body in JSON that calls itself a form has none of the fields expected
    refusal = refusal_of(fault)
    return problem(refusal.code, refusal.parameters)


@app.exception_handler([UnicodeDecodeError, RecursionError])
def on_undecodable(error: UnicodeDecodeError | RecursionError) -> Response[str]:
    """Answer a body that is no text, or JSON nested beyond what can be read: both before validation."""
    logger.warning("request could not be decoded", exc_info=error)
    refusal = BadRequestError(field="/body", expected=message("expected", "utf8-json"))
    return problem(refusal.code, refusal.parameters)


@app.not_found
def on_unknown_route(_error: RouteNotFoundError) -> Response[str]:
    """Answer an address without an operation: 404, or 405 with the methods that it has."""
    path, method = app.current_event.path, app.current_event.http_method
    allowed = tuple(sorted(_methods_at(path)))
    if not allowed:
        return problem("route-not-found", {"path": path})
    refused = problem("method-not-allowed", {"path": path, "method": method, "allowed": allowed})
    refused.headers["Allow"] = ", ".join(allowed)
    return refused


def _methods_at(path: str) -> set[str]:
    """Return the methods of the operations at an address."""
    routes = (*app._static_routes, *app._dynamic_routes)  # noqa: SLF001 - the resolver has no other way to ask
    found = {method for route in routes if route.rule.match(path) for method in _listed(route.method)}
    return found - {"OPTIONS"}


def _listed(methods: str | list[str]) -> list[str]:
    return [methods] if isinstance(methods, str) else methods


@app.exception_handler(Exception)
def on_incident(error: Exception) -> Response[str]:
    """Answer what should not happen."""
    return _incident(error)


def _incident(error: Exception) -> Response[str]:
    """Answer with a reference to quote: the request id that each line of the log has."""
    logger.error("request failed", exc_info=error)
    return problem("internal", {"reference": app.lambda_context.aws_request_id})
