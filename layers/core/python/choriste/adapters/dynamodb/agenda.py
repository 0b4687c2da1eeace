"""What is due: flows and invoices that carry `due_shard` and `due_at`."""

from __future__ import annotations

import datetime as dt

from botocore.exceptions import ClientError

from choriste.adapters.dynamodb.table import (
    CoreTable,
    Item,
    Prefix,
    is_condition_failure,
    marshal,
    shards,
    stamp,
    unmarshal,
)
from choriste.application.ports import DueItem

_KINDS = {Prefix.FLOW: "flow", Prefix.INVOICE: "invoice"}


class DynamoAgenda:
    """Implements `choriste.application.ports.Agenda`."""

    def __init__(self, table: CoreTable) -> None:
        self._table = table

    def due_before(self, moment: dt.datetime, *, limit: int) -> tuple[DueItem, ...]:
        """Return what was due before a moment, oldest first."""
        found: list[Item] = []
        for shard in shards("due"):
            answer = self._table.client.query(
                TableName=self._table.name,
                IndexName="due",
                KeyConditionExpression="due_shard = :shard AND due_at < :moment",
                ExpressionAttributeValues=marshal({":shard": shard, ":moment": stamp(moment)}),
                Limit=limit,
            )
            found += map(unmarshal, answer["Items"])
        oldest = sorted(found, key=lambda item: str(item["due_at"]))[:limit]
        return tuple(_due_item(item) for item in oldest)

    def postpone(self, item: DueItem, until: dt.datetime) -> None:
        """Look at an item again later; does nothing when it is not due any more."""
        pk = f"{_prefix(item.kind)}{item.id}"
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=marshal({"pk": pk, "sk": "HEAD"}),
                UpdateExpression="SET due_at = :until",
                ConditionExpression="attribute_exists(due_shard)",
                ExpressionAttributeValues=marshal({":until": f"{stamp(until)}#{pk}"}),
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise


def _due_item(item: Item) -> DueItem:
    prefix, _, identifier = str(item["pk"]).partition("#")
    due_at = dt.datetime.fromisoformat(str(item["due_at"]).partition("#")[0])
    return DueItem(kind=_KINDS[Prefix(f"{prefix}#")], id=identifier, due_at=due_at)


def _prefix(kind: str) -> Prefix:
    return next(prefix for prefix, name in _KINDS.items() if name == kind)
