"""My flows: what I deposited, by any channel, what became of it, and a form to deposit one more file."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import may_issue
from choriste.application.deposits.parse_named_parties import parse_flat_parties
from choriste.application.deposits.read_report import list_flows, read_report
from choriste.application.drafts.correct_document import correct_document
from choriste.application.drafts.take_file import take_file
from choriste.domain.access.user import Level, Space
from choriste.domain.drafts.draft import Draft
from choriste.domain.printouts.printout import printouts_of_flow
from choriste.domain.shared.errors import BadRequestError, NotFoundError, TooLargeError
from choriste.domain.shared.ids import FlowId
from choriste.runtime.ports import platform_ports
from choriste.runtime.recognition import reads_pictures
from functions.console.deposits import views as deposit_views
from functions.console.deposits.report import report_of
from functions.console.web import views
from functions.console.web.asked import chosen_structure, structures_with
from functions.console.web.forms import Form
from functions.console.web.limits import LARGEST_UPLOAD, ROWS
from functions.console.web.party_fields import PARTY_FIELDS
from functions.console.web.rendering import page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()


@routes.shows("/flows")
def show_flows(visit: Visit) -> Response[str]:
    """Show a page of the flows that one of my structures deposited."""
    structures = structures_with(visit, Space.ISSUE, Level.CONSULT)
    if not structures:
        return page("deposits/flows.html", visit, structure=None, choices=(), rows=(), after=None)
    chosen = chosen_structure(visit.query.get("structure"), structures)
    found = list_flows(
        platform_ports(),
        visit.user.principal,
        structure=chosen.id,
        after=visit.query.get("after"),
        limit=ROWS,
    )
    return page(
        "deposits/flows.html",
        visit,
        structure=chosen,
        choices=views.structure_choices(structures, chosen=chosen.id),
        rows=[deposit_views.flow_row(flow, language=visit.language) for flow in found.rows],
        after=found.after,
    )


@routes.shows("/flows/<flow>")
def show_flow(visit: Visit, flow: str) -> Response[str]:
    """Show the integration report of a flow."""
    report = read_report(platform_ports(), visit.user.principal, FlowId(flow))
    row = deposit_views.flow_row(report.flow, language=visit.language)
    return page(
        "deposits/flow.html",
        visit,
        flow=report.flow,
        state=row.badge,
        counts=row.counts,
        findings=views.findings(report.flow.all_findings, language=visit.language),
        documents=deposit_views.document_rows(report, language=visit.language),
        may_correct=may_issue(visit.user.principal, report.flow.depositor),
        printouts=printouts_of_flow(report.flow),
        repeated=visit.query.get("repeated") == "1",
    )


@routes.shows("/deposit")
def show_deposit(visit: Visit) -> Response[str]:
    """Show the form to deposit a file."""
    return _deposit_page(visit)


@routes.acts("/deposit")
def deposit(visit: Visit, form: Form) -> Response[str]:
    """Take the file: pages become a draft to be checked, data are deposited and lead to their report.

    The same data again lead to the flow they have.
    """
    principal = visit.user.principal
    upload = form.files.get("file")
    if upload is None or not upload.content:
        return _deposit_page(visit, form, error="deposit.no_file")
    if len(upload.content) > LARGEST_UPLOAD:
        return _deposit_page(visit, form, error="deposit.too_large")
    try:
        taken = take_file(
            platform_ports(),
            principal,
            structure=form.text("structure"),
            filename=upload.filename,
            content=upload.content,
            parties=parse_flat_parties({name: form.text(name) for name in PARTY_FIELDS}),
            anyway=form.text("anyway") == "yes",
        )
    except TooLargeError:
        return _deposit_page(visit, form, error="deposit.too_large")
    except BadRequestError as error:
        return _deposit_page(visit, form, problem=error)
    if isinstance(taken, Draft):
        return redirect(f"/drafts/{taken.id}")
    return report_of(taken.flow.id, is_new=taken.is_new)


@routes.acts("/flows/<flow>/documents/<position>/draft")
def correct(visit: Visit, form: Form, flow: str, position: str) -> Response[str]:
    """Begin a draft with what a refused document said, and show it with what is to mend."""
    del form
    if not (position.isascii() and position.isdigit()):
        raise NotFoundError(kind="document", id=position)
    draft = correct_document(platform_ports(), visit.user.principal, FlowId(flow), int(position))
    return redirect(f"/drafts/{draft.id}?check=1")


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
        "deposits/deposit.html",
        visit,
        status=200 if said is None else 422,
        choices=views.structure_choices(structures, chosen=structure),
        frames=views.frame_choices(typed["frame"], language=visit.language),
        typed=typed,
        at_fault=problem.parameters.get("field") if problem is not None else None,
        limit=LARGEST_UPLOAD,
        reads_pictures=reads_pictures(),
        error=said,
    )
