"""Finds out, before anything starts, whether the wanted ports can be listened on."""

from __future__ import annotations

import errno
import socket

from choriste.local.platform.settings import AWS_PORT_VARIABLE, HOST, PORT_VARIABLE, Endpoints


class PortTakenError(OSError):
    """A port the platform wants is taken; the message names it and the variable that changes it."""

    code = "LOCAL-PORT-TAKEN"

    def __init__(self, port: int, variable: str) -> None:
        self.port = port
        self.variable = variable
        super().__init__(
            errno.EADDRINUSE,
            f"port {port} of {HOST} is taken by another program; set {variable} to a free port",
        )


def usable_endpoints(wanted: Endpoints) -> Endpoints:
    """The wanted ports with any 0 replaced by a free one; raises PortTakenError."""
    return Endpoints(
        port=_usable(wanted.port, PORT_VARIABLE), aws_port=_usable(wanted.aws_port, AWS_PORT_VARIABLE)
    )


def _usable(port: int, variable: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTakenError(port, variable) from error
        return int(probe.getsockname()[1])
