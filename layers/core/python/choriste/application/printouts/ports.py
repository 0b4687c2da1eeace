"""What printouts ask of the outside."""

from __future__ import annotations

from typing import Protocol

from choriste.application.deposits.ports import DepositPorts
from choriste.application.invoices.ports import FilePorts
from choriste.domain.printouts.printout import PrintoutRequest


class Printouts(Protocol):
    """Where printouts are made."""

    def make(self, request: PrintoutRequest) -> int:
        """Render a printout, store it in the documents under its key, and return its size in bytes."""
        ...


class PrintoutPorts(DepositPorts, FilePorts, Protocol):
    """What it takes to collect what a printout says, and to have it made."""

    @property
    def printouts(self) -> Printouts:
        """Where printouts are made."""
        ...
