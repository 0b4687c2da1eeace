"""Read the supplier's own document of an invoice, and where its page says otherwise than the data.

The report on a deposit is its depositor's; these differences are told to everybody who sees the invoice, for
the customer pays what one of the two says.
"""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.deposits.ports import DepositPorts
from choriste.application.invoices.access import visible_invoice
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.advice import Kind
from choriste.domain.shared.findings import Finding
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """The file of the supplier's own document, and a finding a difference."""

    file: AttachedFile
    differences: tuple[Finding, ...]


def read_own_document(ports: DepositPorts, principal: Principal, invoice_id: InvoiceId) -> OwnDocument | None:
    """Return the supplier's own document, None where there is none; raises `NotFoundError`."""
    head = visible_invoice(ports.invoices, principal, invoice_id)
    file = head.file(FileKind.OWN_DOCUMENT)
    if file is None:
        return None
    document = ports.flows.document(head.flow_id, head.position)
    found = document.findings if document is not None else ()
    return OwnDocument(file, tuple(finding for finding in found if finding.rule == Kind.PAPER))
