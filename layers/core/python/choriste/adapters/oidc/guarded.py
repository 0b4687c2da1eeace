"""HTTPS to addresses that users enter: public hosts only, small answers, no redirects, a few seconds.

Whoever enters an address could mean a machine behind ours. So the name is resolved once, every number that it
has must be a public one, and the connection goes to the number that was checked.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

SECONDS: Final = 5
LARGEST: Final = 256_000
"""Bytes of an answer."""
_CHUNK: Final = 65_536


class UnreachableError(Exception):
    """The address is none to ask, or does not answer as it should; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status and its text."""

    status: int
    text: str


def ask(
    address: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    local: bool = False,
) -> Reply:
    """Send one request, a POST where there is a body; raises `UnreachableError`.

    `local` allows http, to this machine only: for a platform that is itself on one machine.
    """
    parts = urlsplit(address)
    connection = _connection(address, local=local)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        connection.request("GET" if body is None else "POST", target, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        content = _read(response)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(type(error).__name__) from error
    finally:
        connection.close()
    return Reply(response.status, content.decode("utf-8", errors="replace"))


def _read(response: http.client.HTTPResponse) -> bytes:
    """Return the body of an answer; one that trickles, or is too large, is given up."""
    deadline, parts, size = time.monotonic() + SECONDS, [], 0
    while part := response.read1(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > LARGEST or time.monotonic() > deadline:
            raise UnreachableError("too large or too slow")
    return b"".join(parts)


def _connection(address: str, *, local: bool) -> http.client.HTTPConnection:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UnreachableError("no address") from error
    if parts.scheme == "http" and local and host == "127.0.0.1":
        return http.client.HTTPConnection(host, port, timeout=SECONDS)
    if parts.scheme != "https" or not host:
        raise UnreachableError("not https")
    number = public_number(host, port or http.client.HTTPS_PORT)
    return _PinnedConnection(host, number, port)


def public_number(host: str, port: int) -> str:
    """Return a number that a name has, if all that it has are public; raises `UnreachableError`."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise UnreachableError("unknown host") from error
    if not found or not all(ip_address(number).is_global for number in found):
        raise UnreachableError("not public")
    return min(found, key=lambda number: (":" in number, number))


class _PinnedConnection(http.client.HTTPSConnection):
    """TLS for a name, to a number that was checked before."""

    def __init__(self, host: str, number: str, port: int | None) -> None:
        super().__init__(host, port, timeout=SECONDS, context=ssl.create_default_context())
        self._number = number

    def connect(self) -> None:
        """Connect to the number, and prove the name."""
        plain = socket.create_connection((self._number, self.port), SECONDS)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
