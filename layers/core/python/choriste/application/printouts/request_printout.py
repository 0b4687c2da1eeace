"""Order a sheet (follow-up slip, certificate, report …) of an invoice or a flow that one may see.

The pages are set elsewhere, where the typesetter is: this use case decides who may have what, and asks
the port. Who may not see the invoice or the flow is told that there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from choriste.application.deposits.read_report import read_report
from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.ports import Bucket, Ports
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Language
from choriste.domain.printouts.printout import SheetKind, SheetOrder, sheets_of, sheets_of_flow
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import FlowId, InvoiceId


class Sheets(Protocol):
    """Where sheets are made."""

    def make(self, order: SheetOrder) -> int:
        """Make a sheet, keep it among the documents under the order's key, and return its size in bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was just made: where it is kept, its name for people, its size in bytes."""

    key: str
    filename: str
    size: int


def order_invoice_sheet(  # noqa: PLR0913 - who orders which sheet of what, in which language
    ports: Ports,
    sheets: Sheets,
    principal: Principal,
    *,
    invoice_id: InvoiceId,
    kind: SheetKind,
    language: Language,
) -> Sheet:
    """Have a sheet of an invoice made; raises `NotFoundError`, also where it has no such sheet."""
    head = read_invoice(ports, principal, invoice_id).head
    if kind not in sheets_of(head):
        raise NotFoundError(kind="sheet", id=kind)
    return _made(sheets, SheetOrder(kind=kind, language=language, invoice_id=head.id))


def order_flow_sheet(  # noqa: PLR0913 - who orders which sheet of what, in which language
    ports: Ports,
    sheets: Sheets,
    principal: Principal,
    *,
    flow_id: FlowId,
    kind: SheetKind,
    language: Language,
) -> Sheet:
    """Have a sheet of a flow made; raises `NotFoundError`, also where it has no such sheet."""
    flow = read_report(ports, principal, flow_id).flow
    if kind not in sheets_of_flow(flow):
        raise NotFoundError(kind="sheet", id=kind)
    return _made(sheets, SheetOrder(kind=kind, language=language, flow_id=flow.id))


def sheet_address(ports: Ports, sheet: Sheet, *, seconds: int = 300) -> str:
    """Return an address to download a sheet from for that long."""
    return ports.files.download_address(Bucket.DOCUMENTS, sheet.key, filename=sheet.filename, seconds=seconds)


def sheet_content(ports: Ports, sheet: Sheet) -> bytes:
    """Return the bytes of a sheet."""
    return ports.files.get(Bucket.DOCUMENTS, sheet.key)


def _made(sheets: Sheets, order: SheetOrder) -> Sheet:
    return Sheet(order.key, order.filename, sheets.make(order))
