"""Acts beside the transitions: comment, assign, record a reference, attach, reuse, acknowledge, take up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.invoices.act_on_invoice import (
    acknowledge_invoice,
    assign_invoice,
    comment_invoice,
    record_reference,
)
from choriste.application.invoices.attach_file import attach_file, reuse_file
from choriste.application.invoices.ports import FilePorts
from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.works.read_billing_file import read_billing_file
from choriste.domain.access.principal import Principal
from choriste.domain.shared.errors import TooLargeError
from choriste.domain.shared.field_faults import field_error
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.ports import platform_ports
from functions.console.invoices import act_views
from functions.console.invoices.page import EXPLAINED, after_step, invoice_page
from functions.console.web.asked import invoice_id_of
from functions.console.web.forms import Form
from functions.console.web.limits import LARGEST_UPLOAD
from functions.console.web.rendering import page, redirect
from functions.console.web.routes import Routes
from functions.console.web.told import tell
from functions.console.web.visit import Visit

routes = Routes()

ActHandler = Callable[[FilePorts, Principal, InvoiceId, Form], object]


@routes.acts("/invoices/<number>/acts/<act>")
def do(visit: Visit, form: Form, number: str, act: str) -> Response[str]:
    """Do an act on an invoice, then show it as it stands; a refusal is explained on the same page."""
    principal = visit.user.principal
    invoice_id = invoice_id_of(number)
    view = read_invoice(platform_ports(), principal, invoice_id)
    try:
        _handler_of(act)(platform_ports(), principal, invoice_id, form)
    except EXPLAINED as error:
        return invoice_page(visit, view, refused=error, tried=act, form=form)
    place = after_step(visit, form, invoice_id, tab="exchanges" if act == "comment" else "")
    return tell(visit, place, "attach" if act == "reuse" else act)


@routes.acts("/invoices/<number>/reissue")
def reissue(visit: Visit, form: Form, number: str) -> Response[str]:
    """Begin a draft with what a refused invoice said, under a new number, and show it."""
    # reading XML costs memory and start-up time that no other page must pay
    from choriste.application.drafts.reissue_invoice import reissue_invoice  # noqa: PLC0415

    principal = visit.user.principal
    invoice_id = invoice_id_of(number)
    try:
        draft = reissue_invoice(platform_ports(), principal, invoice_id, number=form.text("number"))
    except EXPLAINED as error:
        view = read_invoice(platform_ports(), principal, invoice_id)
        return invoice_page(visit, view, refused=error, tried="reissue", form=form)
    return redirect(f"/drafts/{draft.id}")


@routes.shows("/billing-files/<number>")
def show_billing_file(visit: Visit, number: str) -> Response[str]:
    """Show a billing file: its pieces in order, who must act, what may follow, and every file in it."""
    view = read_billing_file(platform_ports(), visit.user.principal, invoice_id_of(number))
    return page(
        "invoices/billing_file.html",
        visit,
        file=view,
        numbers={piece.head.id: piece.head.number for piece in view.pieces},
        pieces=act_views.piece_rows(view, language=visit.language),
    )


def _handler_of(act: str) -> ActHandler:
    known = _HANDLERS.get(act)
    if known is None:
        raise field_error("act", "ACT-UNKNOWN", found=act)
    return known


def _comment(ports: FilePorts, who: Principal, invoice: InvoiceId, form: Form) -> object:
    return comment_invoice(ports, who, invoice, form.text("text"))


def _assign(ports: FilePorts, who: Principal, invoice: InvoiceId, form: Form) -> object:
    return assign_invoice(ports, who, invoice, form.text("account") or None)


def _record(ports: FilePorts, who: Principal, invoice: InvoiceId, form: Form) -> object:
    return record_reference(ports, who, invoice, form.text("reference"))


def _attach(ports: FilePorts, who: Principal, invoice: InvoiceId, form: Form) -> object:
    upload = form.files.get("file")
    if upload is None or not upload.content:
        raise field_error("file", "FILE-EMPTY")
    if len(upload.content) > LARGEST_UPLOAD:
        raise TooLargeError(size=len(upload.content), limit=LARGEST_UPLOAD)
    category = form.text("category") or None
    return attach_file(
        ports, who, invoice, filename=upload.filename, content=upload.content, category=category
    )


def _reuse(ports: FilePorts, who: Principal, invoice: InvoiceId, form: Form) -> object:
    piece, _, name = form.text("file").partition("/")
    return reuse_file(ports, who, invoice, piece=invoice_id_of(piece), name=name)


def _acknowledge(act: str) -> ActHandler:
    def deed(ports: FilePorts, who: Principal, invoice: InvoiceId, form: Form) -> object:
        del form  # an acknowledgement says nothing else
        return acknowledge_invoice(ports, who, invoice, act)

    return deed


_HANDLERS: Final[dict[str, ActHandler]] = {
    "comment": _comment,
    "assign": _assign,
    "record-accounting-reference": _record,
    "attach": _attach,
    "reuse": _reuse,
    "acknowledge-rejection": _acknowledge("acknowledge-rejection"),
    "close-rejection": _acknowledge("close-rejection"),
    "acknowledge-suspension": _acknowledge("acknowledge-suspension"),
}
