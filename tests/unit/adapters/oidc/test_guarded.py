"""Addresses that users enter: what is asked, and what never is."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from choriste.adapters.oidc import guarded
from choriste.adapters.oidc.client import OidcProviders
from choriste.adapters.oidc.guarded import LARGEST, UnreachableError, ask, hurried, public_number
from choriste.domain.access.organisation_errors import OrganisationUnavailableError


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/",
        "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://0.0.0.0/",
        "file:///etc/passwd",
        "https://",
        "https://example.org:port/",
    ],
)
def test_only_public_hosts_are_asked_over_tls(address: str) -> None:
    with pytest.raises(UnreachableError):
        ask(address)


def test_every_number_of_a_name_must_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[Any] = [(0, 0, 0, "", (number, 443)) for number in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: rows)
    with pytest.raises(UnreachableError):
        public_number("rebinding.example", 443)
    rows.pop()
    assert public_number("rebinding.example", 443) == "93.184.216.34"


def test_connection_goes_to_the_number_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def refuse(address: object, timeout: float) -> socket.socket:
        asked.append(address)
        raise OSError(timeout)

    monkeypatch.setattr(guarded, "public_number", lambda _host, _port: "93.184.216.34")
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(UnreachableError):
        ask("https://identite.example/x")
    assert asked == [("93.184.216.34", 443)]


@contextmanager
def a_server(status: int, body: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (302, b"{}"),
        (500, b"{}"),
        (200, b"no json"),
        (200, b"[]"),
        (200, b'{"issuer": "https://another.example"}'),
        (200, b"{" + b" " * LARGEST + b"}"),
    ],
)
def test_answers_that_are_none_make_a_provider_unavailable(status: int, body: bytes) -> None:
    with a_server(status, body) as issuer, pytest.raises(OrganisationUnavailableError):
        OidcProviders(local=True).discover(issuer)


def test_platform_that_is_not_on_one_machine_asks_no_machine_behind_it() -> None:
    with a_server(200, b"{}") as issuer, pytest.raises(OrganisationUnavailableError):
        OidcProviders(local=False).discover(issuer)


@contextmanager
def a_trickle(before: bytes) -> Iterator[str]:
    """Answer with some bytes, then a byte of a header each tenth of a second, without an end."""
    server, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def answer() -> None:
        while not over.is_set():
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line, suppress(OSError):
                line.sendall(before)
                while not over.wait(0.1):
                    line.sendall(b"x")

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    over.set()
    socket.socket.shutdown(server, socket.SHUT_RDWR)
    server.close()
    thread.join()


@pytest.mark.parametrize(
    "before", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"]
)
def test_answer_that_trickles_is_given_up_headers_too(before: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "SECONDS", 0.5)
    began = time.monotonic()
    with a_trickle(before) as address, pytest.raises(UnreachableError):
        ask(address, local=True)
    assert time.monotonic() - began < 3


def test_requests_of_one_way_back_have_one_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "HURRIED", 0.3)
    with a_server(200, b"{}") as address, hurried():
        assert ask(address, local=True).status == 200
        time.sleep(0.4)
        with pytest.raises(UnreachableError):
            ask(address, local=True)
    with a_server(200, b"{}") as address:
        assert ask(address, local=True).status == 200
