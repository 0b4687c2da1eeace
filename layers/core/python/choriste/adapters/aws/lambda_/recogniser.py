"""Text recognised by the function that carries the engine."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from choriste.adapters.aws.lambda_.printouts import PrintoutFailedError
from choriste.application.shared.messages import SCHEMA
from choriste.documents.read.recognition.strip import Strip

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


class LambdaRecogniser:
    """Implements `documents.read.recognition.reading.Recogniser`: an invocation a picture, all at once."""

    def __init__(self, client: LambdaClient, *, function: str) -> None:
        self._client = client
        self._function = function

    def read(self, pictures: Sequence[bytes]) -> tuple[tuple[Strip, ...], ...]:
        """Return the strips of each picture; raises `PrintoutFailedError` when the function fails."""
        with ThreadPoolExecutor(max_workers=max(len(pictures), 1)) as pool:
            return tuple(pool.map(self._read, pictures))

    def _read(self, picture: bytes) -> tuple[Strip, ...]:
        order = {"schema": SCHEMA, "picture": base64.b64encode(picture).decode()}
        answer = self._client.invoke(
            FunctionName=self._function,
            InvocationType="RequestResponse",
            Payload=json.dumps(order).encode(),
        )
        body = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise PrintoutFailedError(body.decode(errors="replace"))
        return tuple(map(Strip.from_json, json.loads(body)["strips"]))
