"""Counts the billable operations of the local platform, as AWS would bill them.

Every call to AWS passes through botocore and every function through the local host: both are listened to.
DynamoDB is counted by item sizes (1 KB a write unit, 4 KB a read unit, twice in a transaction) and by the
index rows that a write touches. SQS is what its messages need: send, receive and delete, in full batches
only where the run had them.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock, local
from typing import Any

from botocore.client import BaseClient

from choriste.local.platform.hosting import FunctionHost, FunctionSpec, Outcome
from infra.data import CORE_INDEXES

_QUEUE_FED = frozenset(
    {
        "choriste-admission",
        "choriste-exchange",
        "choriste-inbox",
        "choriste-notification",
        "choriste-opening",
    }
)
_SQS_REQUESTS = 3
"""A message is sent, received and deleted; receives that find nothing are no invoice's."""

_OWN_LINE_BYTES = 400
"""What one line of ours is in JSON; Lambda itself writes nothing of an invocation that ends well (WARN)."""

_LOGGED = frozenset({"choriste-inbox", "choriste-opening", "choriste-intake-validate"})
"""The functions that write one line of each document."""

_STATE_LOG_BYTES = 1_100
"""What Step Functions writes of one state at level ALL, without data."""

_EXPRESS_STATES = 4
_EXPRESS_GB = 64 / 1024
_INTAKE_FUNCTIONS = frozenset({"choriste-intake-validate", "choriste-documents", "choriste-intake-deliver"})
_READ_KB, _WRITE_KB = 4096, 1024

Counts = Counter[str]


class Meter:
    """The counts since the last `reset`, by unit of the price table."""

    def __init__(self, waits: Mapping[str, float]) -> None:
        self._waits = waits
        self._inside = local()
        self.counts: Counts = Counter()
        self.milliseconds: Counter[str] = Counter()
        self.invocations: Counter[str] = Counter()
        self._index_rows: dict[tuple[str, str, str], frozenset[tuple[str, str]]] = {}
        self._lock = RLock()

    def reset(self) -> None:
        """Start counting anew; what is known of stored items stays."""
        with self._lock:
            self.counts = Counter()
            self.milliseconds, self.invocations = Counter(), Counter()

    def add(self, unit: str, amount: float = 1) -> None:
        """Count so much of a unit."""
        with self._lock:
            self.counts[unit] += amount  # type: ignore[assignment]

    def away(self, service: str, processor: float) -> None:
        """Take a call's processor time, which is the mock's, out of its function, and put the wait in."""
        wait = self._waits.get(service, 0) / 1000
        self._inside.balance = getattr(self._inside, "balance", 0.0) + wait - processor

    def balance(self) -> float:
        """Return and forget what the calls of this thread change in its function's time, in seconds."""
        found: float = getattr(self._inside, "balance", 0.0)
        self._inside.balance = 0.0
        return found

    def called(
        self, service: str, operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> None:
        """Count one call to AWS."""
        count = {
            "dynamodb": self._dynamodb,
            "s3": self._s3,
            "events": self._events,
            "ses": self._ses,
            "stepfunctions": self._machine,
        }.get(service)
        if count is not None:
            count(operation, params, answer)

    def invoked(self, spec: FunctionSpec, seconds: float, event: Any) -> None:  # noqa: ANN401 - any event
        """Count one invocation; Lambda bills the whole memory by the millisecond, rounded up."""
        name, gigabytes = spec.name, spec.memory / 1024
        billed = math.ceil(seconds * 1000)
        with self._lock:
            self.invocations[name] += 1
            self.milliseconds[name] += billed
        self.add("lambda_request")
        self.add("lambda_gb_second", billed / 1000 * gigabytes)
        if name in _LOGGED:
            self.add("log_gb", _OWN_LINE_BYTES / 1e9)
        if name == "choriste-api":
            self.add("http_request")
        if name in _QUEUE_FED:
            self.add("sqs_request", _queue_requests(event))
        if name in _INTAKE_FUNCTIONS:
            self.add("express_gb_second", math.ceil(seconds * 10) / 10 * _EXPRESS_GB)

    def _dynamodb(self, operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        for kind, described, units in _writes(operation, params):
            self._write(kind, described, answer=answer, units=units)
        part = 1 if params.get("ConsistentRead") else 0.5
        if operation == "BatchGetItem":
            self._batch(params["RequestItems"], answer["Responses"])
        elif operation == "GetItem":
            self.add("dynamodb_read", part * _units(answer.get("Item", {}), _READ_KB))
        elif operation == "Query":
            size = sum(map(_size, answer.get("Items", ())))
            self.add("dynamodb_read", part * max(1, math.ceil(size / _READ_KB)))

    def _batch(self, asked: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """Count a batch of reads: each item by itself, one that is not there as a small one."""
        for table, wanted in asked.items():
            part = 1 if wanted.get("ConsistentRead") else 0.5
            items = found.get(table, [])
            missing = len(wanted["Keys"]) - len(items)
            self.add("dynamodb_read", part * (missing + sum(_units(item, _READ_KB) for item in items)))

    def _write(
        self, kind: str, described: Mapping[str, Any], *, answer: Mapping[str, Any], units: int
    ) -> None:
        item = described.get("Item") or answer.get("Attributes") or described.get("Key", {})
        self.add("dynamodb_write", units * _units(item, _WRITE_KB))
        if kind in {"Put", "Update", "Delete"} and (kind != "Update" or "Attributes" in answer):
            self._index(described["TableName"], item, deleted=kind == "Delete")

    def _index(self, table: str, item: Mapping[str, Any], *, deleted: bool) -> None:
        """Count the index rows that appear, go, or move (a row that moves is deleted and put)."""
        key = (table, str(item.get("pk")), str(item.get("sk")))
        new = frozenset() if deleted else frozenset(_rows(item))
        old = self._index_rows.get(key, frozenset())
        self._index_rows[key] = new
        self.add("dynamodb_write", len(old ^ new))

    def _s3(self, operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        del params, answer  # a request costs the same whatever its size
        is_read = operation in {"GetObject", "HeadObject"}
        self.add("s3_get" if is_read else "s3_put")

    def _events(self, operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        del operation, answer
        self.add("event", len(params.get("Entries", ())))

    def _ses(self, operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        del params, answer
        if operation == "SendEmail":
            self.add("email")

    def _machine(self, operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        del answer
        if operation != "StartExecution":
            return
        if params["stateMachineArn"].endswith("intake"):
            self.add("express_request")
            self.add("log_gb", _EXPRESS_STATES * _STATE_LOG_BYTES / 1e9)

    def entered(self, states: int) -> None:
        """Count the states that executions of Standard machines entered, retries included."""
        self.add("states_transition", states)
        self.add("log_gb", states * _STATE_LOG_BYTES / 1e9)


def _writes(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], int]]:
    """Yield the kind of each single write of a call, what is written, and the units a kilobyte costs."""
    if operation == "TransactWriteItems":
        for part in params["TransactItems"]:
            yield from ((kind, described, 2) for kind, described in part.items())
    elif operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield operation.removesuffix("Item"), params, 1
    elif operation == "BatchWriteItem":
        for table, requests in params["RequestItems"].items():
            yield from (("Put", {"TableName": table, **one["PutRequest"]}, 1) for one in requests)


@contextmanager
def metering(waits: Mapping[str, float]) -> Iterator[Meter]:
    """Listen to every AWS call and invocation meanwhile; `waits` are milliseconds for a call, by service."""
    meter = Meter(waits)
    call, run = BaseClient._make_api_call, FunctionHost._run  # type: ignore[attr-defined]  # noqa: SLF001 - the one place all calls pass

    def counted_call(client: Any, operation: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - botocore's own shapes
        service = client.meta.service_model.service_id.lower().replace(" ", "")
        service = {"eventbridge": "events", "sfn": "stepfunctions"}.get(service, service)
        if service == "dynamodb" and operation == "UpdateItem":
            params = {**params, "ReturnValues": "ALL_NEW"}
        started = time.thread_time()
        answer = call(client, operation, params)
        meter.away(service, time.thread_time() - started)
        meter.called(service, operation, params, answer)
        return answer

    def timed_run(host: FunctionHost, spec: FunctionSpec, text: str) -> Outcome:
        meter.balance()
        started = time.thread_time()
        try:
            return run(host, spec, text)
        finally:
            meter.invoked(spec, max(0.001, time.thread_time() - started + meter.balance()), text)

    undo: list[Callable[[], None]] = [
        _patched(BaseClient, "_make_api_call", counted_call),
        _patched(FunctionHost, "_run", timed_run),
    ]
    try:
        yield meter
    finally:
        for restore in undo:
            restore()


def _patched(owner: type, name: str, replacement: Callable[..., Any]) -> Callable[[], None]:
    original = getattr(owner, name)
    setattr(owner, name, replacement)
    return lambda: setattr(owner, name, original)


def _queue_requests(text: str) -> float:
    """Return the SQS requests behind one batch: a send each, one receive and one delete for all."""
    messages = max(1, text.count('"messageId"'))
    return messages + _SQS_REQUESTS - 1


def _rows(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for hash_key, range_key in CORE_INDEXES.values():
        if hash_key in item and range_key in item:
            yield f"{hash_key}={item[hash_key]}", str(item[range_key])


def _units(item: Mapping[str, Any], step: int) -> int:
    return max(1, math.ceil(_size(item) / step))


def _size(item: Mapping[str, Any]) -> int:
    """Return an item's size in bytes as DynamoDB counts it: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    kind, content = next(iter(value.items()))
    if kind == "B":
        return len(content)
    if kind == "N":
        return len(content) // 2 + 2
    if kind in {"SS", "NS", "BS"}:
        return 3 + sum(map(len, content))
    return len(content.encode()) if kind == "S" else 1
