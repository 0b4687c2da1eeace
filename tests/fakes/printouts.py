"""Printouts in memory: they are ordered and not made."""

from __future__ import annotations

from choriste.application.shared.ports import Bucket, Files
from choriste.domain.printouts.printout import PrintoutRequest


class MemoryPrintouts:
    """Implements `choriste.application.printouts.ports.Printouts`; `orders` are in the order of arrival."""

    def __init__(self, files: Files, *, content: bytes = b"%PDF-1.7") -> None:
        self._files = files
        self._content = content
        self.orders: list[PrintoutRequest] = []

    def make(self, order: PrintoutRequest) -> int:
        """Keep the same bytes for every printout."""
        self.orders.append(order)
        self._files.put(Bucket.DOCUMENTS, order.key, self._content, mime_type="application/pdf")
        return len(self._content)
