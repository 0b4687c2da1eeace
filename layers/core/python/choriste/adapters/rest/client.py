"""A client of the platform's REST API, on the standard library alone."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INLINE_BYTES = 4_400_000
_TYPES = {".xml": "application/xml", ".pdf": "application/pdf", ".zip": "application/zip"}


class PlatformError(Exception):
    """The platform refused a request or does not answer; the text is for people."""


class UnreachableError(PlatformError):
    """The platform's address does not answer."""


@dataclass(frozen=True, slots=True)
class Client:
    """A signed-in client: the platform's address and an access token."""

    base_url: str
    token: str

    @classmethod
    def from_file(cls, credentials: Path) -> Client:
        """Sign in with a credentials file; raises `PlatformError` or FileNotFoundError."""
        found = json.loads(credentials.read_text(encoding="utf-8"))
        return cls.sign_in(found["base_url"], found["oauth"])

    @classmethod
    def sign_in(cls, base_url: str, client: Mapping[str, str]) -> Client:
        """Sign in with a client's id and secret; raises `PlatformError`."""
        form = urllib.parse.urlencode({"grant_type": "client_credentials", **client}).encode()
        request = urllib.request.Request(f"{base_url}/api/oauth/token", data=form)  # noqa: S310 - the address is the caller's own
        return cls(base_url, _answer(request)["access_token"])

    def deposit(self, file: Path) -> str:
        """Deposit a file and return its flow number; a large one goes through an upload address."""
        if file.stat().st_size > INLINE_BYTES:
            return self._upload(file)
        kind = _TYPES.get(file.suffix.lower(), "application/octet-stream")
        query = urllib.parse.urlencode({"filename": file.name})
        answer = self.call(f"/v1/deposits?{query}", data=file.read_bytes(), content_type=kind)
        return str(answer["flow_id"])

    def report(self, flow_id: str, *, timeout: float) -> dict[str, Any]:
        """Return a flow's report, once complete or after so many seconds."""
        ends = time.monotonic() + timeout
        while True:
            answer = self.call(f"/v1/deposits/{flow_id}")
            if answer["complete"] or time.monotonic() > ends:
                return answer
            time.sleep(0.2)

    def _upload(self, file: Path) -> str:
        """Send a large file to an upload address and return the flow that its arrival opened."""
        wish = {"filename": file.name, "size": file.stat().st_size}
        offer = self.call("/v1/uploads", data=json.dumps(wish).encode(), content_type="application/json")
        with file.open("rb") as body:
            request = urllib.request.Request(offer["upload_url"], data=body, method="PUT")  # noqa: S310
            request.add_header("Content-Length", str(wish["size"]))
            _send(request)
        return self._flow_of(offer["key"])

    def _flow_of(self, key: str) -> str:
        ends = time.monotonic() + 120
        query = urllib.parse.urlencode({"key": key})
        while time.monotonic() < ends:
            answer = self.call(f"/v1/uploads?{query}")
            if answer["flow_id"] is not None:
                return str(answer["flow_id"])
            time.sleep(0.5)
        raise PlatformError(f"the upload {key} was not taken in within two minutes")

    def call(self, path: str, *, data: bytes | None = None, content_type: str = "") -> dict[str, Any]:
        """Return the JSON answer of a GET, or of a POST of `data`; raises `PlatformError`."""
        request = urllib.request.Request(self.base_url + path, data=data)  # noqa: S310
        request.add_header("Authorization", f"Bearer {self.token}")
        if content_type:
            request.add_header("Content-Type", content_type)
        return _answer(request)


def _answer(request: urllib.request.Request) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_send(request))
    return answer


def _send(request: urllib.request.Request) -> bytes:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            content: bytes = answer.read()
            return content
    except urllib.error.HTTPError as error:
        raise PlatformError(_refusal(error)) from error
    except urllib.error.URLError as error:
        raise UnreachableError(_silence(request, error.reason)) from error
    except OSError as error:
        raise UnreachableError(_silence(request, error)) from error


def _silence(request: urllib.request.Request, reason: object) -> str:
    return f"{request.host} does not answer ({reason}): is `make run` up?"


def _refusal(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.loads(error.read())
    except ValueError:
        return f"HTTP {error.code}"
    return str(
        problem.get("detail") or problem.get("error_description") or problem.get("message") or error.code
    )
