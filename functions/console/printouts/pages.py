"""Printouts to save: follow-up slip, certificates, report, works documents, in the visitor's language."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.printouts.request_printout import (
    Printout,
    printout_address,
    printout_content,
    request_flow_printout,
    request_invoice_printout,
)
from choriste.domain.access.user import Language
from choriste.domain.printouts.printout import PrintoutKind
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.runtime.ports import platform_ports
from functions.console.web.limits import LARGEST_ANSWER
from functions.console.web.rendering import download, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()


@routes.shows("/invoices/<number>/printouts/<kind>")
def save_invoice_printout(visit: Visit, number: str, kind: str) -> Response[bytes] | Response[str]:
    """Give a printout of an invoice to be saved."""
    principal = visit.user.principal
    if not (number.isascii() and number.isdigit()):
        raise NotFoundError(kind="invoice", id=number)
    made = request_invoice_printout(
        platform_ports(),
        principal,
        invoice_id=InvoiceId(int(number)),
        kind=_kind(kind),
        language=Language(visit.language),
    )
    return _given(made)


@routes.shows("/flows/<flow>/printouts/<kind>")
def save_flow_printout(visit: Visit, flow: str, kind: str) -> Response[bytes] | Response[str]:
    """Give a printout of a flow to be saved."""
    principal = visit.user.principal
    made = request_flow_printout(
        platform_ports(),
        principal,
        flow_id=FlowId(flow),
        kind=_kind(kind),
        language=Language(visit.language),
    )
    return _given(made)


def _kind(name: str) -> PrintoutKind:
    try:
        return PrintoutKind(name)
    except ValueError:
        raise NotFoundError(kind="printout", id=name) from None


def _given(made: Printout) -> Response[bytes] | Response[str]:
    if made.size > LARGEST_ANSWER:
        return redirect(printout_address(platform_ports(), made))
    return download(made.filename, printout_content(platform_ports(), made), mime_type="application/pdf")
