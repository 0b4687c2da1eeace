"""Where the local platform listens and which names it gives: read from the environment once, at start."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

REGION: Final = "eu-west-3"
ACCOUNT: Final = "123456789012"
PARTITION: Final = "aws"
HOST: Final = "127.0.0.1"
PORT_VARIABLE: Final = "CHORISTE_PORT"
AWS_PORT_VARIABLE: Final = "CHORISTE_AWS_PORT"
LOG_VARIABLE: Final = "CHORISTE_LOG_LEVEL"
DEFAULT_PORT: Final = 8080
DEFAULT_AWS_PORT: Final = 4566
HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where the platform listens, always on the loopback interface; port 0 takes any free port."""

    port: int
    aws_port: int

    @property
    def url(self) -> str:
        """The address of the API and the console."""
        return f"http://{HOST}:{self.port}"

    @property
    def aws_url(self) -> str:
        """The AWS endpoint for other processes (`aws --endpoint-url`, boto3 `endpoint_url`)."""
        return f"http://{HOST}:{self.aws_port}"


def wanted_endpoints(port: int | None, aws_port: int | None) -> Endpoints:
    """The ports asked for by argument, else by environment variable, else the defaults."""
    return Endpoints(
        port=_number(PORT_VARIABLE, DEFAULT_PORT) if port is None else port,
        aws_port=_number(AWS_PORT_VARIABLE, DEFAULT_AWS_PORT) if aws_port is None else aws_port,
    )


def _number(variable: str, default: int) -> int:
    text = os.environ.get(variable, "")
    if not text:
        return default
    if not is_port(text):
        raise LocalSettingError(variable, text)
    return int(text)


def is_port(text: str) -> bool:
    """Say whether a text is a port number; 0, which takes any free port, is one."""
    return text.isdecimal() and len(text) <= len(str(HIGHEST_PORT)) and int(text) <= HIGHEST_PORT


class LocalSettingError(ValueError):
    """An environment variable of the local platform does not hold a port number."""

    code = "LOCAL-SETTING"

    def __init__(self, variable: str, value: str) -> None:
        self.variable = variable
        self.value = value
        super().__init__(f"{variable}={value!r} is not a port number (0 to {HIGHEST_PORT})")
