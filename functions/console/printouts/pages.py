"""Sheets to save: follow-up slip, certificates, report, works documents, in the visitor's language."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from choriste.application.printouts.request_printout import (
    Sheet,
    order_flow_sheet,
    order_invoice_sheet,
    sheet_address,
    sheet_content,
)
from choriste.domain.access.user import Language
from choriste.domain.printouts.printout import SheetKind
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.runtime.ports import platform_ports
from choriste.runtime.sheets import sheets
from functions.console.web.rendering import download, redirect
from functions.console.web.visit import visit_of

router = APIGatewayHttpRouter()

_LARGEST_ANSWER: Final = 4_000_000
"""Bytes; larger sheets go from the bucket directly: a function may answer 6 MB of base64 at most."""


@router.get("/invoices/<number>/sheets/<kind>")
def save_invoice_sheet(number: str, kind: str) -> Response[bytes] | Response[str]:
    """Give a sheet of an invoice to be saved."""
    visit = visit_of(router.current_event.raw_event)
    principal = visit.user.principal
    if not (number.isascii() and number.isdigit()):
        raise NotFoundError(kind="invoice", id=number)
    made = order_invoice_sheet(
        platform_ports(),
        sheets(),
        principal,
        invoice_id=InvoiceId(int(number)),
        kind=_kind(kind),
        language=Language(visit.language),
    )
    return _given(made)


@router.get("/flows/<flow>/sheets/<kind>")
def save_flow_sheet(flow: str, kind: str) -> Response[bytes] | Response[str]:
    """Give a sheet of a flow to be saved."""
    visit = visit_of(router.current_event.raw_event)
    principal = visit.user.principal
    made = order_flow_sheet(
        platform_ports(),
        sheets(),
        principal,
        flow_id=FlowId(flow),
        kind=_kind(kind),
        language=Language(visit.language),
    )
    return _given(made)


def _kind(name: str) -> SheetKind:
    try:
        return SheetKind(name)
    except ValueError:
        raise NotFoundError(kind="sheet", id=name) from None


def _given(made: Sheet) -> Response[bytes] | Response[str]:
    if made.size > _LARGEST_ANSWER:
        return redirect(sheet_address(platform_ports(), made))
    return download(made.filename, sheet_content(platform_ports(), made), mime_type="application/pdf")
