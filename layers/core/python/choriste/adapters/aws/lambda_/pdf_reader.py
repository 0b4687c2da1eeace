"""PDFs read by the function that carries the PDF libraries."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from choriste.adapters.aws.lambda_.printouts import PrintoutFailedError
from choriste.application.shared.messages import SCHEMA
from choriste.domain.drafts.prefilled import Prefilled

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


class LambdaPdfReader:
    """Implements `choriste.application.drafts.ports.PdfReader` by one synchronous invocation a file.

    An invocation takes 6 MB, base64 included: 4.4 MB of PDF.
    """

    def __init__(self, client: LambdaClient, *, function: str) -> None:
        self._client = client
        self._function = function

    def read(self, content: bytes, *, filename: str, depositor: str | None) -> Prefilled:
        """Return what the pages of a PDF say; raises `PrintoutFailedError` when the function fails."""
        order = {
            "schema": SCHEMA,
            "action": "prefill",
            "content": base64.b64encode(content).decode(),
            "filename": filename,
            "depositor": depositor,
        }
        answer = self._client.invoke(
            FunctionName=self._function,
            InvocationType="RequestResponse",
            Payload=json.dumps(order).encode(),
        )
        body = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise PrintoutFailedError(body.decode(errors="replace"))
        return Prefilled.from_json(json.loads(body))
