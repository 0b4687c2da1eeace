"""The resolver of the API, and what every operation asks of the present request."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Final, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types

from choriste.domain.shared.errors import BadRequestError, TooLargeError
from choriste.i18n.catalogue import message
from choriste.runtime.http import preferred_language

Model = TypeVar("Model")

app = APIGatewayHttpResolver(enable_validation=True, serializer=partial(json.dumps, ensure_ascii=False))

MAX_INLINE_BYTES: Final = 4_400_000
"""What fits a Lambda payload of 6 MB once API Gateway has put it in base64."""

_VERSION: Final = re.compile("[0-9]{1,15}")


def language() -> str:
    """Return `en` for a client that prefers English, else `fr`."""
    return preferred_language(app.current_event.raw_event)


def answer(
    body: Model, *, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str | list[str]] | None = None
) -> Response[Model]:
    """Return a JSON answer."""
    return Response(
        status_code=int(status), content_type=content_types.APPLICATION_JSON, body=body, headers=headers or {}
    )


def secret_answer(body: Model) -> Response[Model]:
    """Return a JSON answer for one person, that no browser or proxy keeps."""
    return answer(body, headers={"Cache-Control": "no-store"})


def empty() -> Response[str]:
    """Return an answer without a body."""
    return Response(int(HTTPStatus.NO_CONTENT), body="")


def client_name() -> str:
    """Return what the program that asks says it is."""
    return str(app.current_event.headers.get("user-agent") or "")


def redirect(address: str) -> Response[str]:
    """Return an answer that leads to an address from which a file can be downloaded."""
    return Response(int(HTTPStatus.FOUND), headers={"Location": address}, body="")


def etag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def version_of(if_match: str | None) -> int | None:
    """Return the version that an `If-Match` header names, None when the client does not say.

    Raises `BadRequestError` for anything but `*` or an ETag of ours.
    """
    tag = (if_match or "").strip().removeprefix("W/").strip('"')
    if not tag or tag == "*":
        return None
    if not _VERSION.fullmatch(tag):
        raise BadRequestError(field="/header/If-Match", expected=message("expected", "etag"))
    return int(tag)


def body_bytes() -> bytes:
    """Return the body of the present request; raises `TooLargeError` over 4.4 MB."""
    event = app.current_event
    body = event.body or ""
    content = _decoded(body) if event.is_base64_encoded else body.encode()
    if len(content) > MAX_INLINE_BYTES:
        raise TooLargeError(size=len(content), limit=MAX_INLINE_BYTES)
    return content


def _decoded(body: str) -> bytes:
    try:
        return base64.b64decode(body)
    except binascii.Error as error:
        raise BadRequestError(field="/body", expected=message("expected", "base64")) from error
