"""Remember an invoice of a supplier, so that later ones can be compared with it."""

from __future__ import annotations

from typing import Final

from choriste.application.deposits.ports import DepositPorts
from choriste.domain.deposits.supplier_record import SupplierRecord, likeness_of
from choriste.domain.invoice.model import Invoice
from choriste.domain.shared.errors import StaleVersionError

_TRIES: Final = 3


def remember_invoice(ports: DepositPorts, invoice: Invoice, *, record: SupplierRecord) -> None:
    """Keep what later invoices of the supplier are compared with; `record` is what was known of it.

    Where several are registered at the same moment and this one loses each time, it is left out: advice may
    miss something, an invoice must not wait for it.
    """
    for _ in range(_TRIES):
        later = record.with_invoice(invoice.number or "", likeness(invoice), accounts_of(invoice))
        try:
            ports.supplier_records.save(later, expected_version=record.version)
        except StaleVersionError:
            record = record_of(ports, record.supplier)
        else:
            return


def record_of(ports: DepositPorts, supplier: str) -> SupplierRecord:
    """Return what is kept of a supplier, an empty record where nothing is yet."""
    return ports.supplier_records.get(supplier) or SupplierRecord(supplier=supplier)


def accounts_of(invoice: Invoice) -> list[str]:
    """Return the accounts that an invoice is to be paid to."""
    transfers = invoice.payment.credit_transfers if invoice.payment is not None else ()
    return [transfer.account for transfer in transfers if transfer.account]


def likeness(invoice: Invoice) -> str:
    """Return what an invoice has in common with another one about the same."""
    buyer, totals = invoice.buyer, invoice.totals
    return likeness_of(
        buyer.legal_registration if buyer is not None else None,
        buyer.identifiers if buyer is not None else None,
        invoice.issue_date,
        totals.with_vat.normalize() if totals is not None and totals.with_vat is not None else None,
        invoice.currency,
        invoice.type_code,
        invoice.buyer_reference,
        invoice.purchase_order_reference,
    )
