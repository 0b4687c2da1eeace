"""Technical accounts and API connections: what exists, what it did, and a new secret shown once."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response

from choriste.application.connections.api_clients import (
    create_api_client,
    list_api_clients,
    renew_api_client,
    revoke_api_client,
    switch_api_client,
    usage_of_api_client,
)
from choriste.application.connections.rights import rights_passed_on
from choriste.application.connections.technical_accounts import (
    create_technical_account,
    list_technical_accounts,
    reset_technical_account,
    revoke_technical_account,
)
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import Level, Space
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import ChoristeError
from choriste.runtime.identity import access_ports
from functions.console.connections.views import Secret, account_row, client_row
from functions.console.web import views
from functions.console.web.asked import chosen_structure, structures_with
from functions.console.web.forms import Form
from functions.console.web.rendering import page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()

_LONGEST_NAME: Final = 100


@routes.shows("/connections")
def show_connections(visit: Visit) -> Response[str]:
    """Show the API connections and technical accounts of one of my structures."""
    return _list_page(visit, visit.query.get("structure"))


@routes.acts("/connections/clients")
def create_client(visit: Visit, form: Form) -> Response[str]:
    """Declare an API connection with the visitor's rights, and show its secret once."""
    structure, name = StructureId(form.text("structure")), form.text("name")
    if not 1 <= len(name) <= _LONGEST_NAME:
        return _refused(visit, structure, text("connections.missing_name", language=visit.language))
    who = visit.user.principal
    try:
        rights = rights_passed_on(who, structure)
        issued = create_api_client(structure, name=name, rights=rights, by=who, access=access_ports())
    except AlreadyExistsError as error:
        return _refused(visit, structure, views.refusal_text(error, language=visit.language))
    return _secret_page(visit, Secret.of_client(issued))


@routes.acts("/connections/accounts")
def create_account(visit: Visit, form: Form) -> Response[str]:
    """Create a technical account with the visitor's rights, and show its password once."""
    structure, name = StructureId(form.text("structure")), form.text("name")
    if not 1 <= len(name) <= _LONGEST_NAME:
        return _refused(visit, structure, text("connections.missing_name", language=visit.language))
    who = visit.user.principal
    try:
        rights = rights_passed_on(who, structure)
        issued = create_technical_account(structure, name=name, rights=rights, by=who, access=access_ports())
    except AlreadyExistsError as error:
        return _refused(visit, structure, views.refusal_text(error, language=visit.language))
    return _secret_page(visit, Secret.of_account(issued))


@routes.shows("/connections/clients/<client_id>")
def show_usage(visit: Visit, client_id: str) -> Response[str]:
    """Show what an API connection did, day by day, and what it was refused last."""
    usage = usage_of_api_client(client_id, by=visit.user.principal, access=access_ports())
    return page(
        "connections/usage.html",
        visit,
        row=client_row(usage, language=visit.language),
        last=usage.last_refusal,
        causes=usage.causes,
        page_path=f"/connections/clients/{client_id}",
        list_path=_list_of(usage.client.structure or ""),
    )


@routes.acts("/connections/clients/<client_id>/secret")
def renew_client(visit: Visit, form: Form, client_id: str) -> Response[str]:
    """Renew the secret of an API connection, and show it once."""
    who = visit.user.principal
    try:
        issued = renew_api_client(client_id, by=who, access=access_ports(), version=form.version)
    except StaleRecordError as error:
        return _stale(visit, form, error)
    return _secret_page(visit, Secret.of_client(issued))


@routes.acts("/connections/accounts/<login>/reset")
def reset_account(visit: Visit, form: Form, login: str) -> Response[str]:
    """Reset the password of a technical account, and show it once."""
    who = visit.user.principal
    try:
        issued = reset_technical_account(login, by=who, access=access_ports(), version=form.version)
    except StaleRecordError as error:
        return _stale(visit, form, error)
    return _secret_page(visit, Secret.of_account(issued))


@routes.acts("/connections/clients/<client_id>/switch")
def switch_client(visit: Visit, form: Form, client_id: str) -> Response[str]:
    """Suspend an API connection, or activate it again."""
    active = form.text("active") == "yes"
    client = switch_api_client(client_id, active=active, by=visit.user.principal, access=access_ports())
    return _back(client.structure or "")


@routes.acts("/connections/clients/<client_id>/revoke")
def revoke_client(visit: Visit, form: Form, client_id: str) -> Response[str]:
    """Close an API connection for ever."""
    revoke_api_client(client_id, by=visit.user.principal, access=access_ports())
    return _back(form.text("structure"))


@routes.acts("/connections/accounts/<login>/revoke")
def revoke_account(visit: Visit, form: Form, login: str) -> Response[str]:
    """Close a technical account for ever."""
    revoke_technical_account(login, by=visit.user.principal, access=access_ports())
    return _back(form.text("structure"))


def _list_page(visit: Visit, wanted: str | None, *, problem: str | None = None) -> Response[str]:
    structures = structures_with(visit, Space.API, Level.MODIFY)
    if not structures:
        return page("connections/connections.html", visit, structure=None, problem=None)
    chosen = chosen_structure(wanted, structures)
    who, access = visit.user.principal, access_ports()
    now, language = access.clock.now(), visit.language
    clients = list_api_clients(chosen.id, by=who, access=access)
    usages = (usage_of_api_client(client.client_id, by=who, access=access) for client in clients)
    accounts = list_technical_accounts(chosen.id, by=who, access=access)
    return page(
        "connections/connections.html",
        visit,
        status=200 if problem is None else 422,
        problem=problem,
        structure=chosen,
        choices=views.structure_choices(structures, chosen=chosen.id),
        clients=[client_row(usage, language=language) for usage in usages],
        accounts=[account_row(account, now=now, language=language) for account in accounts],
    )


def _secret_page(visit: Visit, secret: Secret) -> Response[str]:
    return page("connections/secret.html", visit, secret=secret, page_path=_list_of(secret.structure))


def _refused(visit: Visit, structure: StructureId, problem: str) -> Response[str]:
    return _list_page(visit, structure, problem=problem)


def _stale(visit: Visit, form: Form, error: ChoristeError) -> Response[str]:
    problem = views.refusal_text(error, language=visit.language)
    return _list_page(visit, form.text("structure"), problem=problem)


def _back(structure: str) -> Response[str]:
    return redirect(_list_of(structure))


def _list_of(structure: str) -> str:
    return f"/connections?{urlencode({'structure': structure})}" if structure else "/connections"
