"""What was done already, in the idempotency table; rows end by TTL, and count as ended from then on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, cast

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.records.formats import RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import unchanged
from choriste.adapters.aws.dynamodb.table import Item, is_condition_failure, marshal, unmarshal
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Acquisition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

IDEMPOTENCY: Final = RowFormat(
    kind="idempotency", names=frozenset({"value", "expiration"}), upcasters=(unchanged,)
)

_CLAIM: Final = "claim of "
_DONE: Final = "done"


class DynamoIdempotencyStore:
    """Implements `choriste.application.shared.ports.IdempotencyStore`."""

    def __init__(self, client: DynamoDBClient, table: str, *, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def acquire(self, key: str, *, by: str, until: dt.datetime) -> Acquisition:
        """Acquire a piece of work for a holder, who gets it again until it is completed."""
        found = self._put(key, f"{_CLAIM}{by}", until)
        if found is None:
            return Acquisition.ACQUIRED
        return Acquisition.HELD if found.startswith(_CLAIM) else Acquisition.DONE

    def complete(self, key: str, *, until: dt.datetime) -> None:
        """Remember until then that claimed work is done, even if another process holds the claim now."""
        self.put(key, _DONE, until=until)

    def get(self, key: str) -> str | None:
        """Return the value kept under a key."""
        answer = self._client.get_item(TableName=self._table, Key=marshal({"id": key}), ConsistentRead=True)
        item = unmarshal(answer["Item"]) if "Item" in answer else None
        row = IDEMPOTENCY.read(item) if item is not None else None
        alive = row is not None and row["expiration"] > self._now()
        return str(row["value"]) if row is not None and alive else None

    def put(self, key: str, value: str, *, until: dt.datetime) -> None:
        """Keep a value under a key, in place of an earlier one."""
        self._client.put_item(TableName=self._table, Item=marshal(_item(key, value, until)))

    def put_if_absent(self, key: str, value: str, *, until: dt.datetime) -> str:
        """Keep a value under a key and return the one that counts: the first."""
        found = self._put(key, value, until)
        return value if found is None else found

    def _put(self, key: str, value: str, until: dt.datetime) -> str | None:
        """Write a value where no other is alive; return the other that stands in the way, or None."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=marshal(_item(key, value, until)),
                ConditionExpression="attribute_not_exists(id) OR expiration <= :now OR #value = :value",
                ExpressionAttributeNames={"#value": "value"},
                ExpressionAttributeValues=marshal({":now": self._now(), ":value": value}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if is_condition_failure(error):
                return str(IDEMPOTENCY.read(unmarshal(_found(error)))["value"])
            raise
        return None

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def _item(key: str, value: str, until: dt.datetime) -> Item:
    return {"id": key, **IDEMPOTENCY.attributes(value=value, expiration=int(until.timestamp()))}


def _found(error: ClientError) -> Item:
    """Return the item that a refused condition met, in the wire form; the client's types do not know it."""
    return cast("Item", error.response["Item"])  # type: ignore[typeddict-item]
