"""Signing in and out: password, then code, then the session; each step with its own cookie."""

from __future__ import annotations

from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from choriste.application.access.resume_session import awaits_code
from choriste.application.access.sign_in import sign_in
from choriste.application.access.sign_out import sign_out
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.access.errors import (
    AccountLockedError,
    CodeOutOfDateError,
    SessionEndedError,
    WrongCodeError,
    WrongCredentialsError,
)
from choriste.domain.shared.errors import ChoristeError
from choriste.i18n.formats import moment_text
from choriste.runtime import identity
from functions.console.web.forms import Form
from functions.console.web.rendering import error_page, page, redirect, session_value, text
from functions.console.web.routes import Routes
from functions.console.web.visit import (
    Visit,
    is_secure,
    safe_place,
    session_cookie,
)

routes = Routes(open_to_all=True)

_NOTICES = {
    "signed-out": "sign_in.signed_out",
    "activated": "sign_in.activated",
}
_STATUSES = {
    AccountLockedError: 429,
    WrongCredentialsError: 403,
    WrongCodeError: 403,
    CodeOutOfDateError: 403,
}


@routes.shows("/sign-in")
def show_sign_in(visit: Visit) -> Response[str]:
    """Show the form for e-mail address and password; whoever is signed in goes on."""
    if visit.needs_return:
        return error_page("return", visit, status=200)
    place = safe_place(visit.query.get("next", ""))
    if visit.signed_in is not None:
        return redirect(place)
    notice = visit.query.get("notice", "")
    told = text(_NOTICES[notice], language=visit.language) if notice in _NOTICES else None
    ended = text("sign_in.ended", language=visit.language) if notice == "ended" else None
    return page("sign_in/sign_in.html", visit, place=place, email="", notice=told, error=ended)


@routes.acts("/sign-in")
def check_password(visit: Visit, form: Form) -> Response[str]:
    """Check the password; a session that this browser still had ends, whosever it was."""
    place, email = safe_place(form.text("next")), form.text("email")
    try:
        started = sign_in(email, form.fields.get("password", ""), access=identity.access_ports())
    except (WrongCredentialsError, AccountLockedError) as error:
        told = _told(error, visit)
        return page(
            "sign_in/sign_in.html",
            visit,
            status=_STATUSES[type(error)],
            place=place,
            email=email,
            notice=None,
            error=told,
        )
    sign_out(visit.token, access=identity.access_ports())
    return redirect(f"/sign-in/code?{urlencode({'next': place})}", cookies=[session_value(started.token)])


@routes.shows("/sign-in/code")
def show_code(visit: Visit) -> Response[str]:
    """Show the form for the code of the authenticator app."""
    if not awaits_code(visit.token, access=identity.access_ports()):
        return redirect("/sign-in")
    return page("sign_in/code.html", visit, place=safe_place(visit.query.get("next", "")), error=None)


@routes.acts("/sign-in/code")
def check_code(visit: Visit, form: Form) -> Response[str]:
    """Check the code and open the session under a new cookie."""
    place = safe_place(form.text("next"))
    try:
        opened = verify_second_factor(visit.token, form.text("code"), access=identity.access_ports())
    except SessionEndedError:
        return redirect("/sign-in?notice=ended")
    except (WrongCodeError, CodeOutOfDateError, AccountLockedError) as error:
        status = _STATUSES[type(error)]
        return page("sign_in/code.html", visit, status=status, place=place, error=_told(error, visit))
    return redirect(place, cookies=[session_value(opened.token)])


@routes.acts("/sign-out")
def leave(visit: Visit, form: Form) -> Response[str]:
    """End the session, and have the browser forget it."""
    del form
    sign_out(visit.token, access=identity.access_ports())
    gone = Cookie(
        session_cookie(),
        "",
        path="/",
        secure=is_secure(),
        http_only=True,
        max_age=0,
        same_site=SameSite.STRICT_MODE,
    )
    return redirect("/sign-in?notice=signed-out", cookies=[gone], leaving=True)


def _told(error: ChoristeError, visit: Visit) -> str:
    """Return what the visitor is told; a lock says exactly when it ends."""
    until = getattr(error, "until", None)
    values = {"until": moment_text(until, language=visit.language)} if until is not None else {}
    return text(f"sign_in.{error.code}", language=visit.language, **values)
