"""My flows: what I deposited, by any channel, what became of it, and a form to deposit one more file."""

from __future__ import annotations

import time
from typing import Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from choriste.application.deposits.parse_named_parties import parse_flat_parties
from choriste.application.deposits.read_report import list_flows, read_report
from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.domain.access.user import Level, Space
from choriste.domain.deposits.flow import Channel
from choriste.domain.printouts.printout import printouts_of_flow
from choriste.domain.shared.errors import BadRequestError, TooLargeError
from choriste.domain.shared.ids import FlowId
from choriste.runtime.ports import platform_ports
from functions.console.invoices.pages import ROWS, chosen_structure, structures_with
from functions.console.web import views
from functions.console.web.forms import Form
from functions.console.web.rendering import page, redirect, text
from functions.console.web.visit import Visit, form_of, visit_of

router = APIGatewayHttpRouter()

LARGEST_UPLOAD: Final = 4_000_000
"""Bytes: a function receives 6 MB at most, in base64."""

PATIENCE_SECONDS: Final = 3.0
"""How long a deposit waits for its report: most take less, and nobody then has to look again."""

PARTY_FIELDS: Final = (
    "frame",
    "validator",
    "validator2",
    "moe",
    "moe_service",
    "moa",
    "previous",
    "adjust",
)
"""The fields that name what no invoice file can, under the names of the API."""


@router.get("/flows")
def show_flows() -> Response[str]:
    """Show a page of the flows that one of my structures deposited."""
    visit = visit_of(router.current_event.raw_event)
    structures = structures_with(visit, Space.ISSUE, Level.CONSULT)
    if not structures:
        return page("flows.html", visit, structure=None, choices=(), rows=(), after=None)
    chosen = chosen_structure(visit.query.get("structure"), structures)
    found = list_flows(
        platform_ports(),
        visit.user.principal,
        structure=chosen.id,
        after=visit.query.get("after"),
        limit=ROWS,
    )
    return page(
        "flows.html",
        visit,
        structure=chosen,
        choices=views.structure_choices(structures, chosen=chosen.id),
        rows=[views.flow_row(flow, language=visit.language) for flow in found.rows],
        after=found.after,
    )


@router.get("/flows/<flow>")
def show_flow(flow: str) -> Response[str]:
    """Show the integration report of a flow."""
    visit = visit_of(router.current_event.raw_event)
    report = read_report(platform_ports(), visit.user.principal, FlowId(flow))
    row = views.flow_row(report.flow, language=visit.language)
    return page(
        "flow.html",
        visit,
        flow=report.flow,
        state=row.badge,
        counts=row.counts,
        findings=views.findings(report.flow.all_findings, language=visit.language),
        documents=views.document_rows(report, language=visit.language),
        printouts=printouts_of_flow(report.flow),
        repeated=visit.query.get("repeated") == "1",
    )


@router.get("/deposit")
def show_deposit() -> Response[str]:
    """Show the form to deposit a file."""
    visit = visit_of(router.current_event.raw_event)
    return _deposit_page(visit)


@router.post("/deposit")
def deposit() -> Response[str]:
    """Deposit the file and show its flow; the same file again leads to the flow it has."""
    visit = visit_of(router.current_event.raw_event)
    principal = visit.user.principal
    form = form_of(router.current_event.raw_event, visit)
    upload = form.files.get("file")
    if upload is None or not upload.content:
        return _deposit_page(visit, form, error="deposit.no_file")
    if len(upload.content) > LARGEST_UPLOAD:
        return _deposit_page(visit, form, error="deposit.too_large")
    try:
        receipt = receive_deposit(
            platform_ports(),
            principal,
            structure=form.text("structure"),
            filename=upload.filename,
            content=upload.content,
            channel=Channel.CONSOLE,
            parties=parse_flat_parties({name: form.text(name) for name in PARTY_FIELDS}),
        )
    except TooLargeError:
        return _deposit_page(visit, form, error="deposit.too_large")
    except BadRequestError as error:
        return _deposit_page(visit, form, problem=error)
    return report_of(receipt.flow.id, is_new=receipt.is_new)


def report_of(flow: FlowId, *, is_new: bool = True) -> Response[str]:
    """Lead to the report of a deposit once it is complete, or after `PATIENCE_SECONDS` as it then is."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not _is_complete(flow) and time.monotonic() < ends:
        time.sleep(0.1)
    return redirect(f"/flows/{flow}{'' if is_new else '?repeated=1'}")


def _is_complete(flow: FlowId) -> bool:
    found = platform_ports().flows.get(flow)
    return found is not None and found.state.is_final


def _deposit_page(
    visit: Visit,
    form: Form | None = None,
    *,
    error: str | None = None,
    problem: BadRequestError | None = None,
) -> Response[str]:
    """Show the form, with what was typed before, or what the address asks for, and what is wrong with it."""
    structures = structures_with(visit, Space.ISSUE, Level.MODIFY)
    said = text(error, language=visit.language) if error is not None else None
    if problem is not None:
        said = views.refusal_text(problem, language=visit.language)
    typed = {name: form.text(name) if form else visit.query.get(name, "") for name in PARTY_FIELDS}
    structure = form.text("structure") if form else visit.query.get("structure")
    return page(
        "deposit.html",
        visit,
        status=200 if said is None else 422,
        choices=views.structure_choices(structures, chosen=structure),
        frames=views.frame_choices(typed["frame"], language=visit.language),
        typed=typed,
        at_fault=problem.parameters["field"] if problem is not None else None,
        limit=LARGEST_UPLOAD,
        error=said,
    )
