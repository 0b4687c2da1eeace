"""The answers of API Sirene 3.11 over HTTP, for the sample structures and a few establishments more.

`GET /siret/{siret}`, `GET /siren/{siren}` and `GET /siret?q=siret:A OR siret:B`, with the published statuses:
200, 400 for what is no number, 401 without a key, 404 for what is not registered, 429 over thirty questions a
minute. Deliberately absent: every other criterion of the multi-criteria search.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from choriste.adapters.sirene.client import KEY_HEADER
from choriste.local.sirene.register import Json, establishments

A_MINUTE: Final = 60.0
LIMIT: Final = 30
"""Questions a minute that INSEE answers one subscription."""

_MESSAGES: Final[Mapping[int, str]] = {
    HTTPStatus.OK: "ok",
    HTTPStatus.BAD_REQUEST: "Erreur de syntaxe dans la requête",
    HTTPStatus.UNAUTHORIZED: "Jeton d'accès invalide",
    HTTPStatus.NOT_FOUND: "Aucun élément trouvé pour la requête",
    HTTPStatus.TOO_MANY_REQUESTS: "Quota d'interrogations de l'API dépassé",
}


class SireneServer:
    """Serves a register on 127.0.0.1; `register` is by SIRET, port 0 takes any free one."""

    def __init__(
        self, register: Mapping[str, Json] | None = None, *, port: int = 0, limit: int = LIMIT
    ) -> None:
        self.register = dict(establishments() if register is None else register)
        self._asked: deque[float] = deque()
        self._limit = limit
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, name="sirene", daemon=True)

    @property
    def url(self) -> str:
        """Where the API begins."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Start serving."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, *, key: str | None) -> tuple[int, Json]:
        """Return the status and the body that a question gets."""
        if not key:
            return _refusal(HTTPStatus.UNAUTHORIZED)
        if self._is_over():
            return _refusal(HTTPStatus.TOO_MANY_REQUESTS)
        asked = urlsplit(path)
        query = parse_qs(asked.query).get("q", [""])[0]
        if asked.path == "/siret" and query:
            return self._several(query)
        kind, _, number = asked.path.strip("/").partition("/")
        digits = {"siret": 14, "siren": 9}.get(kind, 0)
        if not digits or not re.fullmatch(rf"[0-9]{{{digits}}}", number):
            return _refusal(HTTPStatus.BAD_REQUEST)
        return self._establishment(number) if kind == "siret" else self._unit(number)

    def _is_over(self) -> bool:
        now = time.monotonic()
        while self._asked and self._asked[0] < now - A_MINUTE:
            self._asked.popleft()
        self._asked.append(now)
        return len(self._asked) > self._limit

    def _several(self, query: str) -> tuple[int, Json]:
        wanted = re.findall(r"siret:([0-9]{14})", query)
        found = [self.register[siret] for siret in wanted if siret in self.register]
        if not found:
            return _refusal(HTTPStatus.NOT_FOUND)
        header = {**_header(HTTPStatus.OK), "total": len(found), "debut": 0, "nombre": len(found)}
        return HTTPStatus.OK, {"header": header, "etablissements": found}

    def _establishment(self, siret: str) -> tuple[int, Json]:
        if siret not in self.register:
            return _refusal(HTTPStatus.NOT_FOUND)
        return HTTPStatus.OK, {"header": _header(HTTPStatus.OK), "etablissement": self.register[siret]}

    def _unit(self, siren: str) -> tuple[int, Json]:
        units = [each["uniteLegale"] for siret, each in self.register.items() if siret.startswith(siren)]
        if not units:
            return _refusal(HTTPStatus.NOT_FOUND)
        unit = {"siren": siren, **units[0]}
        return HTTPStatus.OK, {"header": _header(HTTPStatus.OK), "uniteLegale": unit}


def _header(status: int) -> dict[str, Any]:
    return {"statut": int(status), "message": _MESSAGES[status]}


def _refusal(status: int) -> tuple[int, Json]:
    return status, {"header": _header(status)}


def _handler(server: SireneServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = server.answer(self.path, key=self.headers.get(KEY_HEADER))
            content = json.dumps(body, ensure_ascii=False).encode()
            self.send_response(int(status))
            self.send_header("Content-Type", "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing: the platform's terminal is for people."""

    return Handler
