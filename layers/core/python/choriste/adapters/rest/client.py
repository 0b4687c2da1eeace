"""A client of the platform's REST API, on the standard library alone."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from choriste.i18n.catalogue import message
from choriste.i18n.message import Message

INLINE_BYTES = 4_400_000
_CLIENT = ("client_id", "client_secret")
_TYPES = {".xml": "application/xml", ".pdf": "application/pdf", ".zip": "application/zip"}


class PlatformError(Exception):
    """The platform refused a request or does not answer; the text is for people.

    `code` is the platform's own, where it gave one.
    """

    def __init__(self, text: str | Message, *, code: str | None = None) -> None:
        self.code = code
        self._text = text
        super().__init__(text if isinstance(text, str) else text.en)

    def in_language(self, language: str) -> str:
        """Return the text in a language; what the platform said itself stays as it said it."""
        return self._text if isinstance(self._text, str) else self._text.in_language(language)


class CredentialsError(PlatformError):
    """A credentials file cannot be used."""


class UnreachableError(PlatformError):
    """The platform's address does not answer."""


class Sent(NamedTuple):
    """A deposited file: its flow, and whether the platform says that it took these very bytes before."""

    flow_id: str
    taken_before: bool


@dataclass(frozen=True, slots=True)
class Client:
    """A signed-in client: the platform's address and an access token."""

    base_url: str
    token: str

    @classmethod
    def from_file(cls, credentials: Path, *, account: str = "oauth") -> Client:
        """Sign in with an account of a credentials file; raises `PlatformError` or FileNotFoundError."""
        base_url, client = _credentials_in(credentials, account)
        try:
            return cls.sign_in(base_url, client)
        except PlatformError as error:
            if error.code != "invalid_client":
                raise
            raise _unusable("refused", credentials, url=base_url) from error

    @classmethod
    def sign_in(cls, base_url: str, client: Mapping[str, str]) -> Client:
        """Sign in with a client's id and secret; raises `PlatformError`."""
        form = urllib.parse.urlencode({"grant_type": "client_credentials", **client}).encode()
        request = urllib.request.Request(f"{base_url}/api/oauth/token", data=form)  # noqa: S310 - the address is the caller's own
        token = _answer(request).get("access_token")
        if not isinstance(token, str):
            raise PlatformError(message("cli", "platform.other", host=request.host))
        return cls(base_url, token)

    def deposit(self, file: Path) -> Sent:
        """Deposit a file and return its flow; a large one goes through an upload address.

        The platform does not say of an upload whether it took the same bytes before.
        """
        if file.stat().st_size > INLINE_BYTES:
            return Sent(self._upload(file), taken_before=False)
        kind = _TYPES.get(file.suffix.lower(), "application/octet-stream")
        query = urllib.parse.urlencode({"filename": file.name})
        request = self._request(f"/v1/deposits?{query}", data=file.read_bytes(), content_type=kind)
        status, content = _send(request)
        answer = _json(request, content)
        return Sent(str(answer["flow_id"]), taken_before=status == http.HTTPStatus.OK)

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
        return _answer(self._request(path, data=data, content_type=content_type))

    def _request(self, path: str, *, data: bytes | None, content_type: str) -> urllib.request.Request:
        request = urllib.request.Request(self.base_url + path, data=data)  # noqa: S310
        request.add_header("Authorization", f"Bearer {self.token}")
        if content_type:
            request.add_header("Content-Type", content_type)
        return request


def _credentials_in(file: Path, account: str) -> tuple[str, dict[str, str]]:
    """Return the platform's address and the client's id and secret; raises `CredentialsError`."""
    try:
        found = json.loads(file.read_bytes())
    except json.JSONDecodeError as error:
        raise _unusable("not-json", file, line=error.lineno) from error
    except UnicodeDecodeError as error:
        raise _unusable("not-json", file, line=1) from error
    base_url = _text_at(file, found, "base_url")
    _check_address(file, base_url)
    client = found.get(account)
    return base_url, {key: _text_at(file, client, key, within=f"{account}.") for key in _CLIENT}


def _text_at(file: Path, found: object, key: str, *, within: str = "") -> str:
    value = found.get(key) if isinstance(found, dict) else None
    if not isinstance(value, str) or not value:
        raise _unusable("lacks", file, key=within + key)
    return value


def _check_address(file: Path, base_url: str) -> None:
    try:
        parts = urllib.parse.urlsplit(base_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise _unusable("address", file, value=base_url)


def _unusable(code: str, file: Path, **values: object) -> CredentialsError:
    return CredentialsError(message("cli", f"credentials.{code}", file=file, **values))


def _answer(request: urllib.request.Request) -> dict[str, Any]:
    return _json(request, _send(request)[1])


def _json(request: urllib.request.Request, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise PlatformError(message("cli", "platform.other", host=request.host))
    return answer


def _send(request: urllib.request.Request) -> tuple[int, bytes]:
    """Return the status and the content of an answer; raises `PlatformError`."""
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        raise _refusal(error) from error
    except urllib.error.URLError as error:
        raise UnreachableError(_silence(request, error.reason)) from error
    except http.client.HTTPException as error:
        raise PlatformError(message("cli", "platform.other", host=request.host)) from error
    except OSError as error:
        raise UnreachableError(_silence(request, error)) from error


def _silence(request: urllib.request.Request, reason: object) -> Message:
    if isinstance(reason, ConnectionRefusedError):
        return message("cli", "platform.absent", host=request.host)
    said = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
    return message("cli", "platform.silent", host=request.host, reason=said)


def _refusal(error: urllib.error.HTTPError) -> PlatformError:
    try:
        problem = json.loads(error.read())
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        return PlatformError(f"HTTP {error.code}")
    said = problem.get("detail") or problem.get("error_description") or problem.get("message") or error.code
    return PlatformError(str(said), code=problem.get("error"))
