"""The first sign-in: a code by mail in the place of the second factor, then the choice of one."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.enrol_app import enrol_first_app, offer_first_app
from choriste.application.access.mailed_code import check_code, send_code
from choriste.application.access.records import SessionStage
from choriste.application.access.resume_session import stage_of
from choriste.domain.access.errors import SessionEndedError
from choriste.runtime import identity
from functions.console.sign_in.pages import with_device
from functions.console.sign_in.wording import CODE_REFUSALS, STATUSES, refusal_text
from functions.console.web.forms import Form
from functions.console.web.qr_code import qr_code
from functions.console.web.rendering import device_value, page, redirect, session_value, with_cookies
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit, safe_place

routes = Routes(open_to_all=True)


@routes.shows("/sign-in/mailed-code")
def mail_code(visit: Visit) -> Response[str]:
    """Mail a new code, at each return to the page, and show the form for it."""
    try:
        address = send_code(visit.token, access=identity.access_ports())
    except SessionEndedError:
        return redirect("/sign-in")
    place = safe_place(visit.query.get("next", ""))
    return page("sign_in/mailed_code.html", visit, place=place, address=address, error=None)


@routes.acts("/sign-in/mailed-code")
def check_mailed_code(visit: Visit, form: Form) -> Response[str]:
    """Check the mailed code, and lead on to the choice of a second factor."""
    place = safe_place(form.text("next"))
    try:
        started = check_code(visit.token, form.text("code"), access=identity.access_ports())
    except SessionEndedError:
        return redirect("/sign-in?notice=ended")
    except CODE_REFUSALS as error:
        values = {"place": place, "address": None, "error": refusal_text(error, visit, step="mailed_code")}
        return page("sign_in/mailed_code.html", visit, status=STATUSES[type(error)], **values)
    return redirect("/sign-in/app", cookies=[session_value(started.token)])


@routes.shows("/sign-in/app")
def offer_app(visit: Visit) -> Response[str]:
    """Show the secret for the authenticator app, as QR code and to type."""
    if stage_of(visit.token, access=identity.access_ports()) is not SessionStage.AWAITS_FACTOR:
        return redirect("/sign-in")
    return _app_page(visit)


@routes.acts("/sign-in/app")
def enrol_app(visit: Visit, form: Form) -> Response[str]:
    """Enrol the app, open the session, and show the recovery codes this once."""
    visit = with_device(visit)
    try:
        enrolled = enrol_first_app(
            visit.token, form.text("code"), access=identity.access_ports(), visitor=visit.visitor
        )
    except SessionEndedError:
        return redirect("/sign-in?notice=ended")
    except CODE_REFUSALS as error:
        return _app_page(visit, status=STATUSES[type(error)], error=refusal_text(error, visit, step="code"))
    cookies = [session_value(enrolled.started.token), device_value(visit.device)]
    if enrolled.codes is None:
        return redirect("/invoices", cookies=cookies)
    shown = page("sign_in/recovery_codes.html", visit, codes=enrolled.codes, place="/invoices")
    return with_cookies(shown, cookies)


def _app_page(visit: Visit, *, status: int = 200, error: str | None = None) -> Response[str]:
    offered = offer_first_app(visit.token, access=identity.access_ports())
    values = {"secret": offered.secret, "code": qr_code(offered.address), "action": "/sign-in/app"}
    return page("sign_in/app.html", visit, status=status, error=error, **values)
