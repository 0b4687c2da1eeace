"""Signing in by a security key: the second factor, the first one that an account gets, or a passkey alone."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.enrol_key import LONGEST_NAME, enrol_first_key, offer_first_key
from choriste.application.access.prove_key import ask_for_passkey, sign_in_with_passkey, verify_key
from choriste.application.access.sign_out import sign_out
from choriste.domain.access.errors import KeyRefusedError, SessionEndedError
from choriste.runtime import identity
from functions.console.sign_in.pages import code_page, with_device
from functions.console.web.forms import Form
from functions.console.web.keys import ENROLMENT_REFUSALS, PROOF_REFUSALS, key_to_make, key_to_use
from functions.console.web.problems import explained
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
from functions.console.web.visit import Visit, safe_place

routes = Routes(open_to_all=True)


@routes.acts("/sign-in/code/key")
def check_key(visit: Visit, form: Form) -> Response[str]:
    """Check what the key has signed, and open the session under a new cookie."""
    place, visit = safe_place(form.text("next")), with_device(visit)
    try:
        opened = verify_key(
            visit.token, form.text("answer"), access=identity.access_ports(), visitor=visit.visitor
        )
    except SessionEndedError:
        return redirect("/sign-in?notice=ended")
    except PROOF_REFUSALS as error:
        told, status = explained(error, language=visit.language)
        return code_page(visit, place, status=status, error=told)
    return redirect(place, cookies=[session_value(opened.token), device_value(visit.device)])


@routes.shows("/sign-in/key")
def offer_key(visit: Visit) -> Response[str]:
    """Ask for the first security key of an account."""
    return _first_key_page(visit)


@routes.acts("/sign-in/key")
def enrol_key(visit: Visit, form: Form) -> Response[str]:
    """Register the key, open the session, and show the recovery codes this once."""
    visit, answer = with_device(visit), form.text("answer")
    access = identity.access_ports()
    try:
        enrolled = enrol_first_key(
            visit.token, answer, form.text("name"), access=access, visitor=visit.visitor
        )
    except SessionEndedError:
        return redirect("/sign-in?notice=ended")
    except ENROLMENT_REFUSALS as error:
        told, status = explained(error, language=visit.language)
        return _first_key_page(visit, status=status, error=told)
    cookies = [session_value(enrolled.started.token), device_value(visit.device)]
    if enrolled.codes is None:
        return redirect("/invoices", cookies=cookies)
    shown = page("sign_in/recovery_codes.html", visit, codes=enrolled.codes, place="/invoices")
    return with_cookies(shown, cookies)


@routes.shows("/sign-in/passkey")
def show_passkey(visit: Visit) -> Response[str]:
    """Ask for a passkey; whoever is signed in goes on."""
    if visit.needs_return:
        return error_page("return", visit, status=200)
    place = safe_place(visit.query.get("next", ""))
    return redirect(place) if visit.signed_in is not None else _passkey_page(visit, place)


@routes.acts("/sign-in/passkey")
def check_passkey(visit: Visit, form: Form) -> Response[str]:
    """Open the session of the passkey's owner; one that this browser still had ends."""
    place, visit = safe_place(form.text("next")), with_device(visit)
    answer, access = form.text("answer"), identity.access_ports()
    try:
        opened = sign_in_with_passkey(visit.token, answer, access=access, visitor=visit.visitor)
    except PROOF_REFUSALS as error:
        told, status = explained(error, language=visit.language)
        if isinstance(error, KeyRefusedError):
            told = text("passkey.refused", language=visit.language)
        return _passkey_page(visit, place, status=status, error=told)
    sign_out(visit.token, access=access)
    return redirect(place, cookies=[session_value(opened.token), device_value(visit.device)])


def _first_key_page(visit: Visit, *, status: int = 200, error: str | None = None) -> Response[str]:
    try:
        options = offer_first_key(visit.token, access=identity.access_ports())
    except SessionEndedError:
        return redirect("/sign-in")
    key = key_to_make(options, action="/sign-in/key")
    values = {"key": key, "longest": LONGEST_NAME, "error": error, "first": True}
    return with_script(page("sign_in/key.html", visit, status=status, **values))


def _passkey_page(visit: Visit, place: str, *, status: int = 200, error: str | None = None) -> Response[str]:
    options = ask_for_passkey(visit.token, access=identity.access_ports())
    key = key_to_use(options, action="/sign-in/passkey")
    values = {"key": key, "place": place, "error": error}
    return with_script(page("sign_in/passkey.html", visit, status=status, **values))
