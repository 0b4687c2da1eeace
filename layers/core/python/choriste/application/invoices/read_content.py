"""Read what an invoice says: its data as deposited, beside the head that lists and decisions need."""

from __future__ import annotations

from choriste.application.deposits.integrate_document import data_key
from choriste.application.invoices.access import visible_invoice
from choriste.application.invoices.ports import FilePorts
from choriste.application.shared.archived import read_archived
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.invoice.model import Invoice
from choriste.domain.invoice.reading import Reading, Syntax
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import FileKind, InvoiceHead


def read_content(
    ports: FilePorts, principal: Principal, invoice_id: InvoiceId
) -> tuple[InvoiceHead, Invoice]:
    """Return an invoice's head and data; raises `NotFoundError`, also where it may not be seen."""
    head = visible_invoice(ports.invoices, principal, invoice_id)
    return head, content_of(ports, head)


def content_of(ports: FilePorts, head: InvoiceHead) -> Invoice:
    """Return what the original said; for a Factur-X, the data that the intake took out of it."""
    return reading_of(ports, head).invoice


def reading_of(ports: FilePorts, head: InvoiceHead) -> Reading:
    """Return the reading of an invoice's data: the invoice, and what was found beyond its model."""
    # most requests read no invoice, and need not load what reads one
    from choriste.formats.read import read_xml  # noqa: PLC0415

    original = head.file(FileKind.ORIGINAL)
    if head.syntax is Syntax.FACTURX or original is None:
        return read_xml(ports.files.get(Bucket.DOCUMENTS, data_key(head.flow_id, head.position)))
    return read_xml(read_archived(ports.files, original))
