"""Lambda: moto runs no code without containers; every path to a function ends in the method replaced here."""

from __future__ import annotations

import json
from collections.abc import Callable

from moto.awslambda.models import LambdaFunction

from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.hosting import Outcome, PayloadTooLargeError
from choriste.local.platform.shapes import Json, MotoObject

Invoke = Callable[[str, Json], Outcome]


def install_function_runner(invoke: Invoke) -> Uninstall:
    """Send every invocation (Invoke, Step Functions …) to `invoke`."""

    def run(function: MotoObject, event: Json = None) -> tuple[str, bool, str]:
        # moto parses the payload itself, and passes the text "{}" for none.
        given = {} if event is None or event == "{}" else event
        try:
            outcome = invoke(function.function_name, given)
        except PayloadTooLargeError as error:
            document = {"errorType": "RequestTooLargeException", "errorMessage": str(error)}
            return json.dumps(document), True, ""
        return outcome.payload, outcome.failed, ""

    return replace(LambdaFunction, "_invoke_lambda", run)
