"""Builds API Gateway payload v2.0 events and reads the answers of functions.

Facts of the format: header names in lower case with several values joined by commas, cookies apart, a decoded
`rawPath`, the query as sent, the body in base64 unless its media type is text (AWS, "Working with AWS Lambda
proxy integrations for HTTP APIs").
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, unquote

from choriste.local.gateway.routes import Match
from choriste.local.platform.settings import ACCOUNT
from choriste.local.platform.shapes import Json

API_ID: Final = "local"
STAGE: Final = "$default"

_TEXT_TYPES: Final = frozenset({"application/json", "application/xml", "application/javascript"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request as received; `raw_path` and `raw_query` are still encoded."""

    method: str
    raw_path: str
    raw_query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def header(self, name: str) -> str | None:
        """The value of a header, several joined by commas; None if absent."""
        return joined_headers(self.headers).get(name.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer; a header may occur several times."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def joined_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name, several values joined by commas."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        joined[key] = f"{joined[key]},{value}" if key in joined else value
    return joined


def proxy_event(request: Request, match: Match, *, now: datetime) -> Json:
    """The event for the route's function."""
    headers = joined_headers(request.headers)
    cookies = headers.pop("cookie", None)
    event: dict[str, Json] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": unquote(request.raw_path),
        "rawQueryString": request.raw_query,
        "headers": headers,
        "requestContext": _request_context(request, match, headers, now),
    }
    if cookies:
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if request.raw_query:
        event["queryStringParameters"] = _query_parameters(request.raw_query)
    if match.path_parameters:
        event["pathParameters"] = dict(match.path_parameters)
    body, is_base64 = _body(request)
    if body is not None:
        event["body"] = body
    event["isBase64Encoded"] = is_base64
    return event


def _request_context(request: Request, match: Match, headers: Mapping[str, str], now: datetime) -> Json:
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": headers.get("host", "localhost"),
        "domainPrefix": API_ID,
        "http": {
            "method": request.method,
            "path": unquote(request.raw_path),
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request.request_id,
        "routeKey": match.route.key,
        "stage": STAGE,
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _query_parameters(raw_query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(raw_query, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def _body(request: Request) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    if _is_text(request.header("content-type") or ""):
        try:
            return request.body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode("ascii"), True


def _is_text(content_type: str) -> bool:
    media_type = content_type.split(";", 1)[0].strip().lower()
    return (
        media_type.startswith("text/") or media_type in _TEXT_TYPES or media_type.endswith(("+json", "+xml"))
    )


def function_answer(payload: str) -> Answer:
    """The HTTP answer a function's payload means; a payload without `statusCode` is itself the JSON body."""
    value = json.loads(payload)
    if not isinstance(value, dict) or "statusCode" not in value:
        return Answer(status=200, headers=(("content-type", "application/json"),), body=payload.encode())
    headers = [(name, str(text)) for name, text in (value.get("headers") or {}).items()]
    for name, texts in (value.get("multiValueHeaders") or {}).items():
        headers.extend((name, str(text)) for text in texts)
    headers.extend(("set-cookie", cookie) for cookie in value.get("cookies") or ())
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain; charset=utf-8"))
    body = value.get("body") or ""
    data = base64.b64decode(body) if value.get("isBase64Encoded") else str(body).encode()
    return Answer(status=int(value["statusCode"]), headers=tuple(headers), body=data)


def message_answer(status: int, message: str) -> Answer:
    """An answer of the gateway itself, in API Gateway's own shape."""
    return Answer(
        status=status,
        headers=(("content-type", "application/json"),),
        body=json.dumps({"message": message}).encode(),
    )
