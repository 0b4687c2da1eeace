"""Items of the core table: key prefixes, the wire form, reads and writes, and the conditions that failed.

An item is its keys, the attributes that conditions and indexes need, and its content in the stored form that
`choriste.adapters.aws.dynamodb.records` gives it.
"""

from __future__ import annotations

import datetime as dt
import random
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from choriste.adapters.aws.throttles import PAUSE_SECONDS, is_throttle
from choriste.domain.shared.errors import BusyError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Item = dict[str, Any]
Answer = TypeVar("Answer")

SHARDS = 4
"""Index partitions that due and outbox rows are spread over; readers visit each."""

_PAUSES = (0.05, 0.1, 0.2)
"""Seconds, at most, between two tries of a write that met a transaction, or of what a batch left over."""

_BUSY_PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds, at most, between two tries of a transaction that met a table without room."""

_BATCH = 25
"""Items that one batch may write (DynamoDB, BatchWriteItem)."""

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


class Prefix(StrEnum):
    """The prefixes of partition keys in the core table."""

    FLOW = "FLOW#"
    INVOICE = "INVOICE#"
    DEPOSIT = "DEPOSIT#"
    NUMBER = "NUMBER#"
    DRAFT = "DRAFT#"
    ANSWER = "ANSWER#"
    REQUEST = "REQUEST#"
    TRANSFER = "TRANSFER#"
    MERGER = "MERGER#"
    SUPPLIER = "SUPPLIER#"


def marshal(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item in the wire form of the DynamoDB API, without absent attributes."""
    return {name: _serializer.serialize(value) for name, value in item.items() if value is not None}


def unmarshal(item: Mapping[str, Any]) -> Item:
    """Return an item from the wire form of the DynamoDB API."""
    return {name: _deserializer.deserialize(value) for name, value in item.items()}


def shard_of(name: str, identifier: str) -> str:
    """Return the index partition of an identifier: `name#0` … `name#3`."""
    return f"{name}#{zlib.crc32(identifier.encode()) % SHARDS}"


def shards(name: str) -> tuple[str, ...]:
    """Return all index partitions of a name."""
    return tuple(f"{name}#{n}" for n in range(SHARDS))


def stamp(moment: dt.datetime) -> str:
    """Return a time as it stands in keys: ISO 8601 in UTC to the microsecond, so that texts sort as times."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def failed_conditions(error: ClientError) -> tuple[int, ...]:
    """Return which operations of a transaction had their condition refused, by 0-based position."""
    reasons = error.response.get("CancellationReasons", [])
    return tuple(n for n, reason in enumerate(reasons) if reason.get("Code") == "ConditionalCheckFailed")


def is_condition_failure(error: ClientError) -> bool:
    """Say whether a single write had its condition refused."""
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def is_conflict(error: ClientError) -> bool:
    """Say whether another transaction held an item: nothing was written, and it passes.

    A write of a single item meets a transaction too, under another code.
    """
    codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
    return error.response["Error"]["Code"] == "TransactionConflictException" or "TransactionConflict" in codes


class UnwrittenError(Exception):
    """The table was too busy to write all items of a batch; the argument is how many are left over."""


class CoreTable:
    """The core table: reads by key, queries of one partition or index, and batch reads in order."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self.client = client
        self.name = name

    def get(self, pk: str, sk: str) -> Item | None:
        """Return one item as it is now."""
        answer = self.client.get_item(
            TableName=self.name, Key=marshal({"pk": pk, "sk": sk}), ConsistentRead=True
        )
        found = answer.get("Item")
        return unmarshal(found) if found else None

    def partition(self, pk: str, *, prefix: str, consistent: bool = True) -> list[Item]:
        """Return all items of a partition whose sort key has a prefix, in order.

        One that is not `consistent` costs half, and may miss what was written within the last second.
        """
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=marshal({":pk": pk, ":prefix": prefix}),
            ConsistentRead=consistent,
        )
        return [unmarshal(item) for page in pages for item in page["Items"]]

    def read_all(self, keys: Sequence[tuple[str, str]], *, consistent: bool = False) -> list[Item]:
        """Return the items under keys, in the order of the keys; missing ones are left out.

        `consistent` reads them as they are now, each by itself: no transaction binds them together.
        """
        found: dict[tuple[str, str], Item] = {}
        for start in range(0, len(keys), 100):
            wanted = [marshal({"pk": p, "sk": s}) for p, s in keys[start : start + 100]]
            request: Any = {self.name: {"Keys": wanted, "ConsistentRead": consistent}}
            while request:
                answer = self.client.batch_get_item(RequestItems=request)
                for wire in answer["Responses"].get(self.name, []):
                    item = unmarshal(wire)
                    found[item["pk"], item["sk"]] = item
                request = answer.get("UnprocessedKeys")
                if request:  # the table had no room for all of them: DynamoDB asks to wait before the rest
                    time.sleep(_PAUSES[-1] * random.uniform(0.5, 1))  # noqa: S311 -- a wait, no secret
        return [found[key] for key in keys if key in found]

    def put_all(self, items: Sequence[Item]) -> None:
        """Write whole items, 25 a request, over what is there; raises `UnwrittenError` for what is left."""
        for start in range(0, len(items), _BATCH):
            puts = [{"PutRequest": {"Item": marshal(item)}} for item in items[start : start + _BATCH]]
            left: Any = {self.name: puts}
            for pause in (*_PAUSES, 0):
                left = self.client.batch_write_item(RequestItems=left).get("UnprocessedItems")
                if not left:
                    break
                time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 -- a wait, no secret
            if left:
                raise UnwrittenError(sum(map(len, left.values())))

    def newest(
        self, index: str, *, key: tuple[str, str], sort: str, after: str | None, limit: int
    ) -> tuple[list[Item], str | None]:
        """Return a page of an index partition, newest first, and where to go on from.

        `key` is the index's partition attribute and value, `sort` its sort attribute; `after` is the sort
        value of the last row already seen.
        """
        attribute, value = key
        condition, values = f"{attribute} = :key", {":key": value}
        if after is not None:
            condition, values = f"{condition} AND {sort} < :after", {**values, ":after": after}
        answer = self.client.query(
            TableName=self.name,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=marshal(values),
            ScanIndexForward=False,
            Limit=limit,
        )
        rows = [unmarshal(item) for item in answer["Items"]]
        more = "LastEvaluatedKey" in answer and rows
        return self.read_all([(r["pk"], r["sk"]) for r in rows]), rows[-1][sort] if more else None

    def transact(self, operations: Sequence[Mapping[str, Any]]) -> None:
        """Write all operations or none; raises the client's error with its cancellation reasons."""
        self.insist(lambda: self.client.transact_write_items(TransactItems=cast("Any", list(operations))))

    def insist(self, write: Callable[[], Answer]) -> Answer:
        """Do a write again while another transaction holds an item of it, and return its answer.

        The client library does not try again by itself: we do, so that the loser meets its condition and
        learns the new state. A table without room is waited for longer, and then told as `BusyError`: that is
        nobody's change. Raises what the last try raised.
        """
        conflicts, throttles = iter(_PAUSES), iter(_BUSY_PAUSES)
        while True:
            try:
                return write()
            except ClientError as error:
                if is_throttle(error):
                    pause = next(throttles, None)
                    if pause is None:
                        raise BusyError(seconds=PAUSE_SECONDS) from error
                elif is_conflict(error):
                    pause = next(conflicts, None)
                    if pause is None:
                        raise
                else:
                    raise
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 -- a wait, no secret

    def put_operation(self, item: Item, *, condition: str | None = None, **values: object) -> dict[str, Any]:
        """Return a Put for a transaction; `values` fill the `:names` of the condition."""
        put: dict[str, Any] = {"TableName": self.name, "Item": marshal(item)}
        if condition is not None:
            put["ConditionExpression"] = condition
        if values:
            put["ExpressionAttributeValues"] = marshal({f":{name}": value for name, value in values.items()})
        return {"Put": put}
