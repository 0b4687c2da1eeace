"""My authentication factors: the app in the place of the one before, and new recovery codes."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.enrol_app import offer_app, replace_app
from choriste.application.access.remove_app import remove_app
from choriste.application.access.renew_recovery_codes import renew_recovery_codes
from choriste.domain.access.errors import LastFactorError, SessionEndedError
from choriste.runtime import identity
from functions.console.account.pages import account_page
from functions.console.sign_in.wording import CODE_REFUSALS, STATUSES, refusal_text
from functions.console.web.forms import Form
from functions.console.web.problems import explained
from functions.console.web.qr_code import qr_code
from functions.console.web.rendering import page, redirect, session_value, with_cookies
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()


@routes.shows("/account/app")
def show_app(visit: Visit) -> Response[str]:
    """Show the secret for the new app."""
    return _app_page(visit)


@routes.acts("/account/app")
def take_app(visit: Visit, form: Form) -> Response[str]:
    """Enrol the new app in the place of the one before."""
    try:
        enrolled = replace_app(visit.token, form.text("code"), visit.user, access=identity.access_ports())
    except SessionEndedError:
        return redirect("/account/app")
    except CODE_REFUSALS as error:
        return _app_page(visit, status=STATUSES[type(error)], error=refusal_text(error, visit, step="code"))
    cookies = [session_value(enrolled.started.token)]
    if enrolled.codes is None:
        return redirect("/account?notice=app-replaced", cookies=cookies)
    shown = page("sign_in/recovery_codes.html", visit, codes=enrolled.codes, place="/account")
    return with_cookies(shown, cookies)


@routes.acts("/account/app/remove")
def take_off_app(visit: Visit, form: Form) -> Response[str]:
    """Remove the app of an account that a security key protects too."""
    del form
    try:
        remove_app(visit.user, access=identity.access_ports())
    except LastFactorError as error:
        told, status = explained(error, language=visit.language)
        return account_page(visit, status=status, refused=told)
    return redirect("/account?notice=app-removed")


@routes.acts("/account/recovery-codes")
def show_new_codes(visit: Visit, form: Form) -> Response[str]:
    """Make new recovery codes, and show them this once."""
    del form
    codes = renew_recovery_codes(visit.user, access=identity.access_ports())
    return page("sign_in/recovery_codes.html", visit, codes=codes, place="/account")


def _app_page(visit: Visit, *, status: int = 200, error: str | None = None) -> Response[str]:
    offered = offer_app(visit.token, visit.user, access=identity.access_ports())
    values = {"secret": offered.secret, "code": qr_code(offered.address), "action": "/account/app"}
    return page("sign_in/app.html", visit, status=status, error=error, **values)
