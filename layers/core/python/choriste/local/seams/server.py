"""The AWS endpoint for other processes: moto's own server on the backends of this process."""

from __future__ import annotations

from moto.server import ThreadedMotoServer

from choriste.local.settings import HOST
from choriste.local.shapes import MotoObject


class AwsEndpoint:
    """Answers AWS calls on the loopback interface."""

    def __init__(self, port: int) -> None:
        self._server = ThreadedMotoServer(ip_address=HOST, port=port, verbose=False)

    def start(self) -> None:
        """Start answering."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.stop()
        socket_server: MotoObject = self._server._server  # noqa: SLF001 - moto leaves its socket open
        socket_server.server_close()
