"""What the use cases of deposits ask of the outside.

Every write either happens wholly or raises, and may be repeated with the same arguments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from choriste.application.access.ports import Accounts, Directory
from choriste.application.invoices.ports import Invoices
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Files, IdempotencyStore, Page
from choriste.domain.deposits.flow import Document, Flow
from choriste.domain.deposits.supplier_record import SupplierRecord
from choriste.domain.shared.ids import FlowId


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

    def settle(self, document: Document, *, at: dt.datetime, alone: bool = False) -> Flow:
        """Record a document's refusal or, after `Invoices.register`, count its acceptance in its flow.

        `at` is since when the flow stands as it then does.
        `alone` says that the flow has no other document: it is finished by this very write.
        """
        ...

    def block(self, flow_id: FlowId) -> None:
        """Mark a flow as waiting for the operator; a settled document lifts it."""
        ...

    def deposited_by(self, structure: str, *, after: str | None, limit: int) -> Page[Flow]:
        """Return the flows of a depositor, newest first."""
        ...


class SupplierRecords(Protocol):
    """What is kept of suppliers to advise them."""

    def get(self, supplier: str) -> SupplierRecord | None:
        """Return the record of a supplier, by the id of its structure."""
        ...

    def save(self, record: SupplierRecord, *, expected_version: int) -> None:
        """Write a record, new when `expected_version` is 0; raises `StaleVersionError` if it has moved on."""
        ...


class Intake(Protocol):
    """The state machine that takes each document from validation to its recipient."""

    def start(self, flow_id: FlowId, position: int, *, attempt: int = 0) -> None:
        """Start the machine for a document; starting the same attempt again does nothing."""
        ...


class Backlog(Protocol):
    """What waits behind queues for its turn: archives to be opened, documents to be taken in."""

    def open_later(self, flow_id: FlowId) -> None:
        """Let a flow's file be opened when its turn comes; asking twice opens it once."""
        ...

    def admit_later(self, flow_id: FlowId, positions: Sequence[int], *, attempt: int = 0) -> None:
        """Let documents of a flow into the intake when their turn comes."""
        ...

    def is_waiting(self) -> bool:
        """Say whether something waits for its turn: what is not finished then is not lost."""
        ...


class DepositPorts(Protocol):
    """What it takes to receive files, to check their documents and to register invoices."""

    @property
    def clock(self) -> Clock:
        """The source of time."""
        ...

    @property
    def flows(self) -> Flows:
        """Deposited files and their documents."""
        ...

    @property
    def supplier_records(self) -> SupplierRecords:
        """What is kept of suppliers to advise them."""
        ...

    @property
    def intake(self) -> Intake:
        """The machine that takes documents in."""
        ...

    @property
    def backlog(self) -> Backlog:
        """What waits for its turn."""
        ...

    @property
    def invoices(self) -> Invoices:
        """Tracked invoices."""
        ...

    @property
    def files(self) -> Files:
        """The bytes that the platform keeps."""
        ...

    @property
    def directory(self) -> Directory:
        """The structures of the platform."""
        ...

    @property
    def accounts(self) -> Accounts:
        """Users, technical accounts and API clients."""
        ...

    @property
    def idempotency(self) -> IdempotencyStore:
        """What was done already."""
        ...
