"""Signing in and out: password, then the second factor, then the session; each step with its own cookie."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from choriste.application.access.hashing import new_secret
from choriste.application.access.own_organisations import way_out
from choriste.application.access.prove_key import ask_for_key
from choriste.application.access.records import SessionStage
from choriste.application.access.sign_in import sign_in
from choriste.application.access.sign_out import sign_out
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.access.errors import AccountLockedError, SessionEndedError, WrongCredentialsError
from choriste.runtime import identity
from functions.console.sign_in.wording import CODE_REFUSALS, STATUSES, refusal_text
from functions.console.web.forms import Form
from functions.console.web.keys import key_to_use
from functions.console.web.rendering import (
    device_value,
    error_page,
    page,
    redirect,
    session_value,
    text,
    with_cookies,
    with_script,
)
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit, is_secure, safe_place, session_cookie

routes = Routes(open_to_all=True)

STEPS: Final = {
    SessionStage.AWAITS_CODE: "/sign-in/code",
    SessionStage.AWAITS_MAILED_CODE: "/sign-in/mailed-code",
    SessionStage.AWAITS_FACTOR: "/sign-in/app",
}
"""The page of each step that a sign-in may await."""

_NOTICES: Final = {
    "signed-out": "sign_in.signed_out",
    "activated": "sign_in.activated",
    "password-changed": "sign_in.password_changed",
    "unlocked": "sign_in.unlocked",
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
    access = identity.access_ports()
    try:
        started = sign_in(email, form.fields.get("password", ""), access=access, visitor=visit.visitor)
    except (WrongCredentialsError, AccountLockedError) as error:
        told, status = refusal_text(error, visit, step="sign_in"), STATUSES[type(error)]
        values = {"place": place, "email": email, "notice": None, "error": told}
        return page("sign_in/sign_in.html", visit, status=status, **values)
    sign_out(visit.token, access=access)
    step = STEPS[started.session.stage]
    return redirect(f"{step}?{urlencode({'next': place})}", cookies=[session_value(started.token)])


@routes.shows("/sign-in/code")
def show_code(visit: Visit) -> Response[str]:
    """Show the form for the code of the authenticator app."""
    return code_page(visit, safe_place(visit.query.get("next", "")))


@routes.acts("/sign-in/code")
def check_code(visit: Visit, form: Form) -> Response[str]:
    """Check the code and open the session under a new cookie."""
    place, visit = safe_place(form.text("next")), with_device(visit)
    try:
        opened = verify_second_factor(
            visit.token, form.text("code"), access=identity.access_ports(), visitor=visit.visitor
        )
    except SessionEndedError:
        return redirect("/sign-in?notice=ended")
    except CODE_REFUSALS as error:
        told = refusal_text(error, visit, step="code")
        return code_page(visit, place, status=STATUSES[type(error)], error=told)
    return redirect(place, cookies=[session_value(opened.token), device_value(visit.device)])


def code_page(visit: Visit, place: str, *, status: int = 200, error: str | None = None) -> Response[str]:
    """Return the page of the second factor: the code, and the key where the account has one."""
    try:
        asked = ask_for_key(visit.token, SessionStage.AWAITS_CODE, access=identity.access_ports())
    except SessionEndedError:
        return redirect("/sign-in")
    key = key_to_use(asked, action="/sign-in/code/key") if asked else None
    values = {"place": place, "key": key, "error": error}
    shown = page("sign_in/code.html", visit, status=status, **values)
    return with_script(shown) if key else shown


@routes.acts("/sign-out")
def leave(visit: Visit, form: Form) -> Response[str]:
    """End the session, and have the browser forget it."""
    del form
    access = identity.access_ports()
    further = way_out(visit.signed_in, access=access) if visit.signed_in is not None else None
    sign_out(visit.token, access=access)
    gone = Cookie(
        session_cookie(),
        "",
        path="/",
        secure=is_secure(),
        http_only=True,
        max_age=0,
        same_site=SameSite.STRICT_MODE,
    )
    if further is not None:
        stranger = replace(visit, signed_in=None, is_new=False)
        return with_cookies(page("sign_in/leaving.html", stranger, place=further, way="out"), [gone])
    return redirect("/sign-in?notice=signed-out", cookies=[gone], leaving=True)


def with_device(visit: Visit) -> Visit:
    """Return a visit whose browser has a token, a fresh one where it had none."""
    return visit if visit.device else replace(visit, device=new_secret())
