"""What the use cases of drafts ask of the outside.

Every write either happens wholly or raises, and may be repeated with the same arguments.
"""

from __future__ import annotations

from typing import Protocol

from choriste.application.deposits.ports import DepositPorts
from choriste.application.invoices.ports import FilePorts
from choriste.application.shared.ports import Page
from choriste.domain.drafts.draft import Draft
from choriste.domain.drafts.prefilled import Prefilled
from choriste.domain.shared.ids import InvoiceId


class Drafts(Protocol):
    """Invoices that are being prepared."""

    def get(self, draft_id: InvoiceId) -> Draft | None:
        """Return a draft."""
        ...

    def save(self, draft: Draft, *, expected_version: int) -> None:
        """Write a draft, new when `expected_version` is 0; raises `StaleVersionError` if it has moved on.

        Raises `TooLargeError` for one that exceeds what is kept (350 KB, compressed).
        """
        ...

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[Draft]:
        """Return the drafts of a structure, newest first, the closed ones among them."""
        ...


class PdfReader(Protocol):
    """Where PDFs are read."""

    def read(self, content: bytes, *, filename: str, depositor: str | None) -> Prefilled:
        """Return what the pages of a PDF say; `depositor` is the SIRET of who deposits it, if it has one."""
        ...


class DraftPorts(DepositPorts, FilePorts, Protocol):
    """What it takes to prepare invoices, to deposit them and to reissue refused ones."""

    @property
    def drafts(self) -> Drafts:
        """Invoices in preparation."""
        ...

    @property
    def pdf_reader(self) -> PdfReader:
        """Where PDFs are read."""
        ...
