"""Printouts by invocation: the order travels as JSON, a failure of the function is a failure here."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from choriste.adapters.aws.lambda_.printouts import LambdaPrintouts, PrintoutFailedError
from choriste.domain.access.user import Language
from choriste.domain.printouts.printout import PrintoutKind, PrintoutRequest
from choriste.domain.shared.ids import InvoiceId

ORDER = PrintoutRequest(kind=PrintoutKind.FOLLOW_UP, language=Language.ENGLISH, invoice_id=InvoiceId(7))


class Invoker:
    """A Lambda client that answers one thing."""

    def __init__(self, payload: object, **more: str) -> None:
        self.asked: dict[str, Any] = {}
        self._answer = {"Payload": io.BytesIO(json.dumps(payload).encode()), **more}

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        return self._answer


def test_order_is_sent_to_the_function_that_answers_with_the_size() -> None:
    client: Any = Invoker({"size": 61_204})

    size = LambdaPrintouts(client, function="choriste-documents").make(ORDER)

    assert size == 61_204
    assert client.asked["FunctionName"] == "choriste-documents"
    assert json.loads(client.asked["Payload"]) == {
        "schema": 1,
        "action": "printout",
        "order": ORDER.as_json(),
    }


def test_failure_of_the_function_is_raised_with_what_it_said() -> None:
    client: Any = Invoker({"errorType": "RenderError"}, FunctionError="Unhandled")

    with pytest.raises(PrintoutFailedError, match="RenderError"):
        LambdaPrintouts(client, function="choriste-documents").make(ORDER)
