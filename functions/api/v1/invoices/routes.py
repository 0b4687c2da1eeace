"""`/v1/invoices/…`: one invoice, its history and files, and the steps of its lifecycle."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Path

from choriste.application.invoices.read_invoices import (
    InvoiceView,
    file_address,
    read_invoice,
    view_of,
)
from choriste.application.invoices.treat_invoice import Correction, Treatment, treat_invoice
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle import Reason
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import (
    DOWNLOAD,
    ETAG,
    SECURED,
    TRANSITION_PROBLEMS,
    Success,
    answers,
)
from functions.api.http.app import answer, etag, redirect, version_of
from functions.api.http.auth import principal
from functions.api.v1.invoices.bodies import TransitionRequest
from functions.api.v1.invoices.schemas import InvoiceDetails, InvoiceNumber, details_out

router = Router()

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match", description="The ETag that was read: refused with 412 if it is not the present one"
    ),
]
FOUND = Success(InvoiceDetails, "The invoice as it now is", headers=ETAG)
DOWNLOAD_ANSWER = Success(None, "Where to download it from", HTTPStatus.FOUND, DOWNLOAD)


@router.get(
    "/v1/invoices/<invoice_id>",
    summary="Read an invoice",
    tags=["invoices"],
    security=SECURED,
    responses=answers(FOUND, problems=("bad-request", "not-found")),
)
def invoice(invoice_id: InvoiceNumber) -> Response[InvoiceDetails]:
    """Answer an invoice with its history, files and the actions open to the caller; ETag is its version."""
    who = principal()
    return invoice_answer(read_invoice(platform_ports(), who, InvoiceId(invoice_id)), who)


@router.get(
    "/v1/invoices/<invoice_id>/files/<name>",
    summary="Download a file",
    tags=["invoices"],
    security=SECURED,
    responses=answers(DOWNLOAD_ANSWER, problems=("bad-request", "not-found")),
)
def file(
    invoice_id: InvoiceNumber, name: Annotated[str, Path(description="Name of the file")]
) -> Response[str]:
    """Redirect to an address, valid for five minutes, from which the file can be downloaded."""
    _, address = file_address(platform_ports(), principal(), InvoiceId(invoice_id), name)
    return redirect(address)


@router.post(
    "/v1/invoices/<invoice_id>/transitions",
    summary="Take a step",
    tags=["invoices"],
    security=SECURED,
    responses=answers(
        FOUND,
        problems=(
            "bad-request",
            "forbidden",
            "not-found",
            "stale-version",
            "complement-missing",
            "duplicate-invoice",
            *TRANSITION_PROBLEMS,
        ),
    ),
)
def transition(
    invoice_id: InvoiceNumber, request: TransitionRequest, if_match: IfMatch = None
) -> Response[InvoiceDetails]:
    """Treat an invoice; with `If-Match` only if nobody else did so since it was read."""
    reason, correction = request.reason, request.correction
    treatment = Treatment(
        action=request.action,
        reason=Reason(reason.code, reason.text) if reason is not None else None,
        correction=Correction(**correction.model_dump()) if correction is not None else None,
        party=request.party,
    )
    ports, who = platform_ports(), principal()
    head = treat_invoice(ports, who, InvoiceId(invoice_id), treatment, expected_version=version_of(if_match))
    return invoice_answer(view_of(ports, who, head), who)


def invoice_answer(view: InvoiceView, who: Principal) -> Response[InvoiceDetails]:
    """Return an invoice with its history and what its reader may do; the ETag is its version."""
    return answer(details_out(view, who), headers={"ETag": etag(view.head.version)})
