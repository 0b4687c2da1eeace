"""A browser as far as the console sees one: it keeps cookies, follows no redirect, and submits forms."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from functions.console.handler import handler
from tests.builders.console import World
from tests.builders.contexts import a_context
from tests.builders.identity import PASSWORD, the_code
from tests.builders.page import Page


@dataclass(slots=True)
class Answer:
    """What the console answered."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    raw: bytes

    @property
    def text(self) -> str:
        return self.raw.decode()

    @property
    def page(self) -> Page:
        return Page.of(self.text)

    @property
    def place(self) -> str:
        return self.headers["Location"]


@dataclass(slots=True)
class Browser:
    """Keeps cookies as a browser does; `headers` go with every request."""

    world: World
    headers: dict[str, str] = field(default_factory=lambda: {"accept-language": "fr-FR,fr;q=0.9,en;q=0.5"})
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def get(self, address: str, **headers: str) -> Answer:
        return self._send("GET", address, None, headers)

    def post(self, address: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Submit a form with the token of the last page, unless the fields bring their own."""
        body = urlencode({"csrf": self.csrf, **(fields or {})})
        form = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self._send("POST", address, body, form)

    def upload(self, address: str, fields: Mapping[str, str], filename: str, content: bytes) -> Answer:
        """Submit a form with one file, in the field `file`."""
        edge = "----edge7MA4YWxk"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {"csrf": self.csrf, **fields}.items()
        ]
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = b"".join([*parts, head.encode(), content, f"\r\n--{edge}--\r\n".encode()])
        return self._send("POST", address, body, {"content-type": f"multipart/form-data; boundary={edge}"})

    def sign_in(self, email: str = "ana@example.fr") -> Answer:
        """Go through both steps and return the first page."""
        self.get("/sign-in")
        self.post("/sign-in", {"email": email, "password": PASSWORD, "next": "/invoices"})
        self.get("/sign-in/code")
        answer = self.post("/sign-in/code", {"code": the_code(self.world.clock.now()), "next": "/invoices"})
        return self.get(answer.place)

    def _send(
        self, method: str, address: str, body: str | bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        event = http_event(method, address, body=body, headers={**self.headers, **headers})
        event["cookies"] = [f"{name}={value}" for name, value in self.cookies.items()]
        answer = answer_of(handler(event, a_context()))
        for cookie in answer.cookies:
            name, _, rest = cookie.partition("=")
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = rest.partition(";")[0]
        if answer.raw and answer.headers.get("Content-Type", "").startswith("text/html"):
            self.csrf = answer.page.csrf or self.csrf
        return answer


def http_event(
    method: str, address: str, *, body: str | bytes | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return an HTTP API event, payload 2.0."""
    parts = urlsplit(address)
    is_binary = isinstance(body, bytes)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "queryStringParameters": dict(parse_qsl(parts.query)),
        "requestContext": {
            "http": {"method": method, "path": parts.path, "sourceIp": "203.0.113.7"},
            "requestId": "req-1",
            "stage": "$default",
        },
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": is_binary,
    }


def answer_of(result: Mapping[str, Any]) -> Answer:
    """Read what a function returned for an HTTP API."""
    body = result.get("body") or ""
    raw = base64.b64decode(body) if result.get("isBase64Encoded") else str(body).encode()
    return Answer(int(result["statusCode"]), dict(result["headers"]), list(result.get("cookies", [])), raw)
