"""What the functions behind the HTTP API share: the client's language, and problem documents (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from choriste.application.shared.problems import problem_text
from choriste.domain.lifecycle.errors import RefusalCode
from choriste.i18n.message import Message

Event = Mapping[str, Any]
"""An API Gateway HTTP API event, payload 2.0."""

PROBLEM_TYPE: Final = "application/problem+json"
CHALLENGE: Final = 'Bearer realm="choriste"'
"""The `WWW-Authenticate` header of each answer 401 (RFC 6750)."""

STATUSES: Final[Mapping[str, HTTPStatus]] = {
    **dict.fromkeys(RefusalCode, HTTPStatus.UNPROCESSABLE_ENTITY),
    RefusalCode.WRONG_STATUS: HTTPStatus.CONFLICT,
    RefusalCode.CONDITION: HTTPStatus.CONFLICT,
    RefusalCode.WRONG_ROLE: HTTPStatus.FORBIDDEN,
    "bad-request": HTTPStatus.BAD_REQUEST,
    "unauthenticated": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "not-found": HTTPStatus.NOT_FOUND,
    "route-not-found": HTTPStatus.NOT_FOUND,
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "already-exists": HTTPStatus.CONFLICT,
    "stale-record": HTTPStatus.CONFLICT,
    "draft-closed": HTTPStatus.CONFLICT,
    "request-closed": HTTPStatus.CONFLICT,
    "unreadable-file": HTTPStatus.UNPROCESSABLE_ENTITY,
    "manager-stays": HTTPStatus.CONFLICT,
    "transfer-open": HTTPStatus.CONFLICT,
    "transfer-closed": HTTPStatus.CONFLICT,
    "second-person-needed": HTTPStatus.FORBIDDEN,
    "sandbox-closed": HTTPStatus.FORBIDDEN,
    "stale-version": HTTPStatus.PRECONDITION_FAILED,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "account-ended": HTTPStatus.UNPROCESSABLE_ENTITY,
    "complement-missing": HTTPStatus.UNPROCESSABLE_ENTITY,
    "draft-invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "fields-invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "duplicate-invoice": HTTPStatus.UNPROCESSABLE_ENTITY,
    "idempotency-key-reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "identifier-taken": HTTPStatus.UNPROCESSABLE_ENTITY,
    "piece-answered": HTTPStatus.UNPROCESSABLE_ENTITY,
    "factor-needed": HTTPStatus.FORBIDDEN,
    "wrong-credentials": HTTPStatus.FORBIDDEN,
    "wrong-code": HTTPStatus.FORBIDDEN,
    "code-out-of-date": HTTPStatus.FORBIDDEN,
    "account-locked": HTTPStatus.TOO_MANY_REQUESTS,
    "session-ended": HTTPStatus.GONE,
    "last-factor": HTTPStatus.CONFLICT,
    "mail-not-sent": HTTPStatus.SERVICE_UNAVAILABLE,
    "weak-password": HTTPStatus.UNPROCESSABLE_ENTITY,
    "link-ended": HTTPStatus.GONE,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "key-refused": HTTPStatus.FORBIDDEN,
    "key-late": HTTPStatus.FORBIDDEN,
    "key-copied": HTTPStatus.FORBIDDEN,
    "key-known": HTTPStatus.CONFLICT,
    "too-many-keys": HTTPStatus.CONFLICT,
    "organisation-unknown": HTTPStatus.NOT_FOUND,
    "organisation-late": HTTPStatus.FORBIDDEN,
    "organisation-unavailable": HTTPStatus.BAD_GATEWAY,
    "organisation-refused": HTTPStatus.FORBIDDEN,
    "organisation-person": HTTPStatus.FORBIDDEN,
    "organisation-known": HTTPStatus.FORBIDDEN,
    "altered-file": HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The HTTP status of each problem code that a program may be answered."""


def preferred_language(event: Event) -> str:
    """Return `en` for a client whose `Accept-Language` begins with English, else `fr`."""
    headers = event.get("headers") or {}
    wished = next((str(value) for name, value in headers.items() if name.lower() == "accept-language"), "")
    return "en" if wished.strip().lower().startswith("en") else "fr"


def problem_document(code: str, parameters: Mapping[str, object], *, language: str) -> dict[str, object]:
    """Return a problem document: type, title, status, detail, code, and the error's known parameters."""
    text = problem_text(code, parameters)
    return {
        "type": f"urn:choriste:problem:{code}",
        "title": text.title.in_language(language),
        "status": int(STATUSES[code]),
        "detail": text.detail.in_language(language),
        "code": code,
        "parameters": {
            name: _plain(value, language) for name, value in parameters.items() if value is not None
        },
    }


def problem_headers(code: str, parameters: Mapping[str, object], *, language: str) -> dict[str, str]:
    """Return the headers that go with a problem document, its content type apart."""
    headers = {"Content-Language": language}
    if code == "unauthenticated":
        headers["WWW-Authenticate"] = CHALLENGE
    if code == "busy":
        headers["Retry-After"] = str(parameters["seconds"])
    return headers


def problem_answer(
    code: str, parameters: Mapping[str, object], *, language: str, content_type: str = PROBLEM_TYPE
) -> dict[str, Any]:
    """Return a problem as a function answers it (API Gateway payload 2.0)."""
    document = problem_document(code, parameters, language=language)
    return {
        "statusCode": int(STATUSES[code]),
        "headers": {"Content-Type": content_type, **problem_headers(code, parameters, language=language)},
        "body": json.dumps(document, ensure_ascii=False),
        "isBase64Encoded": False,
    }


def _plain(value: object, language: str) -> object:
    if isinstance(value, Message):
        return value.in_language(language)
    if isinstance(value, (tuple, list)):
        return [_plain(part, language) for part in value]
    as_json = getattr(value, "as_json", None)
    return as_json() if as_json is not None else value if isinstance(value, (int, float)) else str(value)
