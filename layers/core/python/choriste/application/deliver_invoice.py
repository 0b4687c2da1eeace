"""Deliver an invoice: attach its duplicate and take it on until somebody has to act.

An ordinary invoice reaches its recipient, an already-paid one is in payment at once, one that must be
validated waits for its validator.
"""

from __future__ import annotations

from choriste.application.ports import Workshop
from choriste.domain.errors import NotFoundError
from choriste.domain.head import AttachedFile, InvoiceHead
from choriste.domain.ids import InvoiceId
from choriste.domain.lifecycle import Status
from choriste.domain.tracking import Journey


def deliver_invoice(shop: Workshop, invoice_id: InvoiceId, *, duplicate: AttachedFile) -> InvoiceHead:
    """Attach the duplicate and take the platform's steps; an invoice that went on already stays as it is."""
    head = shop.invoices.get(invoice_id)
    if head is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    if head.status is not Status.DEPOSEE:
        return head
    journey = Journey(head.with_file(duplicate)).onward(at=shop.clock.now())
    shop.invoices.advance(journey.head, journey.changes, journey.audits, expected_version=head.version)
    return journey.head
