"""Printouts made by the function that carries the typesetter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from choriste.application.shared.messages import SCHEMA
from choriste.domain.printouts.printout import PrintoutRequest

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


class PrintoutFailedError(RuntimeError):
    """The function could not make the printout; the text is what it answered, for the log."""


class LambdaPrintouts:
    """Implements `choriste.application.printouts.ports.Printouts`: one synchronous invocation each."""

    def __init__(self, client: LambdaClient, *, function: str) -> None:
        self._client = client
        self._function = function

    def make(self, request: PrintoutRequest) -> int:
        """Have the printout made and return its size in bytes; raises `PrintoutFailedError`."""
        answer = self._client.invoke(
            FunctionName=self._function,
            InvocationType="RequestResponse",
            Payload=json.dumps({"schema": SCHEMA, "action": "printout", "order": request.as_json()}).encode(),
        )
        body = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise PrintoutFailedError(body.decode(errors="replace"))
        made: dict[str, Any] = json.loads(body)
        return int(made["size"])
