"""Make a printout that was asked for: gather what it says, have it set, keep it among the documents.

For the function that carries the typesetter; who may read the printout was decided by `request_printout`.
"""

from __future__ import annotations

from collections.abc import Callable

from choriste.application.printouts.ports import PrintoutPorts
from choriste.application.printouts.printout_contents import (
    certificate_of_flow,
    certificate_of_invoice,
    report_of,
    slip_of,
)
from choriste.application.printouts.printout_pieces import subcontractor_request_of, works_document_of
from choriste.application.printouts.render_readable_copy import read_invoice_file
from choriste.application.shared.archived import read_archived
from choriste.application.shared.ports import Bucket
from choriste.documents.issue.deposit_certificate import make_deposit_certificate
from choriste.documents.issue.follow_up import make_follow_up
from choriste.documents.issue.integration_report import make_integration_report
from choriste.documents.issue.subcontractor import make_subcontractor_request
from choriste.documents.issue.works import make_works_document
from choriste.domain.deposits.flow import Flow
from choriste.domain.invoice.model import Invoice
from choriste.domain.parties.structure import StructureId
from choriste.domain.printouts.printout import PrintoutKind, PrintoutRequest
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.tracking.head import FileKind, InvoiceHead


def render_printout(ports: PrintoutPorts, request: PrintoutRequest) -> int:
    """Make a printout, keep it under the request's key, and return its size in bytes.

    Raises `NotFoundError` where the invoice, the flow or such a printout of it does not exist.
    """
    pdf = _of_flow(ports, request) if request.flow_id is not None else _of_invoice(ports, request)
    ports.files.put(Bucket.DOCUMENTS, request.key, pdf, mime_type="application/pdf")
    return len(pdf)


def _of_flow(ports: PrintoutPorts, request: PrintoutRequest) -> bytes:
    flow = ports.flows.get(request.flow_id) if request.flow_id is not None else None
    if flow is None:
        raise NotFoundError(kind="flow", id=request.flow_id)
    now, depositor = ports.clock.now(), _depositor(ports, flow)
    if request.kind is PrintoutKind.INTEGRATION_REPORT:
        report = report_of(flow, ports.flows.documents(flow.id), depositor=depositor, made_at=now)
        return make_integration_report(report, language=request.language)
    if request.kind is PrintoutKind.DEPOSIT_CERTIFICATE:
        certificate = certificate_of_flow(flow, depositor=depositor, made_at=now)
        return make_deposit_certificate(certificate, language=request.language)
    raise NotFoundError(kind="printout", id=request.kind)


def _of_invoice(ports: PrintoutPorts, request: PrintoutRequest) -> bytes:
    head = ports.invoices.get(request.invoice_id) if request.invoice_id is not None else None
    if head is None:
        raise NotFoundError(kind="invoice", id=request.invoice_id)
    maker = _MAKERS.get(request.kind)
    if maker is None:
        raise NotFoundError(kind="printout", id=request.kind)
    return maker(ports, head, request)


def _slip(ports: PrintoutPorts, head: InvoiceHead, request: PrintoutRequest) -> bytes:
    slip = slip_of(
        head, ports.invoices.history(head.id), language=request.language, made_at=ports.clock.now()
    )
    return make_follow_up(slip, language=request.language)


def _certificate(ports: PrintoutPorts, head: InvoiceHead, request: PrintoutRequest) -> bytes:
    original = head.file(FileKind.ORIGINAL)
    if original is None:
        raise NotFoundError(kind="file", id=FileKind.ORIGINAL)
    structure = ports.directory.structure(StructureId(head.depositor))
    certificate = certificate_of_invoice(
        head, original, depositor=structure.name if structure else None, made_at=ports.clock.now()
    )
    return make_deposit_certificate(certificate, language=request.language)


def _works(ports: PrintoutPorts, head: InvoiceHead, request: PrintoutRequest) -> bytes:
    document = works_document_of(
        head, _invoice(ports, head), history=ports.invoices.history(head.id), language=request.language
    )
    return make_works_document(document, language=request.language)


def _subcontractor(ports: PrintoutPorts, head: InvoiceHead, request: PrintoutRequest) -> bytes:
    content = subcontractor_request_of(head, _invoice(ports, head), history=ports.invoices.history(head.id))
    return make_subcontractor_request(content, language=request.language)


def _invoice(ports: PrintoutPorts, head: InvoiceHead) -> Invoice:
    original = head.file(FileKind.ORIGINAL)
    if original is None:
        raise NotFoundError(kind="file", id=FileKind.ORIGINAL)
    return read_invoice_file(read_archived(ports.files, original), original.name).invoice


def _depositor(ports: PrintoutPorts, flow: Flow) -> str | None:
    structure = ports.directory.structure(StructureId(flow.depositor))
    return structure.name if structure is not None else None


_MAKERS: dict[PrintoutKind, Callable[[PrintoutPorts, InvoiceHead, PrintoutRequest], bytes]] = {
    PrintoutKind.FOLLOW_UP: _slip,
    PrintoutKind.DEPOSIT_CERTIFICATE: _certificate,
    PrintoutKind.WORKS_DOCUMENT: _works,
    PrintoutKind.SUBCONTRACTOR_REQUEST: _subcontractor,
}
