"""Activating an account: the page that the link of a mail leads to."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.activate import awaiting_activation
from choriste.application.members.open_account import open_account
from choriste.domain.access.errors import LinkEndedError
from choriste.runtime import identity
from choriste.runtime.ports import platform_ports
from functions.console.web.forms import Form
from functions.console.web.new_password import PASSWORD_REFUSALS, new_password_of, password_refusal
from functions.console.web.rendering import error_page, page, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes(open_to_all=True)


@routes.shows("/activation")
def show_activation(visit: Visit) -> Response[str]:
    """Ask for the password of the account; looking uses nothing up, since mail scanners look too."""
    if visit.needs_return:
        return error_page("return", visit, status=200)
    return _page(visit, visit.query.get("token", ""), error=None)


@routes.acts("/activation")
def choose_first_password(visit: Visit, form: Form) -> Response[str]:
    """Give the account its password, and lead to the sign-in page."""
    token = form.text("token")
    try:
        open_account(token, new_password_of(form), access=identity.access_ports(), ports=platform_ports())
    except LinkEndedError:
        return error_page("link", visit, status=410)
    except PASSWORD_REFUSALS as refusal:
        return _page(visit, token, error=password_refusal(refusal, visit))
    return redirect("/sign-in?notice=activated")


def _page(visit: Visit, token: str, *, error: str | None) -> Response[str]:
    try:
        user = awaiting_activation(token, access=identity.access_ports())
    except LinkEndedError:
        return error_page("link", visit, status=410)
    status = 422 if error else 200
    return page("sign_up/activation.html", visit, status=status, user=user, token=token, error=error)
