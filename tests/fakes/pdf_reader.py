"""A reader of PDFs in memory: it gives what a test told it."""

from __future__ import annotations

from choriste.domain.drafts.prefilled import Prefilled


class MemoryPdfReader:
    """Implements `choriste.application.drafts.ports.PdfReader`."""

    def __init__(self, found: Prefilled) -> None:
        self.found = found
        self.depositors: list[str | None] = []

    def read(self, content: bytes, *, filename: str, depositor: str | None) -> Prefilled:
        """Return what was told, whatever the file, and remember who deposits it."""
        del content, filename  # told, not read
        self.depositors.append(depositor)
        return self.found
