"""What the use cases of tracked invoices ask of the outside.

Every write either happens wholly or raises, and may be repeated with the same arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from choriste.application.access.ports import Accounts, Directory
from choriste.application.approvals.ports import Approvals
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Files, IdempotencyStore, Page
from choriste.domain.deposits.flow import Document
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AuditRow, InvoiceHead, StatusChange
from choriste.domain.tracking.journey import Journey
from choriste.domain.tracking.lists import InvoiceList, Span


class Invoices(Protocol):
    """Tracked invoices: heads, history and audit chain, written together."""

    def register(
        self, head: InvoiceHead, change: StatusChange, audit: AuditRow, *, document: Document
    ) -> None:
        """Record a new invoice and its document's acceptance in one transaction.

        Raises `DuplicateInvoiceError` when supplier, number, year and recipient are taken by another,
        `PieceAnsweredError` when another document answers one of its preceding pieces,
        `IdentifierTakenError` when the id is taken.
        """
        ...

    def save(self, journey: Journey) -> None:
        """Write an invoice with its new history rows; raises `StaleVersionError` if it has moved on.

        The version of `journey.before` must still be in force. A recycling to another recipient claims the
        number there: raises `DuplicateInvoiceError` when it is taken. A deleted draft gives its number back.
        """
        ...

    def get(self, invoice_id: InvoiceId) -> InvoiceHead | None:
        """Return the head of an invoice."""
        ...

    def numbered(self, *, supplier: str, recipient: str, year: int, number: str) -> InvoiceId | None:
        """Return the invoice with that number of that year, between the parties with those identifiers."""
        ...

    def with_change(self, invoice_id: InvoiceId, version: int) -> tuple[InvoiceHead, StatusChange] | None:
        """Return a head and the change of one version, as they are now; None where either is missing."""
        ...

    def history(self, invoice_id: InvoiceId) -> tuple[StatusChange, ...]:
        """Return the status changes of an invoice, oldest first."""
        ...

    def audit_chain(self, invoice_id: InvoiceId) -> tuple[AuditRow, ...]:
        """Return the audit rows of an invoice, oldest first."""
        ...

    def places(
        self, which: InvoiceList, *, within: Span | None = None, after: str | None, limit: int
    ) -> Page[str]:
        """Return a page of the places of a list, newest deposit first; by day or number from the least up.

        Who has just acted may find it a second behind: an invoice that has left a list may still be there.
        """
        ...

    def count(self, which: InvoiceList, *, within: Span | None = None, most: int) -> int:
        """Return how many invoices stand in a list, at most so many; no invoice is read for it."""
        ...

    def heads(self, ids: Sequence[InvoiceId]) -> tuple[InvoiceHead, ...]:
        """Return the heads of invoices as they are now, in the order of the ids, without unknown ones."""
        ...


class InvoicePorts(Protocol):
    """What it takes to read invoices and to change them."""

    @property
    def clock(self) -> Clock:
        """The source of time."""
        ...

    @property
    def invoices(self) -> Invoices:
        """Tracked invoices."""
        ...

    @property
    def approvals(self) -> Approvals:
        """The machines that wait for decisions."""
        ...

    @property
    def directory(self) -> Directory:
        """The structures of the platform."""
        ...

    @property
    def accounts(self) -> Accounts:
        """Users, technical accounts and API clients."""
        ...


class FilePorts(InvoicePorts, Protocol):
    """What it takes to handle the files of invoices as well."""

    @property
    def files(self) -> Files:
        """The bytes that the platform keeps."""
        ...

    @property
    def idempotency(self) -> IdempotencyStore:
        """What was done already."""
        ...
