"""What resuming what stands still asks of the outside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

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


EVERY_KIND: Final = frozenset(DueKind)


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something whose time has come: what somebody should have moved on by `due_at`."""

    kind: DueKind
    id: str
    due_at: dt.datetime


class DueItems(Protocol):
    """What is due, by time."""

    def due_before(
        self, moment: dt.datetime, *, limit: int, kinds: frozenset[DueKind] = EVERY_KIND
    ) -> tuple[DueItem, ...]:
        """Return what of some kinds was due before a moment, oldest first."""
        ...

    def postpone(self, item: DueItem, until: dt.datetime) -> bool:
        """Look at an item again later, and say whether it was this very call that put it off.

        It is not when the item went on, or another run has it: who puts an item off works on it, nobody else.
        """
        ...


class OperationPorts(DepositPorts, InvoicePorts, MemberPorts, Protocol):
    """What it takes to find what is due, and to take it up again."""

    @property
    def due_items(self) -> DueItems:
        """What is due, by time."""
        ...
