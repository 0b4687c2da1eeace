"""Printouts of invoices and deposits as PDF: follow-up slip, certificates, reports, works documents."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Path

from choriste.application.printouts.request_printout import (
    Printout,
    printout_address,
    request_flow_printout,
    request_invoice_printout,
)
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Language
from choriste.domain.printouts.printout import PrintoutKind
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import SECURED, answers
from functions.api.http.app import language, redirect
from functions.api.http.auth import principal
from functions.api.v1.deposits.routes import FlowNumber
from functions.api.v1.invoices.routes import DOWNLOAD_ANSWER
from functions.api.v1.invoices.schemas import InvoiceNumber

router = Router()

Kind = Annotated[PrintoutKind, Path(description="Which printout")]
AcceptLanguage = Annotated[
    str | None,
    Header(alias="Accept-Language", description="`fr` or `en`; the caller's own language when it is absent"),
]
_MADE = answers(DOWNLOAD_ANSWER, problems=("bad-request", "not-found"))


@router.get(
    "/v1/invoices/<invoice_id>/printouts/<kind>",
    summary="Download a printout",
    tags=["invoices"],
    security=SECURED,
    responses=_MADE,
)
def invoice_printout(
    invoice_id: InvoiceNumber, kind: Kind, accept_language: AcceptLanguage = None
) -> Response[str]:
    """Render a printout of an invoice and redirect to its address, which is valid for five minutes.

    `follow-up` and `deposit-certificate` for every invoice, `works-document` for a piece of a billing file,
    `subcontractor-request` for a subcontractor's (A9 to A11). PDF/A-3a and PDF/UA-1.
    """
    who = principal()
    made = request_invoice_printout(
        platform_ports(),
        who,
        invoice_id=InvoiceId(invoice_id),
        kind=kind,
        language=_language(who, accept_language),
    )
    return _redirect(made)


@router.get(
    "/v1/deposits/<flow_id>/printouts/<kind>",
    summary="Download a printout of a flow",
    tags=["deposits"],
    security=SECURED,
    responses=_MADE,
)
def flow_printout(flow_id: FlowNumber, kind: Kind, accept_language: AcceptLanguage = None) -> Response[str]:
    """Render the `integration-report` or the `deposit-certificate` of a flow and redirect to it, as above."""
    who = principal()
    made = request_flow_printout(
        platform_ports(),
        who,
        flow_id=FlowId(flow_id),
        kind=kind,
        language=_language(who, accept_language),
    )
    return _redirect(made)


def _language(who: Principal, wished: str | None) -> Language:
    return Language(language()) if wished else who.language


def _redirect(made: Printout) -> Response[str]:
    return redirect(printout_address(platform_ports(), made))
