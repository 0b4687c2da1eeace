"""One invoice on one page: what it says, what comes next, and beside it PDF, exchanges, history, checks."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import may_read_issued
from choriste.application.deposits.read_report import read_report
from choriste.application.invoices.read_invoices import InvoiceView
from choriste.application.invoices.read_sheet import sheet_of
from choriste.domain.lifecycle import TransitionRefusedError
from choriste.domain.lifecycle.labels import frame_label
from choriste.domain.lifecycle.next_actor import is_ended
from choriste.domain.lifecycle.statuses import Phase, in_phase
from choriste.domain.printouts.printout import printouts_of
from choriste.domain.shared.errors import (
    BadRequestError,
    ChoristeError,
    ComplementMissingError,
    DuplicateInvoiceError,
    StaleVersionError,
    TooLargeError,
)
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import FileKind, InvoiceHead
from choriste.domain.tracking.journey import position_of
from choriste.i18n.formats import date_text
from choriste.runtime.ports import platform_ports
from functions.console.invoices import act_views
from functions.console.invoices import views as invoice_views
from functions.console.invoices.act_views import TurnView
from functions.console.invoices.listed import Near, neighbours
from functions.console.invoices.own_document import own_document_of
from functions.console.invoices.steps import Steps, steps_of
from functions.console.invoices.views import HistoryRow
from functions.console.web import views
from functions.console.web.forms import Form
from functions.console.web.rendering import counted, page, text
from functions.console.web.told import told
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


TABS: Final = ("history", "exchanges", "pdf", "checks", "technical")
_ASKING: Final = in_phase(Phase.CORRECTION, Phase.REFUSED)
_LONGEST_BACK: Final = 2_000
_MOST_FIELDS: Final = 50


def invoice_page(
    visit: Visit,
    view: InvoiceView,
    *,
    refused: ChoristeError | None = None,
    tried: str = "",
    form: Form | None = None,
) -> Response[str]:
    """Show an invoice; `refused` says why what was `tried` was not done, `form` keeps what was typed."""
    language, principal = visit.language, visit.user.principal
    problem = views.refusal_text(refused, language=language) if refused is not None else None
    stale = isinstance(refused, StaleVersionError)
    history = invoice_views.history(view, language=language)
    sheet = sheet_of(platform_ports(), view.head, language=language)
    steps = steps_of(view, principal, language=language)
    turn = act_views.turn_view(view.head, language=language)
    back = back_of(visit.query.get("back", "") if form is None else form.text("back"))
    word = told(visit)
    tabs = _tabs(visit, view.head)
    tab = _tab(visit, tabs, tried=tried)
    return page(
        "invoices/invoice.html",
        visit,
        status=200 if refused is None else 409 if stale else 422,
        head=view.head,
        frame=frame_label(view.head.frame, language=language),
        state=views.status_badge(view.head.status, language=language),
        here=invoice_place(view.head.id, back),
        back=back,
        **_in_list(visit, view.head.id, back),
        sheet=sheet,
        due=_due(visit, view.head, sheet.due_date) if sheet is not None else None,
        steps=steps,
        turn=turn,
        asked=_asked(view, history),
        tracking=_tracking(visit, view.head, has_sheet=sheet is not None),
        tabs=tabs,
        tab=tab,
        history=history,
        exchanges=[row for row in history[::-1] if row.change.text or row.change.reason_text],
        files=invoice_views.files(view.head, language=language),
        printouts=printouts_of(view.head),
        findings=_findings(visit, view.head) if tab == "checks" else (),
        own=own_document_of(visit, view.head),
        problem=problem,
        tried=tried,
        typed=form if form is not None else Form(),
        act_name=partial(invoice_views.act_label, language=language),
        acts=act_views.open_forms(platform_ports(), principal, view.head),
        done=act_views.done_label(word, language=language),
        after=_after(visit, steps, turn) if word else "",
    )


def _in_list(visit: Visit, invoice_id: InvoiceId, back: str) -> dict[str, Any]:
    """Return where an invoice stands in the list that it was opened from, and the way to its neighbours.

    A step may have taken it off that list; then the address says which invoice came after it.
    """
    near = neighbours(visit, back, invoice_id) if back else None
    following = near.after if near is not None else None
    then = visit.query.get("then", "")
    if near is None and back and then.isascii() and then.isdigit():
        following = Near(InvoiceId(int(then)), back)
    before = near.before if near is not None else None
    places = [each and invoice_place(each.id, each.back) for each in (before, following)]
    return {"near": near, "previous_place": places[0], "next_place": places[1]}


def after_step(visit: Visit, form: Form, invoice_id: InvoiceId, *, tab: str = "") -> str:
    """Return where a step on an invoice leads: to its page, which still knows what comes next in the list.

    To be asked before the step, which may take the invoice off that list.
    """
    back = back_of(form.text("back"))
    near = neighbours(visit, back, invoice_id) if back else None
    if near is None or near.after is None:
        return invoice_place(invoice_id, back, tab=tab)
    return invoice_place(invoice_id, back, tab=tab, then=near.after.id)


def invoice_place(invoice_id: InvoiceId, back: str, *, tab: str = "", then: InvoiceId | None = None) -> str:
    """Return the address of an invoice's page that knows the list it was opened from."""
    parts = (("back", back), ("tab", tab), ("then", str(then or "")))
    query = urlencode({name: value for name, value in parts if value})
    return f"/invoices/{invoice_id}?{query}" if query else f"/invoices/{invoice_id}"


def back_of(text: str) -> str:
    """Return the query of a list of ours, its parameters written anew; what is none becomes empty."""
    return (
        urlencode(parse_qsl(text[:_LONGEST_BACK], max_num_fields=_MOST_FIELDS)) if text.isprintable() else ""
    )


def _tabs(visit: Visit, head: InvoiceHead) -> list[str]:
    """Return the tabs that have something for the visitor."""
    empty = set() if head.file(FileKind.READABLE_COPY) is not None else {"pdf"}
    if not may_read_issued(visit.user.principal, head.depositor):
        empty.add("checks")
    return [each for each in TABS if each not in empty]


def _tab(visit: Visit, tabs: list[str], *, tried: str) -> str:
    if tried == "comment":
        return "exchanges"
    wanted = visit.query.get("tab", "")
    return wanted if wanted in tabs else "history"


def _due(visit: Visit, head: InvoiceHead, day: dt.date | None) -> str | None:
    """Return until when an invoice is to be paid, and while it is not, how long that is."""
    if day is None or head.is_credit_note:
        return None
    shown = date_text(day, language=visit.language)
    left = (day - platform_ports().clock.now().date()).days
    if is_ended(position_of(head)):
        return text("invoice.due_on", language=visit.language, date=shown)
    key = "invoice.due_in" if left >= 0 else "invoice.overdue"
    return counted(key, abs(left), language=visit.language, date=shown)


def _asked(view: InvoiceView, history: tuple[HistoryRow, ...]) -> HistoryRow | None:
    """Return the last step where it asks or refuses something: its words stand beside what is to be done."""
    last = next((row for row in history if row.badge is not None), None)
    wants = view.head.status in _ASKING
    return last if wants and last is not None and (last.reason or last.change.reason_text) else None


def _tracking(visit: Visit, head: InvoiceHead, *, has_sheet: bool) -> list[tuple[str, str]]:
    """Return what the platform knows of an invoice that its data do not say."""
    parties = (
        ("validator", head.validator_1),
        ("validator2", head.validator_2),
        ("moe", head.moe),
        ("moa", head.moa),
    )
    rows = [(f"invoice.party.{role}", party.name) for role, party in parties if party is not None]
    rows += [
        (key, value)
        for key, value in (
            ("invoice.service", None if has_sheet else head.service_code),
            ("invoice.engagement", None if has_sheet else head.engagement),
            ("invoice.contract", None if has_sheet else head.contract),
            ("invoice.reference", head.accounting_reference),
            ("invoice.assignee", head.assignee.name if head.assignee else None),
        )
        if value
    ]
    return [(text(key, language=visit.language), value) for key, value in rows]


def _after(visit: Visit, steps: Steps, turn: TurnView) -> str:
    """Return what happens after a step: the visitor's next one, or who is waited for."""
    if steps.first is not None:
        return text("done.next", language=visit.language, action=steps.first.label)
    if turn.turn.is_over:
        return turn.actors[0]
    return text("done.waits", language=visit.language, actors=", ".join(turn.actors))


def _findings(visit: Visit, head: InvoiceHead) -> tuple[views.FindingRow, ...]:
    """Return what the checks said of the invoice, to the people of its depositor."""
    report = read_report(platform_ports(), visit.user.principal, head.flow_id)
    found = (document.findings for document in report.documents if document.position == head.position)
    return views.findings(next(found, ()), language=visit.language)
