"""Many invoices at once: ticked in a list, asked about on one page, treated one by one, reported.

A tick is a field `pick-ID`; `all` stands for everything that the list shows, as its address narrows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response

from choriste.application.invoices.criteria import Side
from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.invoices.treat_invoice import Treatment
from choriste.application.invoices.treat_many import MOST_TREATED, select_invoices, treat_many
from choriste.domain.lifecycle import TRANSITIONS, ReasonCode, Role, Transition, TransitionRefusedError
from choriste.domain.lifecycle.next_step import is_final
from choriste.domain.lifecycle.reasons import Reason
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.domain.shared.field_faults import field_error
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import position_of
from choriste.runtime.ports import platform_ports
from functions.console.invoices.batch_result import in_a_word, of_word
from functions.console.invoices.listed import Listed, listed
from functions.console.invoices.page import back_of
from functions.console.invoices.views import Action, action, action_label
from functions.console.web import views
from functions.console.web.asked import invoice_id_of
from functions.console.web.forms import Form
from functions.console.web.rendering import page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.told import tell, told
from functions.console.web.views import Choice
from functions.console.web.visit import Visit

routes = Routes()

_PICK: Final = "pick-"
_OFFERED: Final[dict[Side, tuple[Role, tuple[str, ...]]]] = {
    Side.RECEIVED: (
        Role.RECIPIENT,
        ("certify-service", "mandate", "send-to-accountant", "book", "pay", "resume", "suspend", "reject"),
    ),
    Side.VALIDATION: (Role.VALIDATOR_1, ("validate", "refuse-validation")),
    Side.WORKS: (Role.MOE, ("take-charge", "agree", "forward")),
}
"""The steps that each list offers for many, in the order of the work, and who takes them."""
_REFUSED: Final = (BadRequestError,)


def offered(side: Side, *, language: str) -> tuple[Choice, ...]:
    """Return the steps that a list offers for many; none for what one issued: each answer differs."""
    _, names = _OFFERED.get(side, (None, ()))
    return tuple(Choice(name, action_label(name, language=language) or name) for name in names)


@routes.acts("/invoices/batch")
def choose(visit: Visit, form: Form) -> Response[str]:
    """Show what was ticked: the sum, those that cannot take the step, and ask whether it is meant."""
    return _asked(visit, form)


@routes.acts("/invoices/batch/steps")
def treat(visit: Visit, form: Form) -> Response[str]:
    """Take the step on each invoice that was shown, at the version that was shown, and report."""
    try:
        name = _known(form.text("action"))
        versions = [(each, form.number(f"{_PICK}{each}")) for each in _picked(form)]
        if not versions:
            return _asked(visit, form)
        treatment = Treatment(action=name, reason=_reason(form))
        done = treat_many(platform_ports(), visit.user.principal, versions, treatment)
    except _REFUSED as error:
        return _asked(visit, form, problem=views.refusal_text(error, language=visit.language))
    wrong = [each.refusal for each in done if isinstance(each.refusal, TransitionRefusedError)]
    if len(wrong) == len(done) and all(each.code.startswith("reason-") for each in wrong):
        return _asked(visit, form, problem=views.refusal_text(wrong[0], language=visit.language))
    back = urlencode({"back": back_of(form.text("back"))})
    return tell(visit, f"/invoices/batch/result?{back}", in_a_word(name, done))


@routes.shows("/invoices/batch/result")
def show_result(visit: Visit) -> Response[str]:
    """Report what the step has just brought about, once; loaded again, it leads back to the list."""
    result, back = of_word(told(visit)), back_of(visit.query.get("back", ""))
    if result is None:
        return redirect(f"/invoices?{back}" if back else "/invoices")
    return page(
        "invoices/batch_report.html",
        visit,
        action=action_label(result.action, language=visit.language),
        back=back,
        done=result.done,
        unchanged=result.unchanged,
        named=[
            (_seen(visit, invoice_id), text(why, language=visit.language)) for invoice_id, why in result.named
        ],
    )


def _seen(visit: Visit, invoice_id: InvoiceId) -> InvoiceHead | None:
    """Return an invoice by its number; None where the visitor may not know of it."""
    try:
        return read_invoice(platform_ports(), visit.user.principal, invoice_id).head
    except NotFoundError:
        return None


def _asked(visit: Visit, form: Form, *, problem: str | None = None) -> Response[str]:
    """Show what is about to be done, or that nothing was chosen."""
    back, name = back_of(form.text("back")), form.text("action")
    found = listed(visit, back) if form.text("all") else None
    ids = [head.id for head in found.heads] if found is not None else _picked(form)
    tired = found is not None and found.is_tired
    if not ids or name not in {each for _, names in _OFFERED.values() for each in names}:
        return page(
            "invoices/batch_empty.html",
            visit,
            status=422,
            back=back,
            chosen=bool(ids),
            tired=tired,
        )
    selection = select_invoices(platform_ports(), visit.user.principal, ids[:MOST_TREATED], name)
    ready = selection.able + selection.unusual
    step = _step(visit, ready, name)
    return page(
        "invoices/batch.html",
        visit,
        status=200 if problem is None else 422,
        problem=problem,
        action=step,
        selection=selection,
        states={
            head.id: views.status_badge(head.status, language=visit.language)
            for head in ready + selection.unable
        },
        left=_left(found, ids),
        tired=tired,
        back=back,
        form=form,
        follows=_follows(visit, ready, name),
    )


def _picked(form: Form) -> list[InvoiceId]:
    return [invoice_id_of(field[len(_PICK) :]) for field in form.fields if field.startswith(_PICK)]


def _known(name: str) -> str:
    if not any(name in names for _, names in _OFFERED.values()):
        raise field_error("action", "ACT-UNKNOWN", found=name)
    return name


def _rows(name: str) -> Iterator[Transition]:
    roles = {role for role, names in _OFFERED.values() if name in names}
    return (row for row in TRANSITIONS if row.name == name and roles & row.roles)


def _step(visit: Visit, heads: tuple[InvoiceHead, ...], name: str) -> Action:
    """Return the step with the reasons that fit every invoice of the selection."""
    rows = [next(_rows(name))] if not heads else [_row(head, name) for head in heads]
    frames = [head.frame for head in heads] or [min(rows[0].frames)]
    found = [
        action(row, frame=frame, language=visit.language) for row, frame in zip(rows, frames, strict=True)
    ]
    shared = set.intersection(*({choice.value for choice in each.reasons} for each in found))
    first = found[0]
    return Action(
        name=first.name,
        label=first.label,
        reasons=tuple(choice for choice in first.reasons if choice.value in shared),
        wants_text=first.wants_text,
        needs_text=first.needs_text,
        corrects=frozenset(),
        names_party=False,
        leads_to=first.leads_to,
    )


def _row(head: InvoiceHead, name: str) -> Transition:
    return next(row for row in _rows(name) if position_of(head).allows(row))


def _follows(visit: Visit, heads: tuple[InvoiceHead, ...], name: str) -> str | None:
    """Return that a step cannot be taken back, where it is final for one of the invoices."""
    if not any(is_final(position_of(head), _row(head, name)) for head in heads):
        return None
    if name == "pay" and any(head.is_credit_note for head in heads):
        return text("batch.follows.pay_credit", language=visit.language)
    return text(f"batch.follows.{name}", language=visit.language)


def _left(found: Listed | None, ids: list[InvoiceId]) -> bool:
    """Say whether more was chosen than one request treats."""
    return len(ids) > MOST_TREATED or (found is not None and found.is_cut and not found.is_tired)


def _reason(form: Form) -> Reason | None:
    code, words = form.text("reason_code"), form.text("reason_text")
    if not code:
        return Reason(ReasonCode.AUTRE, words) if words else None
    known = next((each for each in ReasonCode if each == code), None)
    if known is None:
        raise field_error("reason_code", "ACT-UNKNOWN", found=code)
    return Reason(known, words)
