"""Runs the production handlers inside this process, as Lambda would run them one environment each.

Kept from Lambda: events and answers cross as JSON text, the payload limit, the error document, one event at a
time per function. All functions share one process environment, so their variables must not contradict.
Deliberately absent: the function's timeout (a thread cannot be killed) and its memory limit.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from choriste.local.platform.settings import ACCOUNT, PARTITION, REGION
from choriste.local.platform.shapes import Json

logger: Final = logging.getLogger("choriste.local.functions")

PAYLOAD_LIMIT: Final = 6_291_556
"""Bytes of a synchronous request or answer (AWS Lambda quotas)."""

Handler = Callable[[Json, "InvocationContext"], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpec:
    """What the template says of one function; `handler` is a dotted path, `timeout` is in seconds."""

    name: str
    handler: str
    timeout: int = 3
    memory: int = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an invocation gave: the JSON text and whether it is an error document."""

    payload: str
    failed: bool

    def value(self) -> Json:
        """The payload, parsed."""
        return json.loads(self.payload)


class PayloadTooLargeError(ValueError):
    """A request is larger than Lambda takes."""

    code = "LOCAL-PAYLOAD-TOO-LARGE"

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"{size} bytes exceed the {PAYLOAD_LIMIT} bytes of a Lambda payload")


class InvocationContext:
    """The `context` argument of a handler, with the attributes of the Lambda runtime."""

    log_stream_name = "local"
    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, spec: FunctionSpec) -> None:
        self.function_name = spec.name
        self.memory_limit_in_mb = spec.memory
        self.aws_request_id = str(uuid.uuid4())
        self.invoked_function_arn = f"arn:{PARTITION}:lambda:{REGION}:{ACCOUNT}:function:{spec.name}"
        self.log_group_name = f"/aws/lambda/{spec.name}"
        self._ends = time.monotonic() + spec.timeout

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout, never below zero."""
        return max(0, int((self._ends - time.monotonic()) * 1000))


class FunctionHost:
    """Invokes functions by their physical name, each one event at a time.

    Functions that hold a Powertools resolver share one lock: it keeps the current event on its class.
    """

    def __init__(self, specs: Iterable[FunctionSpec]) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._locks: dict[str, threading.RLock] = {name: threading.RLock() for name in self._specs}
        self._handlers: dict[str, Handler] = {}
        self._resolver_lock = threading.RLock()
        self._loading = threading.RLock()
        self._busy = 0
        self._count_lock = threading.Lock()

    @property
    def busy(self) -> int:
        """How many invocations are running or waiting for their turn."""
        return self._busy

    def spec(self, name: str) -> FunctionSpec:
        """The function's description; raises KeyError."""
        return self._specs[name]

    def warm(self) -> None:
        """Import every handler; one that cannot be imported is logged and fails again when it is invoked."""
        for name in self._specs:
            try:
                self._handler(name)
            except Exception:
                logger.exception("function %s cannot be imported", name)

    def invoke(self, name: str, event: Json) -> Outcome:
        """Run the function on `event`, which crosses as JSON; an error of its own is an outcome.

        Raises PayloadTooLargeError if the event is larger than Lambda takes, KeyError for an unknown name.
        """
        text = json.dumps(event)
        if len(text.encode()) > PAYLOAD_LIMIT:
            raise PayloadTooLargeError(len(text.encode()))
        spec = self._specs[name]
        self._count(1)
        try:
            return self._run(spec, text)
        finally:
            self._count(-1)

    def _count(self, step: int) -> None:
        with self._count_lock:
            self._busy += step

    def _run(self, spec: FunctionSpec, text: str) -> Outcome:
        context = InvocationContext(spec)
        try:
            handler = self._handler(spec.name)
            with self._locks[spec.name]:
                answer = _to_json(handler(json.loads(text), context))
        except Exception as error:
            logger.warning(
                "function %s failed on request %s", spec.name, context.aws_request_id, exc_info=True
            )
            return Outcome(payload=json.dumps(_error_document(error, context.aws_request_id)), failed=True)
        if len(answer.encode()) > PAYLOAD_LIMIT:
            return Outcome(payload=json.dumps(_TOO_LARGE_ANSWER), failed=True)
        return Outcome(payload=answer, failed=False)

    def _handler(self, name: str) -> Handler:
        with self._loading:
            if name not in self._handlers:
                module_name, function_name = self._specs[name].handler.rsplit(".", 1)
                handler: Handler = getattr(importlib.import_module(module_name), function_name)
                if _holds_resolver(module_name):
                    self._locks[name] = self._resolver_lock
                self._handlers[name] = handler
            return self._handlers[name]


_TOO_LARGE_ANSWER: Final[Mapping[str, str]] = {
    "errorType": "Function.ResponseSizeTooLarge",
    "errorMessage": f"Response payload size exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes).",
}


def _holds_resolver(module_name: str) -> bool:
    event_handler = sys.modules.get("aws_lambda_powertools.event_handler.api_gateway")
    if event_handler is None:
        return False
    folder = module_name.rsplit(".", 1)[0]
    return any(
        isinstance(value, event_handler.BaseRouter)
        for name, module in list(sys.modules.items())
        if name.startswith(folder) and module is not None
        for value in list(vars(module).values())
    )


def _to_json(answer: Json) -> str:
    return json.dumps(answer, default=_decimal_as_number)


def _decimal_as_number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is not JSON serializable")


def _error_document(error: Exception, request_id: str) -> Mapping[str, Json]:
    return {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "requestId": request_id,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }
