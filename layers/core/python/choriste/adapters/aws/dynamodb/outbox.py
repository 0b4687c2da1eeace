"""The outbox: history rows that carry `outbox_shard` until their event was published."""

from __future__ import annotations

from collections.abc import Sequence

from choriste.adapters.aws.dynamodb.invoices import STATUS_CHANGE, change_item
from choriste.adapters.aws.dynamodb.table import CoreTable, Prefix, marshal, shards, unmarshal
from choriste.domain.shared.ids import EventId, InvoiceId, event_id, parts_of
from choriste.domain.tracking.head import StatusChange

_EVENT = "EVENT#"


class DynamoOutbox:
    """Implements `choriste.application.notices.ports.Outbox`."""

    def __init__(self, table: CoreTable) -> None:
        self._table = table

    def pending(self, *, limit: int) -> tuple[StatusChange, ...]:
        """Return unpublished changes, oldest first."""
        rows: list[tuple[str, str, str]] = []
        for shard in shards("outbox"):
            answer = self._table.client.query(
                TableName=self._table.name,
                IndexName="outbox",
                KeyConditionExpression="outbox_shard = :shard",
                ExpressionAttributeValues=marshal({":shard": shard}),
                Limit=limit,
            )
            found = map(unmarshal, answer["Items"])
            rows += [(item["outbox_at"], item["pk"], item["sk"]) for item in found]
        oldest = sorted(rows)[:limit]
        items = self._table.read_all([(pk, sk) for _, pk, sk in oldest])
        return tuple(STATUS_CHANGE.read(item) for item in items if "outbox_shard" in item)

    def unpublished(self, ids: Sequence[EventId]) -> tuple[StatusChange, ...]:
        """Return those of the named changes that are yet to be published, in the order of the ids."""
        items = self._table.read_all([_key(event) for event in dict.fromkeys(ids)])
        return tuple(STATUS_CHANGE.read(item) for item in items if "outbox_shard" in item)

    def mark_published(self, changes: Sequence[StatusChange]) -> None:
        """Take changes off the list; taking one off twice does nothing.

        A change is never rewritten otherwise, so its row is put whole: many rows are one request.
        """
        self._table.put_all([change_item(change, published=True) for change in changes])


def event_of_key(pk: str, sk: str) -> EventId | None:
    """Return the event that an item's keys name, None for an item that is no history row."""
    if not (pk.startswith(Prefix.INVOICE) and sk.startswith(_EVENT)):
        return None
    return event_id(InvoiceId(int(pk.removeprefix(Prefix.INVOICE))), int(sk.removeprefix(_EVENT)))


def _key(event: EventId) -> tuple[str, str]:
    invoice_id, version = parts_of(event)
    return f"{Prefix.INVOICE}{invoice_id}", f"{_EVENT}{version:04d}"
