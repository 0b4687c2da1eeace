"""The bank accounts of a structure: what there is, every change, and a form behind the second factor."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import may_change_bank_details
from choriste.application.parties.change_bank_details import (
    add_bank_account,
    begin_bank_change,
    change_bank_account,
    close_bank_account,
    read_bank_details,
)
from choriste.application.parties.consult_structure import consult_structure
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.bank_details import BankAccount, BankDetails
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.shared.errors import ChoristeError, NotFoundError
from choriste.runtime.ports import platform_ports
from functions.console.parties.views import faults_of
from functions.console.web import views
from functions.console.web.forms import Form
from functions.console.web.rendering import page
from functions.console.web.routes import Routes
from functions.console.web.told import tell, told
from functions.console.web.visit import Visit

routes = Routes()

_FIELDS = ("label", "iban", "bic", "holder")


@routes.shows("/structures/<structure_id>/bank")
def show_bank(visit: Visit, structure_id: str) -> Response[str]:
    """Show the accounts and their history, newest first."""
    principal = visit.user.principal
    details = read_bank_details(platform_ports(), principal, structure_id)
    return page(
        "parties/bank.html",
        visit,
        structure=consult_structure(platform_ports(), principal, structure_id).structure,
        details=details,
        changes=tuple(reversed(details.changes)),
        may_change=may_change_bank_details(principal, structure_id),
        saved=told(visit) == "saved",
    )


@routes.shows("/structures/<structure_id>/bank/account")
def show_account(visit: Visit, structure_id: str) -> Response[str]:
    """Show the form of an account, once the second factor has been proved; of a new one without an id."""
    details = begin_bank_change(platform_ports(), visit.user.principal, structure_id)
    account = _account(details, visit.query.get("id"))
    return _account_page(visit, structure_id, account, _typed(account))


@routes.acts("/structures/<structure_id>/bank/account")
def save_account(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Add an account, or change the one that the form names."""
    ports, principal = platform_ports(), visit.user.principal
    account = _account(begin_bank_change(ports, principal, structure_id), form.text("id") or None)
    typed = {name: form.text(name) for name in _FIELDS}
    try:
        if account is None:
            add_bank_account(ports, principal, structure_id, typed)
        else:
            change_bank_account(ports, principal, structure_id, account.id, typed)
    except (FieldsInvalidError, StaleRecordError) as error:
        return _account_page(visit, structure_id, account, typed, error=error)
    return tell(visit, f"/structures/{structure_id}/bank", "saved")


@routes.acts("/structures/<structure_id>/bank/closing")
def close_account(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Close an account, so that it is offered no more."""
    close_bank_account(platform_ports(), visit.user.principal, structure_id, form.text("id"))
    return tell(visit, f"/structures/{structure_id}/bank", "saved")


def _account(details: BankDetails, account_id: str | None) -> BankAccount | None:
    if account_id is None:
        return None
    account = details.account(account_id)
    if account is None:
        raise NotFoundError(kind="bank-account", id=account_id)
    return account


def _typed(account: BankAccount | None) -> dict[str, str]:
    return {name: (getattr(account, name) if account is not None else None) or "" for name in _FIELDS}


def _account_page(
    visit: Visit,
    structure_id: str,
    account: BankAccount | None,
    typed: dict[str, str],
    *,
    error: ChoristeError | None = None,
) -> Response[str]:
    faults = faults_of(error, language=visit.language)
    said = views.refusal_text(error, language=visit.language) if error is not None and not faults else None
    return page(
        "parties/account.html",
        visit,
        status=200 if error is None else 409 if isinstance(error, StaleRecordError) else 422,
        structure=consult_structure(platform_ports(), visit.user.principal, structure_id).structure,
        account=account,
        typed=typed,
        faults=faults,
        problem=said,
    )
