"""Tracked invoices in memory with their outbox: the twin of the DynamoDB adapters, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

from choriste.application.shared.ports import Page
from choriste.domain.deposits.flow import Document
from choriste.domain.lifecycle.editing import frees_number
from choriste.domain.shared.errors import (
    DuplicateInvoiceError,
    IdentifierTakenError,
    NotFoundError,
    PieceAnsweredError,
    StaleVersionError,
)
from choriste.domain.shared.ids import EventId, InvoiceId
from choriste.domain.tracking.head import AuditRow, InvoiceHead, StatusChange
from choriste.domain.tracking.journey import Journey
from choriste.domain.tracking.lists import InvoiceList, ListKind, Span, places_of
from tests.fakes.flows import MemoryFlows

_Guard = tuple[str, int, str, str]


class MemoryInvoices:
    """Implements the ports `Invoices` and `Outbox`."""

    def __init__(self, flows: MemoryFlows) -> None:
        self._flows = flows
        self._lock = RLock()
        self._heads: dict[InvoiceId, InvoiceHead] = {}
        self._numbers: dict[_Guard, InvoiceId] = {}
        self._answers: dict[InvoiceId, InvoiceId] = {}
        self._changes: dict[EventId, StatusChange] = {}
        self._audits: dict[InvoiceId, list[AuditRow]] = {}
        self._unpublished: dict[EventId, StatusChange] = {}

    def register(
        self, head: InvoiceHead, change: StatusChange, audit: AuditRow, *, document: Document
    ) -> None:
        """Record a new invoice and its document's acceptance; raises `DuplicateInvoiceError`."""
        with self._lock:
            first = self._numbers.get(_guard(head), head.id)
            if first != head.id:
                raise DuplicateInvoiceError(first)
            if head.id in self._heads:
                if _guard(head) in self._numbers:
                    return
                raise IdentifierTakenError(id=head.id)
            for piece in head.previous:
                by = self._answers.get(piece, head.id)
                if by != head.id:
                    raise PieceAnsweredError(piece=piece, by=by)
            self._answers.update(dict.fromkeys(head.previous, head.id))
            self._numbers[_guard(head)] = head.id
            self._flows.accept(document)
            self._write(head, (change,), (audit,))

    def save(self, journey: Journey) -> None:
        """Write an invoice with its new history rows; raises `StaleVersionError` if it has moved on."""
        head = journey.head
        with self._lock:
            current = self._heads.get(head.id)
            if current is None:
                raise NotFoundError(kind="invoice", id=head.id)
            if current == head:
                return
            if current.version != journey.before.version:
                raise StaleVersionError(version=current.version, status=current.status.value)
            first = self._numbers.setdefault(_guard(head), head.id)
            if first != head.id:
                raise DuplicateInvoiceError(first)
            if frees_number(head.status):
                self._numbers.pop(_guard(head))
            self._write(head, journey.changes, journey.audits)

    def get(self, invoice_id: InvoiceId) -> InvoiceHead | None:
        """Return the head of an invoice."""
        return self._heads.get(invoice_id)

    def every(self) -> tuple[InvoiceHead, ...]:
        """Return every head, oldest first."""
        return tuple(self._heads.values())

    def numbered(self, *, supplier: str, recipient: str, year: int, number: str) -> InvoiceId | None:
        """Return the invoice with that number of that year, between the parties with those identifiers."""
        return self._numbers.get((supplier, year, recipient, number))

    def with_change(self, invoice_id: InvoiceId, version: int) -> tuple[InvoiceHead, StatusChange] | None:
        """Return a head and the change of one version."""
        with self._lock:
            head = self.get(invoice_id)
            change = next((one for one in self.history(invoice_id) if one.version == version), None)
        return (head, change) if head is not None and change is not None else None

    def history(self, invoice_id: InvoiceId) -> tuple[StatusChange, ...]:
        """Return the status changes of an invoice, oldest first."""
        return tuple(change for change in self._changes.values() if change.invoice_id == invoice_id)

    def audit_chain(self, invoice_id: InvoiceId) -> tuple[AuditRow, ...]:
        """Return the audit rows of an invoice, oldest first."""
        return tuple(self._audits.get(invoice_id, ()))

    def places(
        self, which: InvoiceList, *, within: Span | None = None, after: str | None, limit: int
    ) -> Page[str]:
        """Return a page of the places of a list."""
        rises = which.kind in {ListKind.DUE, ListKind.ISSUED_NUMBER, ListKind.RECEIVED_NUMBER}
        found = sorted(self._within(which, within), reverse=not rises)
        rest = [each for each in found if after is None or (each > after if rises else each < after)]
        return Page(tuple(rest[:limit]), rest[limit - 1] if len(rest) > limit else None)

    def count(self, which: InvoiceList, *, within: Span | None = None, most: int) -> int:
        """Return how many invoices stand in a list, at most so many."""
        return min(most, len(self._within(which, within)))

    def heads(self, ids: Sequence[InvoiceId]) -> tuple[InvoiceHead, ...]:
        """Return the heads of invoices, in the order of the ids."""
        return tuple(self._heads[each] for each in ids if each in self._heads)

    def _within(self, which: InvoiceList, within: Span | None) -> list[str]:
        least, most = (within.least, within.most) if within is not None else (None, None)
        stand = (places_of(head).get(which) for head in tuple(self._heads.values()))
        return [
            place
            for place in stand
            if place is not None and (not least or place >= least) and (not most or place <= most)
        ]

    def pending(self, *, limit: int) -> tuple[StatusChange, ...]:
        """Return unpublished changes, oldest first."""
        return tuple(self._unpublished.values())[:limit]

    def unpublished(self, ids: Sequence[EventId]) -> tuple[StatusChange, ...]:
        """Return those of the named changes that are yet to be published, in the order of the ids."""
        return tuple(self._unpublished[event] for event in dict.fromkeys(ids) if event in self._unpublished)

    def mark_published(self, changes: Sequence[StatusChange]) -> None:
        """Take changes off the list; taking one off twice does nothing."""
        for change in changes:
            self._unpublished.pop(change.id, None)

    def _write(self, head: InvoiceHead, changes: Sequence[StatusChange], audits: Sequence[AuditRow]) -> None:
        self._heads[head.id] = head
        for change in changes:
            self._changes[change.id] = self._unpublished[change.id] = change
        self._audits.setdefault(head.id, []).extend(audits)


def _guard(head: InvoiceHead) -> _Guard:
    return (head.supplier.identifier, head.issue_date.year, head.recipient.identifier, head.number)
