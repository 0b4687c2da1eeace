"""Approvals without machines, for tests: deadlines and decisions live in the invoices alone."""

from __future__ import annotations

from choriste.domain.shared.ids import InvoiceId


class NoApprovals:
    """Implements `choriste.application.approvals.ports.Approvals`."""

    def ask(self, invoice_id: InvoiceId, version: int, *, seconds: int) -> None:
        """Start nothing."""

    def remember(self, invoice_id: InvoiceId, version: int, token: str) -> None:
        """Keep nothing."""

    def answer(self, invoice_id: InvoiceId, version: int, status: str) -> None:
        """End nothing."""

    def answer_token(self, token: str, status: str) -> None:
        """End nothing."""
