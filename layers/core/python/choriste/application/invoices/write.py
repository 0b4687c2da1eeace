"""Write an invoice: the one place that saves a journey and lets the waits for decisions follow it."""

from __future__ import annotations

from collections.abc import Callable

from choriste.application.approvals.await_decision import follow_waits
from choriste.application.invoices.ports import InvoicePorts
from choriste.domain.shared.errors import NotFoundError, StaleVersionError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import Journey


def change_invoice(
    ports: InvoicePorts, invoice_id: InvoiceId, step: Callable[[InvoiceHead], Journey], *, tries: int = 3
) -> Journey:
    """Read an invoice, take a step, save it and follow the waits; return what happened.

    When somebody else was faster, the invoice is read and the step taken again, up to `tries` times in all.
    A step that returns an empty journey writes nothing. Raises `NotFoundError`, `StaleVersionError` after the
    last attempt, and whatever the step raises.
    """
    for attempt in range(1, tries + 1):
        journey = step(_found(ports, invoice_id))
        if journey.is_empty:
            break
        try:
            ports.invoices.save(journey)
        except StaleVersionError:
            if attempt == tries:
                raise
            continue
        follow_waits(ports, journey.before, journey.head)
        break
    return journey


def _found(ports: InvoicePorts, invoice_id: InvoiceId) -> InvoiceHead:
    head = ports.invoices.get(invoice_id)
    if head is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    return head
