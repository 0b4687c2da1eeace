"""How the people of a structure sign in at their organisation's provider: its manager's form."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.leave_for_organisation import return_path
from choriste.application.access.organisation_records import OrganisationSignIn
from choriste.application.access.set_organisation_sign_in import (
    SignInEntry,
    end_organisation_elsewhere,
    organisation_elsewhere,
    read_organisation_sign_in,
    served_sirets,
    set_organisation_sign_in,
)
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.organisation_errors import OrganisationUnavailableError
from choriste.domain.shared.errors import BadRequestError
from choriste.runtime import identity
from choriste.runtime.settings import settings
from functions.console.sign_in.organisation_pages import explained_here, log_fault
from functions.console.web.forms import Form
from functions.console.web.rendering import page, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()

_REFUSALS = (BadRequestError, StaleRecordError, OrganisationUnavailableError)


@routes.shows("/structures/<structure_id>/sign-in")
def show_provider(visit: Visit, structure_id: str) -> Response[str]:
    """Show the form, once the second factor has been proved; the secret is shown to nobody."""
    access = identity.access_ports()
    _, known = read_organisation_sign_in(visit.user.principal, structure_id, access=access)
    return _page(visit, structure_id, _typed(known))


@routes.acts("/structures/<structure_id>/sign-in")
def save_provider(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Save the form, once the provider has answered."""
    access = identity.access_ports()
    try:
        entry = _entry(form)
        set_organisation_sign_in(visit.user.principal, structure_id, entry, access=access)
    except _REFUSALS as error:
        log_fault(error)
        told, status = explained_here(error, visit)
        return _page(visit, structure_id, form.fields, status=status, error=told)
    return redirect(f"/structures/{structure_id}?notice=saved")


@routes.acts("/structures/<structure_id>/sign-in/end")
def end_provider_elsewhere(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Have the provider of another structure sign the people of this one in no longer."""
    del form
    end_organisation_elsewhere(visit.user.principal, structure_id, access=identity.access_ports())
    return redirect(f"/structures/{structure_id}?notice=saved")


def _entry(form: Form) -> SignInEntry:
    return SignInEntry(
        issuer=form.text("issuer"),
        client_id=form.text("client_id"),
        secret=form.text("secret"),
        sirets=tuple("".join(line.split()) for line in form.text("sirets").splitlines() if line.strip()),
        strong=tuple(form.text("strong").split()),
        vouches=form.text("vouches") == "on",
        active=form.text("active") == "on",
        version=form.version,
    )


def _typed(known: OrganisationSignIn | None) -> dict[str, str]:
    """Return the fields of the form for what is stored, or for nothing yet."""
    if known is None:
        return {"active": "on", "version": "0"}
    return {
        "issuer": known.issuer,
        "client_id": known.client_id,
        "sirets": "\n".join(served_sirets(known, access=identity.access_ports())),
        "strong": "\n".join(known.strong),
        "vouches": "on" if known.vouches else "",
        "active": "on" if known.active else "",
        "version": str(known.version),
    }


def _page(
    visit: Visit,
    structure_id: str,
    typed: dict[str, str],
    *,
    status: int = 200,
    error: str | None = None,
) -> Response[str]:
    access = identity.access_ports()
    structure, known = read_organisation_sign_in(visit.user.principal, structure_id, access=access)
    elsewhere = organisation_elsewhere(visit.user.principal, structure_id, access=access)
    return page(
        "parties/provider.html",
        visit,
        status=status,
        structure=structure,
        typed=typed,
        has_secret=known is not None,
        return_address=settings().base_url + return_path(structure_id),
        after_address=f"{settings().base_url}/sign-in?notice=signed-out",
        elsewhere=elsewhere[1] if elsewhere else None,
        error=error,
    )
