"""One invoice: its page, its files, and what may be done with it."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.invoices.attach_file import attach_file
from choriste.application.invoices.read_invoices import (
    InvoiceView,
    file_address,
    read_file,
    read_invoice,
)
from choriste.application.invoices.treat_invoice import Correction, Treatment, check_treatment, treat_invoice
from choriste.domain.lifecycle import Reason, ReasonCode
from choriste.domain.shared.errors import BadRequestError, NotFoundError, TooLargeError
from choriste.domain.tracking.head import FileKind, InvoiceHead
from choriste.i18n.catalogue import message
from choriste.runtime.ports import platform_ports
from functions.console.invoices.page import EXPLAINED, after_step, back_of, invoice_page, invoice_place
from functions.console.invoices.steps import final_action
from functions.console.invoices.views import actions
from functions.console.web.asked import invoice_id_of
from functions.console.web.forms import Form
from functions.console.web.limits import LARGEST_ANSWER, LARGEST_UPLOAD
from functions.console.web.rendering import download, page, redirect, shown_pdf, text
from functions.console.web.routes import Routes
from functions.console.web.told import tell
from functions.console.web.visit import Visit

routes = Routes()


@routes.shows("/invoices/<number>")
def show_invoice(visit: Visit, number: str) -> Response[str]:
    """Show an invoice: its data, its history, its files, its report, and what I may do."""
    view = read_invoice(platform_ports(), visit.user.principal, invoice_id_of(number))
    return invoice_page(visit, view)


@routes.acts("/invoices/<number>/actions")
def act(visit: Visit, form: Form, number: str) -> Response[str]:
    """Take an action on an invoice, then show it as it stands; a refusal is explained on the same page.

    One that cannot be taken back is asked about first, with what follows from it.
    """
    principal, action = visit.user.principal, form.text("action")
    invoice_id = invoice_id_of(number)
    view = read_invoice(platform_ports(), principal, invoice_id)
    try:
        version = form.version
        treatment = _treatment(form)
        if final_action(view, action) is not None and form.text("confirmed") != "yes":
            check_treatment(platform_ports(), principal, invoice_id, treatment, expected_version=version)
            return _confirmation(visit, view, form)
        place = after_step(visit, form, invoice_id)
        version = _attached(visit, form, view, version)
        treat_invoice(platform_ports(), principal, invoice_id, treatment, expected_version=version)
    except EXPLAINED as error:
        view = read_invoice(platform_ports(), principal, invoice_id)
        return invoice_page(visit, view, refused=error, tried=action, form=form)
    return tell(visit, place, action)


def _confirmation(visit: Visit, view: InvoiceView, form: Form) -> Response[str]:
    """Ask whether a final step is meant, and say what follows from it."""
    action = next(each for each in actions(view, language=visit.language) if each.name == form.text("action"))
    reason = next((each.label for each in action.reasons if each.value == form.text("reason_code")), None)
    values = {"supplier": view.head.supplier.name, "recipient": view.head.recipient.name}
    return page(
        "invoices/confirm.html",
        visit,
        head=view.head,
        action=action,
        reason=reason,
        form=form,
        place=invoice_place(view.head.id, back_of(form.text("back"))),
        follows=text(_follows(view.head, action.name), language=visit.language, **values),
    )


def _follows(head: InvoiceHead, name: str) -> str:
    """Return the text of what follows; nobody waits for a transfer because of a credit note."""
    return "follows.pay_credit" if name == "pay" and head.is_credit_note else f"follows.{name}"


def _attached(visit: Visit, form: Form, view: InvoiceView, version: int) -> int:
    """Attach the file that comes with a completion, and return the version to go on from."""
    upload = form.files.get("file")
    if upload is None or not upload.content or version != view.head.version:
        return version
    if len(upload.content) > LARGEST_UPLOAD:
        raise TooLargeError(size=len(upload.content), limit=LARGEST_UPLOAD)
    head = attach_file(
        platform_ports(),
        visit.user.principal,
        view.head.id,
        filename=upload.filename,
        content=upload.content,
    )
    return head.version


@routes.shows("/invoices/<number>/pdf")
def show_pdf(visit: Visit, number: str) -> Response[bytes] | Response[str]:
    """Show the readable copy, which we made ourselves, inside our own page or alone."""
    principal, invoice_id = visit.user.principal, invoice_id_of(number)
    copy = read_invoice(platform_ports(), principal, invoice_id).head.file(FileKind.READABLE_COPY)
    if copy is None:
        raise NotFoundError(kind="file", id="pdf")
    if copy.size > LARGEST_ANSWER:
        return redirect(file_address(platform_ports(), principal, invoice_id, copy.name)[1])
    _, content = read_file(platform_ports(), principal, invoice_id, copy.name)
    return shown_pdf(copy.name, content)


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
