"""Request a printout (follow-up slip, certificate, report …) of an invoice or a flow that one may see.

The pages are set elsewhere, where the typesetter is: this use case decides who may have what, and asks
the port. Who may not see the invoice or the flow is told that there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.deposits.read_report import read_report
from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.printouts.ports import PrintoutPorts
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Language
from choriste.domain.printouts.printout import PrintoutKind, PrintoutRequest, printouts_of, printouts_of_flow
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import FlowId, InvoiceId


@dataclass(frozen=True, slots=True)
class Printout:
    """A printout that was just made: where it is kept, its name for people, its size in bytes."""

    key: str
    filename: str
    size: int


def request_invoice_printout(
    ports: PrintoutPorts,
    principal: Principal,
    *,
    invoice_id: InvoiceId,
    kind: PrintoutKind,
    language: Language,
) -> Printout:
    """Have a printout of an invoice made; raises `NotFoundError`, also where it has no such printout."""
    head = read_invoice(ports, principal, invoice_id).head
    if kind not in printouts_of(head):
        raise NotFoundError(kind="printout", id=kind)
    return _made(ports, PrintoutRequest(kind=kind, language=language, invoice_id=head.id))


def request_flow_printout(
    ports: PrintoutPorts,
    principal: Principal,
    *,
    flow_id: FlowId,
    kind: PrintoutKind,
    language: Language,
) -> Printout:
    """Have a printout of a flow made; raises `NotFoundError`, also where it has no such printout."""
    flow = read_report(ports, principal, flow_id).flow
    if kind not in printouts_of_flow(flow):
        raise NotFoundError(kind="printout", id=kind)
    return _made(ports, PrintoutRequest(kind=kind, language=language, flow_id=flow.id))


def printout_address(ports: PrintoutPorts, printout: Printout, *, seconds: int = 300) -> str:
    """Return an address to download a printout from for that long."""
    return ports.files.download_address(
        Bucket.DOCUMENTS, printout.key, filename=printout.filename, seconds=seconds
    )


def printout_content(ports: PrintoutPorts, printout: Printout) -> bytes:
    """Return the bytes of a printout."""
    return ports.files.get(Bucket.DOCUMENTS, printout.key)


def _made(ports: PrintoutPorts, request: PrintoutRequest) -> Printout:
    return Printout(request.key, request.filename, ports.printouts.make(request))
