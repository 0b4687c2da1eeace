"""Sheets made by the function that carries the typesetter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from choriste.domain.printouts.printout import SheetOrder

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


class SheetFailedError(RuntimeError):
    """The function could not make the sheet; the text is what it answered, for the log."""


class LambdaSheets:
    """Implements `request_printout.Sheets` by one synchronous invocation for each sheet."""

    def __init__(self, client: LambdaClient, *, function: str) -> None:
        self._client = client
        self._function = function

    def make(self, order: SheetOrder) -> int:
        """Have the sheet made and return its size in bytes; raises `SheetFailedError`."""
        answer = self._client.invoke(
            FunctionName=self._function,
            InvocationType="RequestResponse",
            Payload=json.dumps({"action": "printout", "order": order.as_json()}).encode(),
        )
        body = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise SheetFailedError(body.decode(errors="replace"))
        made: dict[str, Any] = json.loads(body)
        return int(made["size"])
