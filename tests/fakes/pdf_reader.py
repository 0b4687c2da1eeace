"""A reader of PDFs in memory: it gives what a test told it."""

from __future__ import annotations

from choriste.domain.drafts.prefilled import Prefilled


class MemoryPdfReader:
    """Implements `choriste.application.drafts.ports.PdfReader`."""

    def __init__(self, found: Prefilled) -> None:
        self.found = found

    def read(self, content: bytes, *, filename: str) -> Prefilled:
        """Return what was told, whatever the file."""
        del content, filename  # told, not read
        return self.found
