"""Acts beside the transitions, under `/v1/invoices/{id}`, and billing files under `/v1/billing-files`."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

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
from choriste.application.works.read_billing_file import BillingView, PieceView, read_billing_file
from choriste.domain.access.principal import Principal
from choriste.domain.shared.errors import TooLargeError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.runtime.ports import platform_ports
from functions.api.http.app import app, json_response, principal
from functions.api.http.schemas import (
    AcknowledgementRequest,
    AssignmentRequest,
    AttachmentUploadRequest,
    CommentRequest,
    ReferenceRequest,
    ReuseRequest,
)
from functions.api.v1.deposits.routes import MAX_INLINE_BYTES
from functions.api.v1.invoices.routes import head_json, invoice_response

router = Router()


@router.post("/v1/invoices/<invoice_id>/comments", summary="Comment", tags=["invoices"])
def comment(invoice_id: Annotated[int, Path()], request: CommentRequest) -> Response[str]:
    """Leave a comment that all parties read in the history."""
    who = principal()
    return _answer(who, comment_invoice(platform_ports(), who, InvoiceId(invoice_id), request.text))


@router.post("/v1/invoices/<invoice_id>/assignment", summary="Assign to a colleague", tags=["invoices"])
def assignment(invoice_id: Annotated[int, Path()], request: AssignmentRequest) -> Response[str]:
    """Give the care of an invoice to a colleague; lists filter by `assignee`."""
    who = principal()
    return _answer(who, assign_invoice(platform_ports(), who, InvoiceId(invoice_id), request.account))


@router.get(
    "/v1/invoices/<invoice_id>/colleagues", summary="List whom it may be assigned to", tags=["invoices"]
)
def colleagues(invoice_id: Annotated[int, Path()]) -> Response[str]:
    """List the users who may act on an invoice on the caller's side: `assignment` takes one of them."""
    who = principal()
    head = read_invoice(platform_ports(), who, InvoiceId(invoice_id)).head
    found = colleagues_of(platform_ports(), who, head)
    return json_response({"colleagues": [{"account": user.id, "name": user.name} for user in found]})


@router.post(
    "/v1/invoices/<invoice_id>/accounting-reference",
    summary="Record the accounting reference",
    tags=["invoices"],
)
def accounting_reference(invoice_id: Annotated[int, Path()], request: ReferenceRequest) -> Response[str]:
    """Record the recipient's own reference; lists search it by `reference`, and the supplier sees it."""
    who = principal()
    return _answer(who, record_reference(platform_ports(), who, InvoiceId(invoice_id), request.reference))


@router.post(
    "/v1/invoices/<invoice_id>/acknowledgements",
    summary="Acknowledge a rejection or suspension",
    tags=["invoices"],
)
def acknowledgement(invoice_id: Annotated[int, Path()], request: AcknowledgementRequest) -> Response[str]:
    """Say that a rejection or a suspension was seen, or that a rejection was dealt with."""
    who = principal()
    return _answer(who, acknowledge_invoice(platform_ports(), who, InvoiceId(invoice_id), request.act))


@router.post("/v1/invoices/<invoice_id>/files", summary="Attach a file", tags=["invoices"])
def attach(
    invoice_id: Annotated[int, Path()],
    filename: Annotated[str, Query(description="Name of the file", max_length=200)],
    category: Annotated[str | None, Query(description="Type of the attachment", max_length=30)] = None,
) -> Response[str]:
    """Take the request's body as an attachment, up to 4.4 MB, at the statuses that allow it."""
    who, event = principal(), app.current_event
    body = event.body or ""
    content = base64.b64decode(body) if event.is_base64_encoded else body.encode()
    if len(content) > MAX_INLINE_BYTES:
        raise TooLargeError(size=len(content), limit=MAX_INLINE_BYTES)
    head = attach_file(
        platform_ports(), who, InvoiceId(invoice_id), filename=filename, content=content, category=category
    )
    return _answer(who, head)


@router.post(
    "/v1/invoices/<invoice_id>/uploads", summary="Ask for an attachment's upload address", tags=["invoices"]
)
def attachment_upload(invoice_id: Annotated[int, Path()], request: AttachmentUploadRequest) -> Response[str]:
    """Give an address to PUT a file of up to 10 MB to; `GET /v1/uploads?key=…` tells what became of it."""
    offer = offer_attachment_upload(
        platform_ports(),
        principal(),
        InvoiceId(invoice_id),
        filename=request.filename,
        size=request.size,
        category=request.category,
    )
    return json_response(
        {"upload_url": offer.address, "method": "PUT", "expires_in": offer.seconds, "key": offer.key},
        status=HTTPStatus.CREATED,
    )


@router.post("/v1/invoices/<invoice_id>/reused-files", summary="Reuse a file", tags=["invoices"])
def reuse(invoice_id: Annotated[int, Path()], request: ReuseRequest) -> Response[str]:
    """Attach a file that another piece of the same billing file holds."""
    who = principal()
    head = reuse_file(
        platform_ports(), who, InvoiceId(invoice_id), piece=InvoiceId(request.piece), name=request.name
    )
    return _answer(who, head)


@router.get("/v1/billing-files/<file_id>", summary="Read a billing file", tags=["works"])
def billing_file(file_id: Annotated[int, Path()]) -> Response[str]:
    """Answer the pieces of a billing file, oldest first, by the id of any of them."""
    return json_response(_file_json(read_billing_file(platform_ports(), principal(), InvoiceId(file_id))))


def _answer(who: Principal, head: InvoiceHead) -> Response[str]:
    return invoice_response(view_of(platform_ports(), who, head), who)


def _file_json(view: BillingView) -> dict[str, object]:
    return {
        "id": view.id,
        "pieces": [_piece_json(piece) for piece in view.pieces],
        "files": [
            {
                "piece": piece,
                "name": file.name,
                "size": file.size,
                "category": file.category,
                "href": f"/v1/invoices/{piece}/files/{file.name}",
            }
            for piece, file in view.files
        ],
    }


def _piece_json(piece: PieceView) -> dict[str, object]:
    return {
        **head_json(piece.head),
        "admitted_without_vat": str(piece.admitted),
        "adjusts": {str(other): str(amount) for other, amount in piece.head.adjusted},
        "may_be_answered_with": [frame.short for frame in piece.answers],
    }
