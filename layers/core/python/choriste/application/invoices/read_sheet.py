"""Read an invoice as a page shows it: all that its data say, in words, as on its readable copy."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from choriste.application.invoices.ports import FilePorts
from choriste.domain.lifecycle.labels import frame_label
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.tracking.head import InvoiceHead


@dataclass(frozen=True, slots=True)
class InvoiceSheet:
    """The blocks of an invoice's page, as `documents.issue.pages.invoice` makes them, and its due date."""

    blocks: dict[str, Any]
    due_date: dt.date | None


def sheet_of(ports: FilePorts, head: InvoiceHead, *, language: str) -> InvoiceSheet | None:
    """Return what an invoice says, in a language; None where the bytes of its data are not there.

    The reader's right is that to the head, which a use case has given them.
    """
    # most requests read no invoice, and need not load what reads and words one
    from choriste.application.invoices.read_content import reading_of  # noqa: PLC0415
    from choriste.documents.issue.context import DocumentContext  # noqa: PLC0415
    from choriste.documents.issue.pages.invoice import invoice_page  # noqa: PLC0415

    try:
        reading = reading_of(ports, head)
    except NotFoundError:
        return None
    context = DocumentContext(
        frame=frame_label(head.frame, language=language),
        service_code=head.service_code,
        engagement=head.engagement,
    )
    blocks = invoice_page(reading.invoice, context, language=language, leftovers=reading.leftovers)
    return InvoiceSheet(blocks=blocks, due_date=reading.invoice.due_date)
