"""The printouts of invoices and deposits as PDF: follow-up slip, certificates, reports, works documents."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

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
from functions.api.http.app import app, language, principal

router = Router()


@router.get("/v1/invoices/<invoice_id>/printouts/<kind>", summary="Download a printout", tags=["invoices"])
def invoice_printout(
    invoice_id: Annotated[int, Path()], kind: Annotated[PrintoutKind, Path()]
) -> Response[str]:
    """Make a printout of an invoice and redirect to an address, valid for five minutes, to download it from.

    `follow-up` and `deposit-certificate` for every invoice, `works-document` for a piece of a billing file,
    `subcontractor-request` for a subcontractor's (A9 to A11). French or English by `Accept-Language`, else
    in the caller's own language. PDF/A-3a and PDF/UA-1.
    """
    who = principal()
    made = request_invoice_printout(
        platform_ports(),
        who,
        invoice_id=InvoiceId(invoice_id),
        kind=kind,
        language=_language(who),
    )
    return _redirect(made)


@router.get(
    "/v1/deposits/<flow_id>/printouts/<kind>", summary="Download a printout of a flow", tags=["deposits"]
)
def flow_printout(flow_id: Annotated[str, Path()], kind: Annotated[PrintoutKind, Path()]) -> Response[str]:
    """Make the `integration-report` or the `deposit-certificate` of a flow and redirect to it, as above."""
    who = principal()
    made = request_flow_printout(
        platform_ports(), who, flow_id=FlowId(flow_id), kind=kind, language=_language(who)
    )
    return _redirect(made)


def _language(who: Principal) -> Language:
    return Language(language()) if app.current_event.headers.get("accept-language") else who.language


def _redirect(made: Printout) -> Response[str]:
    return Response(
        int(HTTPStatus.FOUND), headers={"Location": printout_address(platform_ports(), made)}, body=""
    )
