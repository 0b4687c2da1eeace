"""My organisations: whose provider signs me in, one more, one less."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.leave_for_organisation import leave_to_connect
from choriste.application.access.own_organisations import disconnect_organisation
from choriste.application.access.policy import require_fresh_factor
from choriste.runtime import identity
from functions.console.sign_in.organisation_pages import LEAVING_REFUSALS, explained_here, log_fault
from functions.console.web.forms import Form
from functions.console.web.rendering import page, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()


@routes.shows("/account/organisations")
def show_connect(visit: Visit) -> Response[str]:
    """Ask which organisation shall sign the visitor in, once the second factor has been proved."""
    require_fresh_factor(visit.user.principal, now=identity.access_ports().clock.now())
    return _page(visit, visit.query.get("siret", ""))


@routes.acts("/account/organisations")
def leave_for_provider(visit: Visit, form: Form) -> Response[str]:
    """Lead to the provider, which shows whom it means."""
    siret = form.text("siret")
    try:
        there = leave_to_connect(visit.token, siret, visit.user, access=identity.access_ports())
    except LEAVING_REFUSALS as error:
        log_fault(error)
        told, status = explained_here(error, visit)
        return _page(visit, siret, status=status, error=told)
    return page("sign_in/leaving.html", visit, place=there, way="in")


@routes.acts("/account/organisations/remove")
def disconnect(visit: Visit, form: Form) -> Response[str]:
    """Let an organisation sign the visitor in no longer."""
    disconnect_organisation(form.text("structure"), visit.user, access=identity.access_ports())
    return redirect("/account?notice=organisation-removed")


def _page(visit: Visit, siret: str, *, status: int = 200, error: str | None = None) -> Response[str]:
    values = {"place": "/account", "siret": siret, "error": error, "known": None}
    return page("sign_in/organisation.html", visit, status=status, action="/account/organisations", **values)
