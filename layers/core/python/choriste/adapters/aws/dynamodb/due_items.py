"""What is due: flows, invoices and requests for access that carry `due_shard` and `due_at`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.table import (
    CoreTable,
    Item,
    Prefix,
    is_condition_failure,
    is_conflict,
    marshal,
    shards,
    stamp,
    unmarshal,
)
from choriste.application.operations.ports import EVERY_KIND, DueItem, DueKind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

_PAGE = 200
_KINDS = {
    Prefix.FLOW: DueKind.FLOW,
    Prefix.INVOICE: DueKind.INVOICE,
    Prefix.REQUEST: DueKind.REQUEST,
    Prefix.TRANSFER: DueKind.TRANSFER,
    Prefix.MERGER: DueKind.MERGER,
}


class DynamoDueItems:
    """Implements `choriste.application.operations.ports.DueItems`."""

    def __init__(self, table: CoreTable) -> None:
        self._table = table

    def due_before(
        self, moment: dt.datetime, *, limit: int, kinds: frozenset[DueKind] = EVERY_KIND
    ) -> tuple[DueItem, ...]:
        """Return what of some kinds was due before a moment, oldest first."""
        found: list[Item] = []
        for shard in shards("due"):
            wanted = (item for item in self._due(shard, moment) if _kind(item) in kinds)
            found += islice(wanted, limit)
        oldest = sorted(found, key=lambda item: str(item["due_at"]))[:limit]
        return tuple(_due_item(item) for item in oldest)

    def _due(self, shard: str, moment: dt.datetime) -> Iterator[Item]:
        """Yield what is due in one partition of the index, oldest first, page by page."""
        asked: QueryInputTypeDef = {
            "TableName": self._table.name,
            "IndexName": "due",
            "KeyConditionExpression": "due_shard = :shard AND due_at < :moment",
            "ExpressionAttributeValues": marshal({":shard": shard, ":moment": stamp(moment)}),
            "Limit": _PAGE,
        }
        while True:
            answer = self._table.client.query(**asked)
            yield from map(unmarshal, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def postpone(self, item: DueItem, until: dt.datetime) -> bool:
        """Look at an item again later, and return whether it was this call that put it off."""
        pk = f"{_prefix(item.kind)}{item.id}"
        moments = {":until": f"{stamp(until)}#{pk}", ":found": f"{stamp(item.due_at)}#{pk}"}
        try:
            self._table.insist(lambda: self._set_due(pk, moments))
        except ClientError as error:
            # another transaction that holds the item all this time sets its due time itself
            if not is_condition_failure(error) and not is_conflict(error):
                raise
            return False
        return True

    def _set_due(self, pk: str, moments: dict[str, str]) -> object:
        return self._table.client.update_item(
            TableName=self._table.name,
            Key=marshal({"pk": pk, "sk": "HEAD"}),
            UpdateExpression="SET due_at = :until",
            ConditionExpression="attribute_exists(due_shard) AND due_at = :found",
            ExpressionAttributeValues=marshal(moments),
        )


def _due_item(item: Item) -> DueItem:
    identifier = str(item["pk"]).partition("#")[2]
    due_at = dt.datetime.fromisoformat(str(item["due_at"]).partition("#")[0])
    return DueItem(kind=_kind(item), id=identifier, due_at=due_at)


def _kind(item: Item) -> DueKind:
    return _KINDS[Prefix(f"{str(item['pk']).partition('#')[0]}#")]


def _prefix(kind: DueKind) -> Prefix:
    return next(prefix for prefix, known in _KINDS.items() if known is kind)
