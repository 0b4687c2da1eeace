"""A DynamoDB client whose transactions meet one another, as those of several functions do at once.

moto takes one call at a time and so never refuses a transaction for another one under way. This client
does, in DynamoDB's own words: a transaction gets `TransactionCanceledException` with a reason for each of
its operations, a write of one item `TransactionConflictException`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from botocore.exceptions import ClientError

Answer = TypeVar("Answer")
_WAIT = 20


class ContendedClient:
    """Stands before a DynamoDB client; the first transaction holds its items until others have met it."""

    def __init__(self, client: Any, *, meeting: int) -> None:
        self._client = client
        self._meeting = meeting
        self._held: set[str] = set()
        self._changed = threading.Condition()
        self.conflicts: list[str] = []
        """The calls that met a transaction, in order."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, *, TransactItems: Sequence[dict[str, Any]]) -> Any:  # noqa: N803 - boto3's
        writes = [write for operation in TransactItems for write in operation.values()]
        keys = [_key_of(write) for write in writes]
        with self._changed:
            met = [key in self._held for key in keys]
            if any(met):
                raise self._refused("transact_write_items", _cancelled(met))
            self._held.update(keys)
            self._changed.notify_all()
        try:
            with self._changed:
                assert self._changed.wait_for(lambda: len(self.conflicts) >= self._meeting, timeout=_WAIT)
            return self._client.transact_write_items(TransactItems=TransactItems)
        finally:
            with self._changed:
                self._held.difference_update(keys)

    def update_item(self, **named: Any) -> Any:
        """Refuse the write of an item that a transaction holds."""
        with self._changed:
            if _key_of(named) in self._held:
                answer: Any = {"Error": {"Code": "TransactionConflictException"}}
                raise self._refused("update_item", answer)
        return self._client.update_item(**named)

    def wait_until_held(self) -> None:
        """Wait until a transaction is under way."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._held, timeout=_WAIT)

    def _refused(self, call: str, answer: Any) -> ClientError:
        self.conflicts.append(call)
        self._changed.notify_all()
        return ClientError(answer, call)


def at_once(*works: Any) -> list[Any]:
    """Do works at the same time, and return what each answered or raised, in their order."""
    with ThreadPoolExecutor(max_workers=len(works)) as threads:
        futures = [threads.submit(work) for work in works]
        return [future.exception() or future.result() for future in futures]


def _cancelled(met: Sequence[bool]) -> Any:
    reasons = [{"Code": "TransactionConflict" if one else "None"} for one in met]
    return {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}


def _key_of(write: dict[str, Any]) -> str:
    key = write.get("Key") or {name: write["Item"][name] for name in ("pk", "sk")}
    return f"{write['TableName']}/{key['pk']['S']}/{key['sk']['S']}"
