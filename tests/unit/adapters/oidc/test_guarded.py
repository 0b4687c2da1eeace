"""Addresses that users enter: what is asked, and what never is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from choriste.adapters.oidc import guarded
from choriste.adapters.oidc.client import OidcProviders
from choriste.adapters.oidc.guarded import LARGEST, UnreachableError, ask, public_number
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
