"""A developer's sandbox: opened with its credentials, and what can be played in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import own_sandbox, require_sandbox
from choriste.application.invoices.criteria import Criteria, Side
from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.invoices.search_invoices import search_invoices
from choriste.application.sandbox.advance_clock import advance_clock
from choriste.application.sandbox.lead_invoice import Lead, lead_invoice
from choriste.application.sandbox.open_sandbox import open_sandbox
from choriste.application.sandbox.read_sandbox import read_sandbox, throw_switches
from choriste.domain.lifecycle import Reason, ReasonCode, Status
from choriste.domain.lifecycle.labels import reason_label, status_label
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.sandbox.sandbox import STATUSES, FlowAnswer, SandboxPart, Switch
from choriste.domain.sandbox.way import reachable
from choriste.domain.shared.errors import ChoristeError, NotFoundError
from choriste.domain.tracking.journey import position_of
from choriste.runtime.identity import access_ports
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings
from functions.console.web import views
from functions.console.web.asked import invoice_id_of
from functions.console.web.forms import Form
from functions.console.web.problems import explained
from functions.console.web.rendering import page, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()

_SHOWN: Final = 20
_PLACE: Final = "/developers/sandbox"
_PLAYED: Final = {
    "accept": Status.SERVICE_FAIT,
    "suspend": Status.SUSPENDUE,
    "reject": Status.REJETEE,
    "pay": Status.MISE_EN_PAIEMENT,
}
"""What the recipient of an ordinary invoice does most, each a button of its own."""


@routes.shows("/developers/sandbox")
def show_sandbox(visit: Visit) -> Response[str]:
    """Show the visitor's sandbox, or the button that opens one."""
    return _sandbox_page(visit)


@routes.acts("/developers/sandbox")
def open_own(visit: Visit, form: Form) -> Response[str]:
    """Open a sandbox and show the credentials of its program once."""
    del form
    try:
        opened = open_sandbox(platform_ports(), access_ports(), visit.user.principal)
    except ChoristeError as problem:
        return _sandbox_page(visit, problem=problem)
    return page(
        "developers/opened.html", visit, opened=opened, base_url=settings().base_url, page_path=_PLACE
    )


@routes.acts("/developers/sandbox/clock")
def move_clock(visit: Visit, form: Form) -> Response[str]:
    """Move the clock of the sandbox on."""
    try:
        advance_clock(platform_ports(), visit.user.principal, days=_number(form.text("days")))
    except FieldsInvalidError as problem:
        return _sandbox_page(visit, problem=problem)
    return redirect(f"{_PLACE}#clock")


@routes.acts("/developers/sandbox/switches")
def throw_switch(visit: Visit, form: Form) -> Response[str]:
    """Put one more switch before the others."""
    ports, who = platform_ports(), visit.user.principal
    known = read_sandbox(ports, who).sandbox.switches
    try:
        throw_switches(ports, who, (_switch(form), *known))
    except FieldsInvalidError as problem:
        return _sandbox_page(visit, problem=problem)
    return redirect(f"{_PLACE}#switches")


@routes.acts("/developers/sandbox/switches/end")
def end_switches(visit: Visit, form: Form) -> Response[str]:
    """Take all switches away."""
    del form
    throw_switches(platform_ports(), visit.user.principal, ())
    return redirect(f"{_PLACE}#switches")


@routes.shows("/developers/sandbox/invoices/<number>")
def show_play(visit: Visit, number: str) -> Response[str]:
    """Show where an invoice of the sandbox stands and where it can be led."""
    return _play_page(visit, number)


@routes.acts("/developers/sandbox/invoices/<number>")
def lead(visit: Visit, form: Form, number: str) -> Response[str]:
    """Lead an invoice of the sandbox to a status."""
    try:
        lead_invoice(
            platform_ports(),
            visit.user.principal,
            invoice_id_of(number),
            Lead(_PLAYED.get(form.text("play")) or _status(form.text("status")), _reason(form)),
            expected_version=form.version,
        )
    except ChoristeError as problem:
        return _play_page(visit, number, problem=problem)
    return redirect(f"{_PLACE}/invoices/{number}")


def _sandbox_page(visit: Visit, *, problem: ChoristeError | None = None) -> Response[str]:
    told, status = explained(problem, language=visit.language)
    ports, who = platform_ports(), visit.user.principal
    if own_sandbox(who) is None:
        return page("developers/no_sandbox.html", visit, status=status, problem=told)
    shown = read_sandbox(ports, who)
    found = search_invoices(
        ports,
        who,
        structure=shown.sandbox.structure(SandboxPart.SUPPLIER),
        side=Side.ISSUED,
        criteria=Criteria(),
        after=visit.query.get("after"),
        limit=_SHOWN,
    )
    return page(
        "developers/sandbox.html",
        visit,
        status=status,
        problem=told,
        shown=shown,
        invoices=[(head, views.status_badge(head.status, language=visit.language)) for head in found.rows],
        after=found.after,
        statuses=STATUSES,
        flow_states=tuple(FlowAnswer),
    )


def _play_page(visit: Visit, number: str, *, problem: ChoristeError | None = None) -> Response[str]:
    told, status = explained(problem, language=visit.language)
    head = read_invoice(platform_ports(), visit.user.principal, invoice_id_of(number)).head
    require_sandbox(visit.user.principal, head.supplier.structure)
    ways = reachable(position_of(head))
    return page(
        "developers/play.html",
        visit,
        status=status,
        problem=told,
        head=head,
        state=views.status_badge(head.status, language=visit.language),
        played=[(name, target) for name, target in _PLAYED.items() if target in ways],
        ways=[(way.value, status_label(way, language=visit.language)) for way in ways],
        reasons=_reasons(visit.language),
    )


def _reasons(language: str) -> Mapping[str, str]:
    return {code.value: reason_label(code, language=language) for code in ReasonCode}


def _switch(form: Form) -> Switch:
    code, state = form.text("code"), form.text("flow_state")
    return Switch(
        operation=form.text("operation").removeprefix("/cpro/").strip("/"),
        status=_number(form.text("status") or "200"),
        code=_number(code) if code else None,
        label=form.text("label") or None,
        flow_state=FlowAnswer(state) if state in set(FlowAnswer) else None,
        seconds=_number(form.text("seconds") or "0"),
        times=_number(form.text("times")),
    )


def _number(text: str) -> int:
    """Return a number as it was typed; what is none is out of every bound."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004


def _status(text: str) -> Status:
    if text not in set(Status):
        raise NotFoundError(kind="status", id=text)
    return Status(text)


def _reason(form: Form) -> Reason | None:
    code, words = form.text("reason_code"), form.text("reason_text")
    if not code and not words:
        return None
    return Reason(ReasonCode(code) if code in set(ReasonCode) else ReasonCode.AUTRE, words)
