"""My addresses: the one to sign in with, and the one that notices go to, each proved by a mail."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.members.change_address import (
    AddressKind,
    ask_for_address,
    awaiting_address,
    confirm_address,
    read_addresses,
    remove_contact,
)
from choriste.domain.access.errors import LinkEndedError, StaleRecordError
from choriste.domain.shared.errors import BadRequestError
from choriste.runtime import identity
from choriste.runtime.ports import platform_ports
from functions.console.web.forms import Form
from functions.console.web.rendering import error_page, page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()


@routes.shows("/account/addresses")
def show_addresses(visit: Visit) -> Response[str]:
    """Show both addresses, and ask for new ones."""
    return _page(visit)


@routes.acts("/account/addresses")
def ask(visit: Visit, form: Form) -> Response[str]:
    """Mail a link to a new address, or let notices go to the login address again."""
    access, wanted = identity.access_ports(), form.text("kind")
    if wanted == "none":
        remove_contact(visit.user, access=access, ports=platform_ports())
        return redirect("/account?notice=contact-removed")
    kind = AddressKind.LOGIN if wanted == AddressKind.LOGIN else AddressKind.CONTACT
    email = form.text("email")
    try:
        ask_for_address(visit.user, kind, email, access=access)
    except BadRequestError:
        return _page(visit, wrong=kind, typed=email)
    return _page(visit, sent=email)


@routes.shows("/account/addresses/confirm")
def show_confirmation(visit: Visit) -> Response[str]:
    """Ask whether the address of the link shall count; looking uses nothing up."""
    token = visit.query.get("token", "")
    try:
        kind, address = awaiting_address(token, visit.user, access=identity.access_ports())
    except LinkEndedError:
        return error_page("link", visit, status=410)
    return page("account/confirm_address.html", visit, kind=kind, address=address, token=token)


@routes.acts("/account/addresses/confirm")
def confirm(visit: Visit, form: Form) -> Response[str]:
    """Let the new address count."""
    try:
        kind = confirm_address(
            form.text("token"), visit.user, access=identity.access_ports(), ports=platform_ports()
        )
    except (LinkEndedError, StaleRecordError):
        return error_page("link", visit, status=410)
    return redirect(f"/account?notice={kind.value}-changed")


def _page(
    visit: Visit, *, wrong: AddressKind | None = None, typed: str = "", sent: str | None = None
) -> Response[str]:
    user = read_addresses(visit.user, access=identity.access_ports())
    error = text("sign_up.wrong_email", language=visit.language) if wrong else None
    return page(
        "account/addresses.html",
        visit,
        status=422 if wrong else 200,
        user=user,
        wrong=wrong,
        typed=typed,
        error=error,
        sent=sent,
    )
