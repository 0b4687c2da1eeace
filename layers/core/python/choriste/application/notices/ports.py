"""What the notices of status changes ask of the outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from choriste.application.access.ports import Directory
from choriste.application.invoices.ports import Invoices
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import IdempotencyStore, Mailer
from choriste.domain.shared.ids import EventId
from choriste.domain.tracking.head import StatusChange


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


class Bus(Protocol):
    """Where status changes are announced."""

    def publish(self, events: Sequence[dict[str, object]]) -> None:
        """Publish events; raises if any was refused."""
        ...


class NoticePorts(Protocol):
    """What it takes to publish status changes and to notify the people concerned."""

    @property
    def clock(self) -> Clock:
        """The source of time."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Status changes to be published."""
        ...

    @property
    def bus(self) -> Bus:
        """Where status changes are announced."""
        ...

    @property
    def mailer(self) -> Mailer:
        """E-mail."""
        ...

    @property
    def invoices(self) -> Invoices:
        """Tracked invoices."""
        ...

    @property
    def directory(self) -> Directory:
        """The structures of the platform."""
        ...

    @property
    def idempotency(self) -> IdempotencyStore:
        """What was done already."""
        ...

    @property
    def base_url(self) -> str:
        """The address of the platform, which links begin with."""
        ...
