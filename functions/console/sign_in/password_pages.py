"""A password that is forgotten, and an account that strangers have locked: both by a link of a mail."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.reset_password import ask_for_reset, awaiting_reset, reset_password
from choriste.application.access.unlock import awaiting_unlock, unlock
from choriste.domain.access.errors import LinkEndedError
from choriste.domain.shared.errors import BadRequestError
from choriste.runtime import identity
from functions.console.sign_in.pages import with_device
from functions.console.web.forms import Form
from functions.console.web.new_password import PASSWORD_REFUSALS, new_password_of, password_refusal
from functions.console.web.rendering import device_value, error_page, page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes(open_to_all=True)


@routes.shows("/password/forgotten")
def show_forgotten(visit: Visit) -> Response[str]:
    """Ask for the login address."""
    return page("sign_in/forgotten.html", visit, email="", error=None, sent=False)


@routes.acts("/password/forgotten")
def mail_link(visit: Visit, form: Form) -> Response[str]:
    """Mail a link where there is an account, and say the same where there is none."""
    email = form.text("email")
    try:
        ask_for_reset(email, access=identity.access_ports())
    except BadRequestError:
        error = text("forgotten.malformed", language=visit.language)
        return page("sign_in/forgotten.html", visit, status=422, email=email, error=error, sent=False)
    return page("sign_in/forgotten.html", visit, email=email, error=None, sent=True)


@routes.shows("/password/new")
def show_new_password(visit: Visit) -> Response[str]:
    """Ask for the new password; looking uses the link up no more than a mail scanner does."""
    if visit.needs_return:
        return error_page("return", visit, status=200)
    return _new_password_page(visit, visit.query.get("token", ""), error=None)


@routes.acts("/password/new")
def choose_new_password(visit: Visit, form: Form) -> Response[str]:
    """Replace the password, and lead to the sign-in page."""
    token = form.text("token")
    try:
        reset_password(token, new_password_of(form), access=identity.access_ports())
    except LinkEndedError:
        return error_page("link", visit, status=410)
    except PASSWORD_REFUSALS as refusal:
        return _new_password_page(visit, token, error=password_refusal(refusal, visit))
    return redirect("/sign-in?notice=password-changed")


def _new_password_page(visit: Visit, token: str, *, error: str | None) -> Response[str]:
    try:
        user = awaiting_reset(token, access=identity.access_ports())
    except LinkEndedError:
        return error_page("link", visit, status=410)
    status = 422 if error else 200
    return page("sign_in/new_password.html", visit, status=status, user=user, token=token, error=error)


@routes.shows("/unlock")
def show_unlock(visit: Visit) -> Response[str]:
    """Ask whether this browser is the owner's."""
    if visit.needs_return:
        return error_page("return", visit, status=200)
    token = visit.query.get("token", "")
    try:
        user = awaiting_unlock(token, access=identity.access_ports())
    except LinkEndedError:
        return error_page("link", visit, status=410)
    return page("sign_in/unlock.html", visit, user=user, token=token)


@routes.acts("/unlock")
def unlock_here(visit: Visit, form: Form) -> Response[str]:
    """Let this browser sign in, whatever strangers do."""
    visit = with_device(visit)
    try:
        unlock(form.text("token"), visit.device, access=identity.access_ports())
    except LinkEndedError:
        return error_page("link", visit, status=410)
    return redirect("/sign-in?notice=unlocked", cookies=[device_value(visit.device)])
