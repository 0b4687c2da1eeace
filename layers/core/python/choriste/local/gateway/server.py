"""The HTTP server in front of the functions: limits, routes, function, answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import IO, Final
from urllib.parse import urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server

from choriste.application.shared.clock import Clock
from choriste.local.gateway.events import Answer, Request, function_answer, message_answer, proxy_event
from choriste.local.gateway.routes import Match, RouteTable
from choriste.local.platform.hosting import Outcome, PayloadTooLargeError
from choriste.local.platform.settings import HOST
from choriste.local.platform.shapes import Json

logger: Final = logging.getLogger("choriste.local.gateway")

BODY_LIMIT: Final = 10 * 1024 * 1024
"""Bytes of a request body (API Gateway quotas for HTTP APIs)."""

_TOO_LARGE: Final = "Request Entity Too Large"
_CHUNK: Final = 1 << 20
_UNANSWERED_BODY_LIMIT: Final = 1 << 30

Invoke = Callable[[str, Json], Outcome]
LocalPages = Callable[[Request], Answer | None]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Gateway:
    """The API on one machine, as a WSGI application.

    `local_pages` answers what is under `/local/` and gives None for any other path.
    """

    def __init__(self, routes: RouteTable, invoke: Invoke, clock: Clock, local_pages: LocalPages) -> None:
        self._routes = routes
        self._invoke = invoke
        self._clock = clock
        self._local_pages = local_pages

    def __call__(self, environ: Json, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request of the WSGI server."""
        try:
            request = _request(environ)
        except ValueError:
            answer = message_answer(400, "Bad Request")
        else:
            answer = message_answer(413, _TOO_LARGE) if request is None else self.answer(request)
        head_only = environ["REQUEST_METHOD"] == "HEAD"
        headers = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
        headers.append(("content-length", str(len(answer.body))))
        start_response(f"{answer.status} {_reason(answer.status)}", headers)
        return [] if head_only else [answer.body]

    def answer(self, request: Request) -> Answer:
        """The answer to a request, never an exception."""
        try:
            return self._local_pages(request) or self._routed(request)
        except PayloadTooLargeError:
            return message_answer(413, _TOO_LARGE)
        except Exception:
            logger.exception("%s %s could not be answered", request.method, request.raw_path)
            return message_answer(500, "Internal Server Error")

    def _routed(self, request: Request) -> Answer:
        match = self._routes.match(request.method, request.raw_path)
        if match is None:
            return message_answer(404, "Not Found")
        return self._call(request, match)

    def _call(self, request: Request, match: Match) -> Answer:
        event = proxy_event(request, match, now=self._clock.now())
        outcome = self._invoke(match.route.function, event)
        return (
            message_answer(500, "Internal Server Error")
            if outcome.failed
            else function_answer(outcome.payload)
        )


class GatewayServer:
    """A threaded HTTP/1.1 server on the loopback interface around a WSGI application."""

    def __init__(self, application: Gateway, port: int) -> None:
        self._server = make_server(
            HOST, port, application, threaded=True, request_handler=_QuietRequestHandler
        )
        self._thread = threading.Thread(target=self._server.serve_forever, name="gateway", daemon=True)

    @property
    def port(self) -> int:
        """The port listened on."""
        return int(self._server.server_port)

    def start(self) -> None:
        """Start answering."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _QuietRequestHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_request(self, code: object = "-", size: object = "-") -> None:
        logger.debug("%s %s %s", self.requestline, code, size)

    def address_string(self) -> str:
        return str(self.client_address[0])


def _request(environ: Json) -> Request | None:
    """The request of a WSGI environment, or None if its body is too large.

    Raises ValueError for a target or a length that is none.
    """
    target = urlsplit(environ.get("REQUEST_URI") or environ["PATH_INFO"])
    body = _read_body(environ)
    if body is None:
        return None
    return Request(
        method=environ["REQUEST_METHOD"],
        raw_path=target.path,
        raw_query=target.query,
        headers=tuple(_headers(environ)),
        body=body,
        source_ip=environ.get("REMOTE_ADDR", HOST),
        protocol=environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
    )


def _headers(environ: Json) -> Iterable[tuple[str, str]]:
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield key[5:].replace("_", "-").lower(), value
        elif key in {"CONTENT_TYPE", "CONTENT_LENGTH"} and value:
            yield key.replace("_", "-").lower(), value


def _read_body(environ: Json) -> bytes | None:
    stream: IO[bytes] = environ["wsgi.input"]
    declared = int(environ.get("CONTENT_LENGTH") or 0)
    chunked = environ.get("wsgi.input_terminated", False) and not declared
    if not chunked and declared <= BODY_LIMIT:
        return stream.read(declared)
    body = stream.read(BODY_LIMIT + 1) if chunked else None
    if body is not None and len(body) <= BODY_LIMIT:
        return body
    _discard(stream, _UNANSWERED_BODY_LIMIT if chunked else min(declared, _UNANSWERED_BODY_LIMIT))
    return None


def _discard(stream: IO[bytes], size: int) -> None:
    """Read what the client still sends, so that it gets to read the answer."""
    left = size
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        left -= len(chunk)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
