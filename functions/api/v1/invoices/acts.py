"""Acts that leave the status alone, under `/v1/invoices/{id}`: comments, assignments, files and the like."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from choriste.application.invoices.act_on_invoice import (
    acknowledge_invoice,
    assign_invoice,
    colleagues_of,
    comment_invoice,
    record_reference,
)
from choriste.application.invoices.attach_file import attach_file, reuse_file
from choriste.application.invoices.read_invoices import read_invoice, view_of
from choriste.application.invoices.upload_attachment import offer_attachment_upload
from choriste.domain.access.principal import Principal
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import SECURED, Success, answers
from functions.api.http.app import answer, body_bytes
from functions.api.http.auth import principal
from functions.api.http.models import UploadAddress
from functions.api.v1.deposits.routes import FILE_BODY, offer_out
from functions.api.v1.invoices.bodies import (
    AcknowledgementRequest,
    AssignmentRequest,
    AttachmentUploadRequest,
    CommentRequest,
    ReferenceRequest,
    ReuseRequest,
)
from functions.api.v1.invoices.routes import FOUND, invoice_answer
from functions.api.v1.invoices.schemas import Colleague, Colleagues, InvoiceDetails, InvoiceNumber

router = Router()

_PROBLEMS = ("bad-request", "forbidden", "not-found", "stale-version")
_ACTED = answers(FOUND, problems=_PROBLEMS)
_ATTACHED = answers(FOUND, problems=(*_PROBLEMS, "too-large"))


@router.post(
    "/v1/invoices/<invoice_id>/comments",
    summary="Comment",
    tags=["invoices"],
    security=SECURED,
    responses=_ACTED,
)
def comment(invoice_id: InvoiceNumber, request: CommentRequest) -> Response[InvoiceDetails]:
    """Leave a comment that all parties read in the history."""
    who = principal()
    return _answer(who, comment_invoice(platform_ports(), who, InvoiceId(invoice_id), request.text))


@router.post(
    "/v1/invoices/<invoice_id>/assignment",
    summary="Assign to a colleague",
    tags=["invoices"],
    security=SECURED,
    responses=_ACTED,
)
def assignment(invoice_id: InvoiceNumber, request: AssignmentRequest) -> Response[InvoiceDetails]:
    """Give the care of an invoice to a colleague; lists filter by `assignee`."""
    who = principal()
    return _answer(who, assign_invoice(platform_ports(), who, InvoiceId(invoice_id), request.account))


@router.get(
    "/v1/invoices/<invoice_id>/colleagues",
    summary="List whom it may be assigned to",
    tags=["invoices"],
    security=SECURED,
    responses=answers(Success(Colleagues, "The colleagues"), problems=("bad-request", "not-found")),
)
def colleagues(invoice_id: InvoiceNumber) -> Response[Colleagues]:
    """List the users who may act on an invoice on the caller's side: `assignment` takes one of them."""
    who = principal()
    head = read_invoice(platform_ports(), who, InvoiceId(invoice_id)).head
    found = colleagues_of(platform_ports(), who, head)
    return answer(Colleagues(colleagues=[Colleague(account=user.id, name=user.name) for user in found]))


@router.post(
    "/v1/invoices/<invoice_id>/accounting-reference",
    summary="Record the accounting reference",
    tags=["invoices"],
    security=SECURED,
    responses=_ACTED,
)
def accounting_reference(invoice_id: InvoiceNumber, request: ReferenceRequest) -> Response[InvoiceDetails]:
    """Record the recipient's own reference; lists search it by `reference`, and the supplier sees it."""
    who = principal()
    return _answer(who, record_reference(platform_ports(), who, InvoiceId(invoice_id), request.reference))


@router.post(
    "/v1/invoices/<invoice_id>/acknowledgements",
    summary="Acknowledge a rejection or suspension",
    tags=["invoices"],
    security=SECURED,
    responses=_ACTED,
)
def acknowledgement(invoice_id: InvoiceNumber, request: AcknowledgementRequest) -> Response[InvoiceDetails]:
    """Say that a rejection or a suspension was seen, or that a rejection was dealt with."""
    who = principal()
    return _answer(who, acknowledge_invoice(platform_ports(), who, InvoiceId(invoice_id), request.act))


@router.post(
    "/v1/invoices/<invoice_id>/files",
    summary="Attach a file",
    tags=["invoices"],
    security=SECURED,
    openapi_extensions=FILE_BODY,
    responses=_ATTACHED,
)
def attach(
    invoice_id: InvoiceNumber,
    filename: Annotated[str, Query(description="Name of the file", max_length=200)],
    category: Annotated[str | None, Query(description="Type of the attachment", max_length=30)] = None,
) -> Response[InvoiceDetails]:
    """Take the request's body as an attachment, up to 4.4 MB, at the statuses that allow it."""
    who = principal()
    head = attach_file(
        platform_ports(),
        who,
        InvoiceId(invoice_id),
        filename=filename,
        content=body_bytes(),
        category=category,
    )
    return _answer(who, head)


@router.post(
    "/v1/invoices/<invoice_id>/uploads",
    summary="Ask for an attachment's upload address",
    tags=["invoices"],
    security=SECURED,
    responses=answers(
        Success(UploadAddress, "The address", HTTPStatus.CREATED),
        problems=("bad-request", "forbidden", "not-found", "too-large"),
    ),
)
def attachment_upload(invoice_id: InvoiceNumber, request: AttachmentUploadRequest) -> Response[UploadAddress]:
    """Give an address to PUT a file of up to 10 MB to; `GET /v1/uploads?key=…` tells what became of it."""
    offer = offer_attachment_upload(
        platform_ports(),
        principal(),
        InvoiceId(invoice_id),
        filename=request.filename,
        size=request.size,
        category=request.category,
    )
    return answer(offer_out(offer), status=HTTPStatus.CREATED)


@router.post(
    "/v1/invoices/<invoice_id>/reused-files",
    summary="Reuse a file",
    tags=["invoices"],
    security=SECURED,
    responses=_ATTACHED,
)
def reuse(invoice_id: InvoiceNumber, request: ReuseRequest) -> Response[InvoiceDetails]:
    """Attach a file that another piece of the same billing file holds."""
    who = principal()
    head = reuse_file(
        platform_ports(), who, InvoiceId(invoice_id), piece=InvoiceId(request.piece), name=request.name
    )
    return _answer(who, head)


def _answer(who: Principal, head: InvoiceHead) -> Response[InvoiceDetails]:
    return invoice_answer(view_of(platform_ports(), who, head), who)
