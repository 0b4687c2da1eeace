"""`/v1/sandbox`: what a developer plays with; for test structures only (docs/reference/sandbox.md)."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.sandbox.advance_clock import advance_clock
from choriste.application.sandbox.lead_invoice import Lead, lead_invoice
from choriste.application.sandbox.read_sandbox import read_sandbox, throw_switches
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import SECURED, TRANSITION_PROBLEMS, Success, answers
from functions.api.http.app import answer, version_of
from functions.api.http.auth import principal
from functions.api.v1.invoices.routes import FOUND, IfMatch, invoice_answer
from functions.api.v1.invoices.schemas import InvoiceDetails, InvoiceNumber
from functions.api.v1.sandbox.schemas import (
    ClockMoved,
    ClockStep,
    LeadRequest,
    SandboxDetails,
    SandboxSwitches,
    ShownSwitches,
    moved_out,
    sandbox_out,
    switches_out,
)

router = Router()


@router.get(
    "/v1/sandbox",
    summary="Read your sandbox",
    tags=["sandbox"],
    security=SECURED,
    responses=answers(Success(SandboxDetails, "The sandbox"), problems=("not-found",)),
)
def sandbox() -> Response[SandboxDetails]:
    """Answer the sandbox of the caller: its structures, its clock, its switches."""
    return answer(sandbox_out(read_sandbox(platform_ports(), principal())))


@router.put(
    "/v1/sandbox/switches",
    summary="Force answers of the Chorus Pro API",
    tags=["sandbox"],
    security=SECURED,
    responses=answers(
        Success(ShownSwitches, "The switches"),
        problems=("bad-request", "forbidden", "not-found", "stale-record", "fields-invalid"),
    ),
)
def switches(request: SandboxSwitches) -> Response[ShownSwitches]:
    """Have the sandbox answer by these switches and no others; an empty list takes all away."""
    thrown = (switch.switch() for switch in request.switches)
    return answer(switches_out(throw_switches(platform_ports(), principal(), thrown)))


@router.post(
    "/v1/sandbox/clock",
    summary="Move the clock on",
    tags=["sandbox"],
    security=SECURED,
    responses=answers(
        Success(ClockMoved, "What waits, and what is over"),
        problems=("bad-request", "forbidden", "not-found", "stale-record", "fields-invalid"),
    ),
)
def clock(request: ClockStep) -> Response[ClockMoved]:
    """Bring every legal wait in the sandbox nearer by days, and end those that are over."""
    return answer(moved_out(advance_clock(platform_ports(), principal(), days=request.days)))


@router.post(
    "/v1/sandbox/invoices/<invoice_id>/status",
    summary="Lead an invoice to a status",
    tags=["sandbox"],
    security=SECURED,
    responses=answers(
        FOUND,
        problems=(
            "bad-request",
            "forbidden",
            "not-found",
            "stale-version",
            "fields-invalid",
            *TRANSITION_PROBLEMS,
        ),
    ),
)
def status(
    invoice_id: InvoiceNumber, request: LeadRequest, if_match: IfMatch = None
) -> Response[InvoiceDetails]:
    """Take every step that leads a test invoice to a status, whoever would have to take it."""
    ports, who, number = platform_ports(), principal(), InvoiceId(invoice_id)
    lead = Lead(request.status, request.reason())
    lead_invoice(ports, who, number, lead, expected_version=version_of(if_match))
    return invoice_answer(read_invoice(ports, who, number), who)
