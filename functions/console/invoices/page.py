"""One invoice on one page: data, whose turn it is, history, files, report, and everything I may do."""

from __future__ import annotations

from functools import partial
from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.deposits.read_report import read_report
from choriste.application.invoices.read_invoices import InvoiceView
from choriste.domain.lifecycle import TransitionRefusedError
from choriste.domain.lifecycle.labels import frame_label
from choriste.domain.printouts.printout import printouts_of
from choriste.domain.shared.errors import (
    BadRequestError,
    ChoristeError,
    ComplementMissingError,
    DuplicateInvoiceError,
    NotFoundError,
    StaleVersionError,
    TooLargeError,
)
from choriste.domain.tracking.head import InvoiceHead
from choriste.runtime.ports import platform_ports
from functions.console.invoices import act_views
from functions.console.invoices import views as invoice_views
from functions.console.invoices.own_document import own_document_of
from functions.console.web import views
from functions.console.web.forms import Form
from functions.console.web.rendering import page
from functions.console.web.visit import Visit

EXPLAINED: Final = (
    BadRequestError,
    ComplementMissingError,
    DuplicateInvoiceError,
    StaleVersionError,
    TooLargeError,
    TransitionRefusedError,
)
"""Refusals that are explained on the page itself, beside what was tried."""


def invoice_page(
    visit: Visit,
    view: InvoiceView,
    *,
    refused: ChoristeError | None = None,
    tried: str = "",
    form: Form | None = None,
) -> Response[str]:
    """Show an invoice; `refused` says why what was `tried` was not done, `form` keeps what was typed."""
    acts = invoice_views.actions(view, language=visit.language)
    problem = views.refusal_text(refused, language=visit.language) if refused is not None else None
    stale = isinstance(refused, StaleVersionError)
    return page(
        "invoices/invoice.html",
        visit,
        status=200 if refused is None else 409 if stale else 422,
        head=view.head,
        frame=frame_label(view.head.frame, language=visit.language),
        state=views.status_badge(view.head.status, language=visit.language),
        plain=[each for each in acts if each.is_plain],
        explained=[each for each in acts if not each.is_plain],
        history=invoice_views.history(view, language=visit.language),
        files=invoice_views.files(view.head, language=visit.language),
        printouts=printouts_of(view.head),
        findings=_findings(visit, view.head),
        own=own_document_of(visit, view.head),
        problem=problem,
        tried=tried,
        typed=form if form is not None else Form(),
        act_name=partial(invoice_views.act_label, language=visit.language),
        acts=act_views.open_forms(platform_ports(), visit.user.principal, view.head),
        turn=act_views.turn_view(view.head, language=visit.language),
        done=act_views.done_label(visit.query.get("done", ""), language=visit.language),
    )


def _findings(visit: Visit, head: InvoiceHead) -> tuple[views.FindingRow, ...] | None:
    """Return what the checks said of the invoice; None where the report is not the visitor's to read."""
    try:
        report = read_report(platform_ports(), visit.user.principal, head.flow_id)
    except NotFoundError:
        return None
    found = (document.findings for document in report.documents if document.position == head.position)
    return views.findings(next(found, ()), language=visit.language)
