"""What `choriste deposit` says of a credentials file, or of a platform, that it cannot use."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from choriste.cli.main import main

OAUTH = {"client_id": "a", "client_secret": "b"}


def deposit_with(folder: Path, credentials: str | bytes, *options: str) -> int:
    """Deposit a file with a credentials file that holds just this."""
    (folder / "f.xml").touch()
    file = folder / "bj.json"
    file.write_bytes(credentials if isinstance(credentials, bytes) else credentials.encode())
    return main(
        ["deposit", "--credentials", str(file), *(options or ("--language", "en")), str(folder / "f.xml")]
    )


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A server on the loopback interface that always gives one answer; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Keep the terminal quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON (line 1): `choriste local` writes a file that can be used"),
        ('{\n"a": }', "is not JSON (line 2)"),
        (b"\xff\xfe\xfa", "is not JSON (line 1)"),
        ("{}", "has no “base_url”: `choriste local` writes such a file"),
        ("[]", "has no “base_url”"),
        ('{"base_url": 3}', "has no “base_url”"),
        ('{"base_url": "http://127.0.0.1:1"}', "has no “oauth.client_id”"),
        ('{"base_url": "http://127.0.0.1:1", "oauth": {"client_id": "a"}}', "has no “oauth.client_secret”"),
        ('{"base_url": "file:///etc"}', "base_url “file:///etc” is not an http address"),
        ('{"base_url": "http://127.0.0.1:port"}', "base_url “http://127.0.0.1:port” is not an http address"),
    ],
)
def test_a_credentials_file_that_cannot_be_used_is_named_with_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes, said: str
) -> None:
    code = deposit_with(tmp_path, content)

    shown = capsys.readouterr().err
    assert code == 2
    assert shown.startswith(f"choriste: {tmp_path / 'bj.json'}")
    assert said in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "nothing listens on {host}: start `make run`, or correct base_url"),
        ("fr", "aucun programme n’écoute sur {host} : lancez `make run`, ou corrigez base_url"),
    ],
)
def test_an_address_where_nothing_listens_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    with answering(200, b"{}") as address:
        pass

    code = deposit_with(tmp_path, json.dumps({"base_url": address, "oauth": OAUTH}), "--language", language)

    expected = said.format(host=address.removeprefix("http://"))
    assert code == 2
    assert capsys.readouterr().err.replace("\xa0", " ") == f"choriste: {expected}\n"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b'{"error": "invalid_client", "error_description": "Unknown."}', "bj.json: http://127.0.0.1:"),
        (400, b'{"error": "invalid_client"}', "does not know this client, or the secret is wrong"),
        (503, b'{"message": "Busy"}', "choriste: Busy"),
        (500, b"<html>", "choriste: HTTP 500"),
        (200, b"<html>", "does not answer as Choriste does: correct base_url"),
        (200, b"{}", "does not answer as Choriste does: correct base_url"),
    ],
)
def test_a_platform_that_gives_no_token_is_said_with_where_to_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, body: bytes, said: str
) -> None:
    with answering(status, body) as address:
        code = deposit_with(tmp_path, json.dumps({"base_url": address, "oauth": OAUTH}))

    assert code == 2
    assert said in capsys.readouterr().err
