"""What the waits for decisions ask of the outside."""

from __future__ import annotations

from typing import Protocol

from choriste.domain.shared.ids import InvoiceId


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
