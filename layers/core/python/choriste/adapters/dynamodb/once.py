"""What was done already, in the idempotency table; rows end by TTL, and count as ended from then on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from choriste.adapters.dynamodb.table import is_condition_failure, marshal, unmarshal
from choriste.application.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DynamoOnce:
    """Implements `choriste.application.ports.Once`."""

    def __init__(self, client: DynamoDBClient, table: str, *, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def claim(self, key: str, *, until: dt.datetime) -> bool:
        """Return True for the first caller with this key."""
        return self._put(key, "claimed", until)

    def release(self, key: str) -> None:
        """Forget a claim whose work failed."""
        self._client.delete_item(TableName=self._table, Key=marshal({"id": key}))

    def recall(self, key: str) -> str | None:
        """Return the value remembered under a key."""
        answer = self._client.get_item(TableName=self._table, Key=marshal({"id": key}), ConsistentRead=True)
        item = unmarshal(answer["Item"]) if "Item" in answer else None
        alive = item is not None and item["expiration"] > self._now()
        return str(item["value"]) if item is not None and alive else None

    def remember(self, key: str, value: str, *, until: dt.datetime) -> str:
        """Remember a value under a key and return the one that counts: the first."""
        if self._put(key, value, until):
            return value
        return self.recall(key) or value

    def _put(self, key: str, value: str, until: dt.datetime) -> bool:
        item = {"id": key, "value": value, "expiration": int(until.timestamp())}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=marshal(item),
                ConditionExpression="attribute_not_exists(id) OR expiration <= :now",
                ExpressionAttributeValues=marshal({":now": self._now()}),
            )
        except ClientError as error:
            if is_condition_failure(error):
                return False
            raise
        return True

    def _now(self) -> int:
        return int(self._clock.now().timestamp())
