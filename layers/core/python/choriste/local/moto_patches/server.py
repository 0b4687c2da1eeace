"""The AWS endpoint for other processes: moto's own application on the backends of this process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import Final

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from choriste.local.platform.settings import HOST
from choriste.local.platform.shapes import Json

logger: Final = logging.getLogger("choriste.local.aws")

_FORM: Final = "application/x-www-form-urlencoded"


class AwsEndpoint:
    """Answers AWS calls on the loopback interface."""

    def __init__(self, port: int) -> None:
        application = _Uploads(DomainDispatcherApplication(create_backend_app))
        self._server = make_server(HOST, port, application, threaded=True, request_handler=_QuietHandler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="aws", daemon=True)

    def start(self) -> None:
        """Start answering."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Uploads:
    """Lets S3 keep an upload whose client calls it a form, as curl does: moto would read it as fields."""

    def __init__(self, application: DomainDispatcherApplication) -> None:
        self._application = application

    def __call__(self, environ: Json, start_response: Json) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PUT" and environ.get("CONTENT_TYPE", "").startswith(_FORM):
            environ["CONTENT_TYPE"] = "application/octet-stream"
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer


class _QuietHandler(MotoRequestHandler):
    def log_request(self, code: object = "-", size: object = "-") -> None:
        logger.debug("%s %s %s", self.requestline, code, size)
