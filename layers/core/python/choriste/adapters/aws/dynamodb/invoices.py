"""Tracked invoices in the core table, and their audit chain in the put-only audit table.

One change is one transaction: the head (on condition of its version), a history row that is at once the
outbox entry, and an audit row. Registration adds the number guard and the document's acceptance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb import invoice_lists
from choriste.adapters.aws.dynamodb.flows import document_item
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import (
    not_fetched,
    unchanged,
    with_defaults_of_schema_1,
    without_payment_day,
)
from choriste.adapters.aws.dynamodb.table import (
    CoreTable,
    Item,
    Prefix,
    failed_conditions,
    is_conflict,
    marshal,
    shard_of,
    stamp,
    unmarshal,
)
from choriste.application.shared.ports import Page
from choriste.domain.deposits.flow import Document, Outcome
from choriste.domain.lifecycle import MOVES_LISTS
from choriste.domain.lifecycle.editing import frees_number
from choriste.domain.shared.errors import (
    BusyError,
    DuplicateInvoiceError,
    IdentifierTakenError,
    NotFoundError,
    PieceAnsweredError,
    StaleVersionError,
)
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AuditRow, InvoiceHead, Involvement, StatusChange, involvements_of
from choriste.domain.tracking.journey import Journey
from choriste.domain.tracking.lists import InvoiceList, Span

INVOICE = RecordFormat(
    kind="invoice",
    model=InvoiceHead,
    upcasters=(with_defaults_of_schema_1("invoice"), not_fetched, without_payment_day),
)
STATUS_CHANGE = RecordFormat(
    kind="status-change", model=StatusChange, upcasters=(with_defaults_of_schema_1("status-change"),)
)
NUMBER_GUARD = RowFormat(
    kind="number-guard",
    names=frozenset({"invoice_id"}),
    optional=invoice_lists.GUARD_ATTRIBUTES,
    upcasters=(unchanged,),
)
ANSWER_GUARD = RowFormat(kind="answer-guard", names=frozenset({"invoice_id"}))
INVOICE_LINK = RowFormat(kind="invoice-link", names=frozenset({"owner_key", "owner_sort"}))
AUDIT_ROW = RowFormat(kind="audit-row", names=frozenset({"previous", "body", "hash"}), upcasters=(unchanged,))

_HEAD = "HEAD"
_FREE = "attribute_not_exists(pk)"


class DynamoInvoices:
    """Implements `choriste.application.invoices.ports.Invoices`."""

    def __init__(self, table: CoreTable, *, audit_table: str) -> None:
        self._table = table
        self._audit_table = audit_table

    def register(
        self, head: InvoiceHead, change: StatusChange, audit: AuditRow, *, document: Document
    ) -> None:
        """Record a new invoice and its document's acceptance; raises `DuplicateInvoiceError`."""
        guard = number_guard(head)
        operations = [
            self._table.put_operation(_claim(head), condition=_FREE),
            self._table.put_operation(_head_item(head), condition=_FREE),
            self._table.put_operation(change_item(change)),
            self._audit_operation(audit),
            self._table.put_operation(
                document_item(document), condition="outcome = :pending", pending=Outcome.PENDING.value
            ),
            *self._links(head),
            *map(self._answer_operation, self._answers(head)),
        ]
        try:
            self._table.transact(operations)
        except ClientError as error:
            if not failed_conditions(error):
                raise
            self._explain(head, guard, error)

    def _explain(self, head: InvoiceHead, guard: str, error: ClientError) -> None:
        """Distinguish a repeat of this registration (nothing to do) from a conflict with another invoice."""
        claim = self._table.get(guard, "GUARD")
        if claim is None:
            self._explain_answers(head)
        if claim is None and self.get(head.id) is not None:
            raise IdentifierTakenError(id=head.id) from error
        if claim is None:
            raise error
        holder = _holder(claim, NUMBER_GUARD)
        if holder != head.id:
            raise DuplicateInvoiceError(holder)

    def _answers(self, head: InvoiceHead) -> list[Item]:
        """Return the guards of the pieces that a document answers: each has one answer only."""
        return [_answer(piece, head) for piece in head.previous]

    def _answer_operation(self, item: Item) -> dict[str, Any]:
        mine = f"{_FREE} OR invoice_id = :mine"
        return self._table.put_operation(item, condition=mine, mine=item["invoice_id"])

    def _explain_answers(self, head: InvoiceHead) -> None:
        for piece in head.previous:
            claim = self._table.get(f"{Prefix.ANSWER}{piece}", "GUARD")
            if claim is not None and (holder := _holder(claim, ANSWER_GUARD)) != head.id:
                raise PieceAnsweredError(piece=piece, by=holder)

    def save(self, journey: Journey) -> None:
        """Write an invoice with its new history rows; raises `StaleVersionError` if it has moved on."""
        head, changes = journey.head, journey.changes
        taken = {change.transition for change in changes}
        links = self._links(head) if taken & MOVES_LISTS else []
        numbers = self._numbers(head) if "recycle" in taken or frees_number(head.status) else []
        put = self._table.put_operation(
            _head_item(head), condition="version = :expected", expected=journey.before.version
        )
        rows = [self._table.put_operation(change_item(change)) for change in changes]
        try:
            self._table.transact([put, *numbers, *rows, *links, *map(self._audit_operation, journey.audits)])
        except ClientError as error:
            refused = failed_conditions(error)
            if not refused and not is_conflict(error):
                raise
            self._explain_stale(journey, number_taken=bool(numbers) and refused[:1] == (1,))

    def _numbers(self, head: InvoiceHead) -> list[dict[str, Any]]:
        """Give a deleted draft's number back, or claim the number with the recipient that it now has."""
        if frees_number(head.status):
            key = marshal({"pk": number_guard(head), "sk": "GUARD"})
            return [{"Delete": {"TableName": self._table.name, "Key": key}}]
        mine = f"{_FREE} OR invoice_id = :mine"
        return [self._table.put_operation(_claim(head), condition=mine, mine=head.id)]

    def _links(self, head: InvoiceHead) -> list[dict[str, Any]]:
        return [
            self._table.put_operation(_link(head, kind, owner))
            for kind, owner in sorted(involvements_of(head))
        ]

    def _explain_stale(self, journey: Journey, *, number_taken: bool) -> None:
        """Distinguish a repeat of this write (nothing to do) from a conflicting one, and from a mere wait."""
        head = journey.head
        current = self.get(head.id)
        if current is None:
            raise NotFoundError(kind="invoice", id=head.id)
        claim = self._table.get(number_guard(head), "GUARD") if number_taken else None
        if claim is not None and current != head:
            raise DuplicateInvoiceError(_holder(claim, NUMBER_GUARD))
        if current.version == journey.before.version:
            # nobody changed it: other transactions held it all the time
            raise BusyError(seconds=1)
        if current != head:
            raise StaleVersionError(version=current.version, status=current.status.value)

    def get(self, invoice_id: InvoiceId) -> InvoiceHead | None:
        """Return the head of an invoice."""
        item = self._table.get(_pk(invoice_id), _HEAD)
        return INVOICE.read(item) if item else None

    def numbered(self, *, supplier: str, recipient: str, year: int, number: str) -> InvoiceId | None:
        """Return the invoice with that number of that year, between the parties with those identifiers."""
        claim = self._table.get(_number_key(supplier, year, recipient, number), "GUARD")
        return _holder(claim, NUMBER_GUARD) if claim is not None else None

    def with_change(self, invoice_id: InvoiceId, version: int) -> tuple[InvoiceHead, StatusChange] | None:
        """Return the change of one version and a head no older than it, read at once.

        The change was written a while ago, mostly: the cheap read finds it, and the consistent one, at twice
        the price, is for when it does not.
        """
        return self._with_change(invoice_id, version, consistent=False) or self._with_change(
            invoice_id, version, consistent=True
        )

    def _with_change(
        self, invoice_id: InvoiceId, version: int, *, consistent: bool
    ) -> tuple[InvoiceHead, StatusChange] | None:
        pk = _pk(invoice_id)
        rows = self._table.read_all([(pk, _HEAD), (pk, _event_sk(version))], consistent=consistent)
        if len(rows) < 2:  # noqa: PLR2004 - one of the two is missing
            return None
        head, change = INVOICE.read(rows[0]), STATUS_CHANGE.read(rows[1])
        return (head, change) if head.version >= version else None

    def history(self, invoice_id: InvoiceId) -> tuple[StatusChange, ...]:
        """Return the status changes of an invoice, oldest first."""
        items = self._table.partition(_pk(invoice_id), prefix="EVENT#")
        return tuple(STATUS_CHANGE.read(item) for item in items)

    def audit_chain(self, invoice_id: InvoiceId) -> tuple[AuditRow, ...]:
        """Return the audit rows of an invoice, oldest first."""
        pages = self._table.client.get_paginator("query").paginate(
            TableName=self._audit_table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=marshal({":pk": _pk(invoice_id)}),
            ConsistentRead=True,
        )
        return tuple(_audit_row(unmarshal(item)) for page in pages for item in page["Items"])

    def places(
        self, which: InvoiceList, *, within: Span | None = None, after: str | None, limit: int
    ) -> Page[str]:
        """Return a page of the places of a list, from keys alone; they may be a second old."""
        return invoice_lists.places(self._table, which, within=within, after=after, limit=limit)

    def count(self, which: InvoiceList, *, within: Span | None = None, most: int) -> int:
        """Return how many invoices stand in a list, at most so many; it may be a second old."""
        return invoice_lists.count(self._table, which, within=within, most=most)

    def heads(self, ids: Sequence[InvoiceId]) -> tuple[InvoiceHead, ...]:
        """Return the heads of invoices as they are now, in the order of the ids."""
        items = self._table.read_all([(_pk(one), _HEAD) for one in ids], consistent=True)
        return tuple(INVOICE.read(item) for item in items)

    def _audit_operation(self, row: AuditRow) -> dict[str, Any]:
        item = {
            "pk": _pk(row.invoice_id),
            "sk": f"{row.version:04d}",
            **AUDIT_ROW.attributes(previous=row.previous, body=row.body, hash=row.hash),
        }
        return {"Put": {"TableName": self._audit_table, "Item": marshal(item), "ConditionExpression": _FREE}}


def number_guard(head: InvoiceHead) -> str:
    """Return the key that makes supplier + number + year + recipient unique.

    Source: docs/reference/deposits.md#duplicates.
    """
    return _number_key(head.supplier.identifier, head.issue_date.year, head.recipient.identifier, head.number)


def _number_key(supplier: str, year: int, recipient: str, number: str) -> str:
    return Prefix.NUMBER + "#".join((supplier, str(year), recipient, number))


def _head_item(head: InvoiceHead) -> Item:
    pk = _pk(head.id)
    item: Item = {
        "pk": pk,
        "sk": _HEAD,
        "version": head.version,
        **invoice_lists.head_rows(head),
        **INVOICE.attributes(head),
    }
    if head.due_at is not None:
        item["due_shard"] = shard_of("due", pk)
        item["due_at"] = f"{stamp(head.due_at)}#{pk}"
    return item


def _claim(head: InvoiceHead) -> Item:
    claim = NUMBER_GUARD.attributes(invoice_id=head.id, **invoice_lists.guard_rows(head))
    return {"pk": number_guard(head), "sk": "GUARD", **claim}


def _answer(piece: InvoiceId, head: InvoiceHead) -> Item:
    return {"pk": f"{Prefix.ANSWER}{piece}", "sk": "GUARD", **ANSWER_GUARD.attributes(invoice_id=head.id)}


def _holder(guard: Item, kind: RowFormat) -> InvoiceId:
    """Return the invoice that a guard item reserves a number for."""
    return InvoiceId(int(kind.read(guard)["invoice_id"]))


def _link(head: InvoiceHead, kind: Involvement, owner: str) -> Item:
    """Return the row that puts an invoice in a further list; a stale one is passed over by its reader."""
    return {
        "pk": _pk(head.id),
        "sk": f"LINK#{kind}#{owner}",
        **INVOICE_LINK.attributes(
            owner_key=f"{kind}#{owner}", owner_sort=f"{stamp(head.deposited_at)}#{head.id}"
        ),
    }


def change_item(change: StatusChange, *, published: bool = False) -> Item:
    """Return the history row of a change; until it is published it is in the outbox too."""
    row: Item = {
        "pk": _pk(change.invoice_id),
        "sk": _event_sk(change.version),
        **STATUS_CHANGE.attributes(change),
    }
    if not published:
        row["outbox_shard"] = shard_of("outbox", str(change.invoice_id))
        row["outbox_at"] = f"{stamp(change.at)}#{change.id}"
    return row


def _audit_row(item: Item) -> AuditRow:
    return AuditRow(
        invoice_id=InvoiceId(int(item["pk"].removeprefix(Prefix.INVOICE))),
        version=int(item["sk"]),
        **AUDIT_ROW.read(item),
    )


def _pk(invoice_id: InvoiceId) -> str:
    return f"{Prefix.INVOICE}{invoice_id}"


def _event_sk(version: int) -> str:
    return f"EVENT#{version:04d}"
