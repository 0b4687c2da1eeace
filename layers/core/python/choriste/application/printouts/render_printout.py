"""Make a sheet that was ordered: gather what it says, have it set, keep it among the documents.

For the function that carries the typesetter; who may read the sheet was decided by `order_sheet`.
"""

from __future__ import annotations

from collections.abc import Callable

from choriste.application.ports import Bucket, Ports
from choriste.application.printouts.printout_contents import (
    certificate_of_flow,
    certificate_of_invoice,
    report_of,
    slip_of,
)
from choriste.application.printouts.printout_pieces import subcontractor_request_of, works_document_of
from choriste.application.printouts.render_readable_copy import read_invoice_file
from choriste.documents.issue.deposit_certificate import make_deposit_certificate
from choriste.documents.issue.follow_up import make_follow_up
from choriste.documents.issue.integration_report import make_integration_report
from choriste.documents.issue.subcontractor import make_subcontractor_request
from choriste.documents.issue.works import make_works_document
from choriste.domain.deposits.flow import Flow
from choriste.domain.invoice.model import Invoice
from choriste.domain.parties.structure import StructureId
from choriste.domain.printouts.printout import SheetKind, SheetOrder
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.tracking.head import FileKind, InvoiceHead


def make_sheet(ports: Ports, order: SheetOrder) -> int:
    """Make a sheet, keep it under the order's key, and return its size in bytes.

    Raises `NotFoundError` where the invoice, the flow or such a sheet of it does not exist.
    """
    pdf = _of_flow(ports, order) if order.flow_id is not None else _of_invoice(ports, order)
    ports.files.put(Bucket.DOCUMENTS, order.key, pdf, mime_type="application/pdf")
    return len(pdf)


def _of_flow(ports: Ports, order: SheetOrder) -> bytes:
    flow = ports.flows.get(order.flow_id) if order.flow_id is not None else None
    if flow is None:
        raise NotFoundError(kind="flow", id=order.flow_id)
    now, depositor = ports.clock.now(), _depositor(ports, flow)
    if order.kind is SheetKind.INTEGRATION_REPORT:
        report = report_of(flow, ports.flows.documents(flow.id), depositor=depositor, made_at=now)
        return make_integration_report(report, language=order.language)
    if order.kind is SheetKind.DEPOSIT_CERTIFICATE:
        certificate = certificate_of_flow(flow, depositor=depositor, made_at=now)
        return make_deposit_certificate(certificate, language=order.language)
    raise NotFoundError(kind="sheet", id=order.kind)


def _of_invoice(ports: Ports, order: SheetOrder) -> bytes:
    head = ports.invoices.get(order.invoice_id) if order.invoice_id is not None else None
    if head is None:
        raise NotFoundError(kind="invoice", id=order.invoice_id)
    maker = _MAKERS.get(order.kind)
    if maker is None:
        raise NotFoundError(kind="sheet", id=order.kind)
    return maker(ports, head, order)


def _slip(ports: Ports, head: InvoiceHead, order: SheetOrder) -> bytes:
    slip = slip_of(head, ports.invoices.history(head.id), language=order.language, made_at=ports.clock.now())
    return make_follow_up(slip, language=order.language)


def _certificate(ports: Ports, head: InvoiceHead, order: SheetOrder) -> bytes:
    original = head.file(FileKind.ORIGINAL)
    if original is None:
        raise NotFoundError(kind="file", id=FileKind.ORIGINAL)
    structure = ports.directory.structure(StructureId(head.depositor))
    certificate = certificate_of_invoice(
        head, original, depositor=structure.name if structure else None, made_at=ports.clock.now()
    )
    return make_deposit_certificate(certificate, language=order.language)


def _works(ports: Ports, head: InvoiceHead, order: SheetOrder) -> bytes:
    document = works_document_of(
        head, _invoice(ports, head), history=ports.invoices.history(head.id), language=order.language
    )
    return make_works_document(document, language=order.language)


def _subcontractor(ports: Ports, head: InvoiceHead, order: SheetOrder) -> bytes:
    request = subcontractor_request_of(head, _invoice(ports, head), history=ports.invoices.history(head.id))
    return make_subcontractor_request(request, language=order.language)


def _invoice(ports: Ports, head: InvoiceHead) -> Invoice:
    original = head.file(FileKind.ORIGINAL)
    if original is None:
        raise NotFoundError(kind="file", id=FileKind.ORIGINAL)
    return read_invoice_file(ports.files.get(Bucket.ARCHIVE, original.key), original.name).invoice


def _depositor(ports: Ports, flow: Flow) -> str | None:
    structure = ports.directory.structure(StructureId(flow.depositor))
    return structure.name if structure is not None else None


_MAKERS: dict[SheetKind, Callable[[Ports, InvoiceHead, SheetOrder], bytes]] = {
    SheetKind.FOLLOW_UP: _slip,
    SheetKind.DEPOSIT_CERTIFICATE: _certificate,
    SheetKind.WORKS_DOCUMENT: _works,
    SheetKind.SUBCONTRACTOR_REQUEST: _subcontractor,
}
