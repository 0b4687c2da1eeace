"""One invoice: its page, its files, and what may be done with it."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.invoices.read_invoices import (
    file_address,
    read_file,
    read_invoice,
)
from choriste.application.invoices.treat_invoice import Correction, Treatment, treat_invoice
from choriste.domain.lifecycle import Reason, ReasonCode
from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message
from choriste.runtime.ports import platform_ports
from functions.console.invoices.page import EXPLAINED, invoice_page
from functions.console.web.asked import invoice_id_of
from functions.console.web.forms import Form
from functions.console.web.limits import LARGEST_ANSWER
from functions.console.web.rendering import download, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()


@routes.shows("/invoices/<number>")
def show_invoice(visit: Visit, number: str) -> Response[str]:
    """Show an invoice: its data, its history, its files, its report, and what I may do."""
    view = read_invoice(platform_ports(), visit.user.principal, invoice_id_of(number))
    return invoice_page(visit, view)


@routes.acts("/invoices/<number>/actions")
def act(visit: Visit, form: Form, number: str) -> Response[str]:
    """Take an action on an invoice, then show it as it stands; a refusal is explained on the same page."""
    principal = visit.user.principal
    invoice_id = invoice_id_of(number)
    try:
        version = form.version
        treat_invoice(platform_ports(), principal, invoice_id, _treatment(form), expected_version=version)
    except EXPLAINED as error:
        view = read_invoice(platform_ports(), principal, invoice_id)
        return invoice_page(visit, view, refused=error, tried=form.text("action"), form=form)
    return redirect(f"/invoices/{invoice_id}?done={form.text('action')}")


@routes.shows("/invoices/<number>/file")
def save_file(visit: Visit, number: str) -> Response[bytes] | Response[str]:
    """Give a file of an invoice to be saved."""
    principal, invoice_id = visit.user.principal, invoice_id_of(number)
    name = visit.query.get("name", "")
    view = read_invoice(platform_ports(), principal, invoice_id)
    if any(file.name == name and file.size > LARGEST_ANSWER for file in view.head.files):
        _, address = file_address(platform_ports(), principal, invoice_id, name)
        return redirect(address)
    file, content = read_file(platform_ports(), principal, invoice_id, name)
    return download(file.name, content, mime_type=file.mime_type)


def _treatment(form: Form) -> Treatment:
    code, words = form.text("reason_code"), form.text("reason_text")
    correction = Correction(
        recipient_siret=form.text("recipient_siret").replace(" ", "") or None,
        service_code=form.text("service_code") or None,
        engagement=form.text("engagement") or None,
    )
    return Treatment(
        action=form.text("action"),
        reason=_reason(code, words),
        correction=correction if correction != Correction() else None,
        party=form.text("party").replace(" ", "") or None,
    )


def _reason(code: str, words: str) -> Reason | None:
    if not code:
        return Reason(ReasonCode.AUTRE, words) if words else None
    try:
        return Reason(ReasonCode(code), words)
    except ValueError as error:
        raise BadRequestError(field="reason_code", expected=message("expected", "listed-reason")) from error
