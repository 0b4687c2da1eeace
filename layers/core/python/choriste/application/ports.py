"""The ports: what the use cases ask of the outside. Adapters implement them; see `choriste.adapters`.

Every write either happens wholly or raises, and may be repeated with the same arguments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from choriste.application.access.ports import Accounts, Directory
from choriste.application.shared.clock import Clock
from choriste.domain.deposits.flow import Document, Flow
from choriste.domain.drafts.draft import Draft
from choriste.domain.shared.ids import EventId, FlowId, InvoiceId
from choriste.domain.tracking.head import AuditRow, InvoiceHead, Involvement, StatusChange
from choriste.domain.tracking.journey import Journey

Row_co = TypeVar("Row_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row_co]):
    """A page of a list; `after` is the place to go on from, None at the end."""

    rows: tuple[Row_co, ...]
    after: str | None


class Bucket(StrEnum):
    """The buckets that the platform writes to: `archive` is write-once, `documents` can be made again."""

    INBOX = "inbox"
    ARCHIVE = "archive"
    DOCUMENTS = "documents"


class Flows(Protocol):
    """Deposited files and their documents."""

    def open(self, flow: Flow) -> Flow:
        """Record a new flow, or return the one that already stands for the same bytes and depositor.

        A flow that was refused as a whole does not stand in the way of a new deposit of its bytes, but of
        the same drop. A flow without documents (0) is recorded as refused.
        Raises `IdentifierTakenError` when the flow's id belongs to another one.
        """
        ...

    def get(self, flow_id: FlowId) -> Flow | None:
        """Return a flow."""
        ...

    def add_documents(self, flow: Flow, documents: Sequence[Document]) -> tuple[Document, ...]:
        """Record what the file holds and return it; documents recorded before keep their invoice ids."""
        ...

    def refuse(self, flow: Flow) -> None:
        """Record that the file holds nothing that can be opened; the flow's findings say why."""
        ...

    def document(self, flow_id: FlowId, position: int) -> Document | None:
        """Return one document of a flow by its 1-based position."""
        ...

    def with_document(self, flow_id: FlowId, position: int) -> tuple[Flow, Document] | None:
        """Return a flow and one document of it, as they are now; None where either is missing."""
        ...

    def documents(self, flow_id: FlowId) -> tuple[Document, ...]:
        """Return all documents of a flow in order (at most 500)."""
        ...

    def settle(self, document: Document, *, alone: bool = False) -> Flow:
        """Record a document's refusal or, after `Invoices.register`, count its acceptance in its flow.

        `alone` says that the flow has no other document: it is finished by this very write.
        """
        ...

    def block(self, flow_id: FlowId) -> None:
        """Mark a flow as waiting for the operator; a settled document lifts it."""
        ...

    def deposited_by(self, structure: str, *, after: str | None, limit: int) -> Page[Flow]:
        """Return the flows of a depositor, newest first."""
        ...


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

    def with_change(self, invoice_id: InvoiceId, version: int) -> tuple[InvoiceHead, StatusChange] | None:
        """Return a head and the change of one version, as they are now; None where either is missing."""
        ...

    def history(self, invoice_id: InvoiceId) -> tuple[StatusChange, ...]:
        """Return the status changes of an invoice, oldest first."""
        ...

    def audit_chain(self, invoice_id: InvoiceId) -> tuple[AuditRow, ...]:
        """Return the audit rows of an invoice, oldest first."""
        ...

    def issued_by(self, structure: str, *, after: str | None, limit: int) -> Page[InvoiceHead]:
        """Return the invoices of a supplier, newest first."""
        ...

    def received_by(self, structure: str, *, after: str | None, limit: int) -> Page[InvoiceHead]:
        """Return the invoices for a recipient, newest first."""
        ...

    def involving(self, owner: str, kind: Involvement, *, after: str | None, limit: int) -> Page[InvoiceHead]:
        """Return the invoices of a further list, newest first; its owner may have changed since."""
        ...


class Drafts(Protocol):
    """Invoices that are being prepared."""

    def get(self, draft_id: InvoiceId) -> Draft | None:
        """Return a draft."""
        ...

    def save(self, draft: Draft, *, expected_version: int) -> None:
        """Write a draft, new when `expected_version` is 0; raises `StaleVersionError` if it has moved on.

        Raises `TooLargeError` for one that exceeds what is kept (350 KB, compressed).
        """
        ...

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[Draft]:
        """Return the drafts of a structure, newest first, the closed ones among them."""
        ...


class Outbox(Protocol):
    """Status changes that are yet to be published."""

    def pending(self, *, limit: int) -> tuple[StatusChange, ...]:
        """Return unpublished changes, oldest first."""
        ...

    def unpublished(self, ids: Sequence[EventId]) -> tuple[StatusChange, ...]:
        """Return those of the named changes that are yet to be published, in the order of the ids."""
        ...

    def mark_published(self, changes: Sequence[StatusChange]) -> None:
        """Take changes off the list."""
        ...


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something whose time has come: a flow or an invoice that somebody should have moved on by `due_at`."""

    kind: str
    id: str
    due_at: dt.datetime


class DueItems(Protocol):
    """What is due, by time."""

    def due_before(self, moment: dt.datetime, *, limit: int) -> tuple[DueItem, ...]:
        """Return what was due before a moment, oldest first."""
        ...

    def postpone(self, item: DueItem, until: dt.datetime) -> None:
        """Look at an item again later; does nothing when the item is not due any more."""
        ...


class Files(Protocol):
    """Bytes kept in the platform's buckets."""

    def put(self, bucket: Bucket, key: str, content: bytes, *, mime_type: str) -> None:
        """Keep bytes under a key."""
        ...

    def get(self, bucket: Bucket, key: str) -> bytes:
        """Return the bytes under a key; raises `NotFoundError`."""
        ...

    def size(self, bucket: Bucket, key: str) -> int:
        """Return the size in bytes of what is under a key; raises `NotFoundError`."""
        ...

    def metadata(self, bucket: Bucket, key: str) -> Mapping[str, str]:
        """Return the metadata that came with an object, names in lower case; raises `NotFoundError`."""
        ...

    def upload_address(self, key: str, *, seconds: int) -> str:
        """Return an address to PUT an inbox object to, valid for that long."""
        ...

    def download_address(self, bucket: Bucket, key: str, *, filename: str, seconds: int) -> str:
        """Return an address to GET an object from, saved under that file name."""
        ...


class Intake(Protocol):
    """The state machine that takes each document from validation to its recipient."""

    def start(self, flow_id: FlowId, position: int, *, attempt: int = 0) -> None:
        """Start the machine for a document; starting the same attempt again does nothing."""
        ...


class Approvals(Protocol):
    """The machines that wait for decisions, one execution for each turn.

    They follow the invoices and decide nothing: no method raises because the machine is away.
    """

    def ask(self, invoice_id: InvoiceId, version: int, *, seconds: int) -> None:
        """Start the wait that began at a version, for so long at most; starting it again does nothing."""
        ...

    def remember(self, invoice_id: InvoiceId, version: int, token: str) -> None:
        """Keep the token with which a wait is ended."""
        ...

    def answer(self, invoice_id: InvoiceId, version: int, status: str) -> None:
        """End a wait with the status that followed; ending it again does nothing."""
        ...

    def answer_token(self, token: str, status: str) -> None:
        """End the wait of a token that was never kept."""
        ...


class NoApprovals:
    """Approvals without machines: deadlines and decisions live in the invoices alone."""

    def ask(self, invoice_id: InvoiceId, version: int, *, seconds: int) -> None:
        """Start nothing."""

    def remember(self, invoice_id: InvoiceId, version: int, token: str) -> None:
        """Keep nothing."""

    def answer(self, invoice_id: InvoiceId, version: int, status: str) -> None:
        """End nothing."""

    def answer_token(self, token: str, status: str) -> None:
        """End nothing."""


class Bus(Protocol):
    """Where status changes are announced."""

    def publish(self, events: Sequence[dict[str, object]]) -> None:
        """Publish events; raises if any was refused."""
        ...


class Mailer(Protocol):
    """E-mail."""

    def send(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Send one message."""
        ...


class Claim(StrEnum):
    """What a claim to a piece of work was answered: do it, another is at it, or it was done."""

    OURS = "ours"
    HELD = "held"
    DONE = "done"


class IdempotencyStore(Protocol):
    """Remembers what was done, for a time, so that it is not done twice."""

    def claim(self, key: str, *, by: str, until: dt.datetime) -> Claim:
        """Claim a piece of work for a holder, until a moment at most.

        Who holds the claim gets it again: a holder that asks again was broken off. Others get it once `until`
        has passed. Nobody gets a claim to what was completed.
        """
        ...

    def complete(self, key: str, *, until: dt.datetime) -> None:
        """Remember until then that a claimed piece of work is done."""
        ...

    def recall(self, key: str) -> str | None:
        """Return the value remembered under a key."""
        ...

    def remember(self, key: str, value: str, *, until: dt.datetime) -> str:
        """Remember a value under a key and return the one that counts: the first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The ports that the use cases work with."""

    clock: Clock
    flows: Flows
    invoices: Invoices
    drafts: Drafts
    outbox: Outbox
    due_items: DueItems
    files: Files
    intake: Intake
    bus: Bus
    mailer: Mailer
    directory: Directory
    accounts: Accounts
    idempotency: IdempotencyStore
    base_url: str
    approvals: Approvals = field(default_factory=NoApprovals)


__all__ = [
    "Accounts",
    "Approvals",
    "Bucket",
    "Bus",
    "Claim",
    "Clock",
    "Directory",
    "Drafts",
    "DueItem",
    "DueItems",
    "EventId",
    "Files",
    "Flows",
    "IdempotencyStore",
    "Intake",
    "Invoices",
    "Mailer",
    "NoApprovals",
    "Outbox",
    "Page",
    "Ports",
]
