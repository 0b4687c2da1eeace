"""What resuming what stands still asks of the outside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from choriste.application.deposits.ports import DepositPorts
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.members.ports import MemberPorts


class DueKind(StrEnum):
    """What may be due."""

    FLOW = "flow"
    INVOICE = "invoice"
    REQUEST = "request"
    TRANSFER = "transfer"
    MERGER = "merger"


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something whose time has come: what somebody should have moved on by `due_at`."""

    kind: DueKind
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


class OperationPorts(DepositPorts, InvoicePorts, MemberPorts, Protocol):
    """What it takes to find what is due, and to take it up again."""

    @property
    def due_items(self) -> DueItems:
        """What is due, by time."""
        ...
