"""HTTPS to addresses that users enter: public hosts only, small answers, no redirects, a few seconds.

Whoever enters an address could mean a machine behind ours. So the name is resolved once, every number that it
has must be a public one, and the connection goes to the number that was checked.
"""

from __future__ import annotations

import http.client
import math
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

SECONDS: Final = 5.0
"""For one request, from the connection to the last byte."""
HURRIED: Final = 10.0
"""Seconds for all requests of one person's way back."""
LARGEST: Final = 256_000
"""Bytes of an answer."""
_CHUNK: Final = 65_536


_hurry: ContextVar[float] = ContextVar("hurry", default=math.inf)
"""When the requests of one way back must all be over (monotonic)."""


class UnreachableError(Exception):
    """The address is none to ask, or does not answer as it should; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status and its text."""

    status: int
    text: str


@contextmanager
def hurried() -> Iterator[None]:
    """Hold all requests within to `HURRIED` seconds together."""
    token = _hurry.set(time.monotonic() + HURRIED)
    try:
        yield
    finally:
        _hurry.reset(token)


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
    deadline = min(time.monotonic() + SECONDS, _hurry.get())
    connection = _connection(address, local=local)
    left = deadline - time.monotonic()
    if left <= 0:
        raise UnreachableError("too slow")
    connection.timeout = left
    parts = urlsplit(address)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    watch = threading.Timer(left, connection.give_up)
    watch.daemon = True
    watch.start()
    try:
        connection.request("GET" if body is None else "POST", target, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        content = _read(response)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(type(error).__name__) from error
    finally:
        watch.cancel()
        connection.close()
    if time.monotonic() >= deadline:  # what was cut off may look whole
        raise UnreachableError("too slow")
    return Reply(response.status, content.decode("utf-8", errors="replace"))


def _read(response: http.client.HTTPResponse) -> bytes:
    """Return the body of an answer; one that is too large is given up."""
    parts, size = [], 0
    while part := response.read1(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise UnreachableError("too large")
    return b"".join(parts)


def _connection(address: str, *, local: bool) -> _LocalConnection | _PinnedConnection:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UnreachableError("no address") from error
    if parts.scheme == "http" and local and host == "127.0.0.1":
        return _LocalConnection(host, port, timeout=SECONDS)
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


class _GivenUp(http.client.HTTPConnection):
    """A connection that another thread may cut off, however slowly the other side goes on."""

    _line: socket.socket | None = None
    _late = False

    def give_up(self) -> None:
        """Wake whoever reads or writes: nothing more comes."""
        self._late = True
        if self._line is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)

    def _hold(self, line: socket.socket) -> None:
        self.sock = self._line = line
        if self._late:
            raise TimeoutError


class _LocalConnection(_GivenUp):
    """A connection to this machine."""

    def connect(self) -> None:
        """Connect."""
        self._hold(socket.create_connection((self.host, self.port), self.timeout))


class _PinnedConnection(_GivenUp, http.client.HTTPSConnection):
    """TLS for a name, to a number that was checked before."""

    def __init__(self, host: str, number: str, port: int | None) -> None:
        super().__init__(host, port, timeout=SECONDS, context=ssl.create_default_context())
        self._number = number

    def connect(self) -> None:
        """Connect to the number, and prove the name."""
        plain = socket.create_connection((self._number, self.port), self.timeout)
        context = ssl.create_default_context()
        line = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self._hold(line)
        line.do_handshake()
