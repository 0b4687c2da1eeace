"""My security keys: one more, one less, and a key as the proof before what is worth a theft."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.enrol_key import LONGEST_NAME, enrol_key, offer_key, remove_key
from choriste.application.access.prove_key import confirm_key
from choriste.domain.access.errors import LastFactorError, SessionEndedError, TooManyKeysError
from choriste.runtime import identity
from functions.console.account.pages import account_page, confirm_page
from functions.console.web.forms import Form
from functions.console.web.keys import ENROLMENT_REFUSALS, PROOF_REFUSALS, key_to_make
from functions.console.web.problems import explained
from functions.console.web.rendering import page, redirect, session_value, with_script
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit, safe_place

routes = Routes()


@routes.shows("/account/keys")
def show_new_key(visit: Visit) -> Response[str]:
    """Ask for one more security key."""
    return _key_page(visit)


@routes.acts("/account/keys")
def take_key(visit: Visit, form: Form) -> Response[str]:
    """Register one more security key."""
    answer, name, access = form.text("answer"), form.text("name"), identity.access_ports()
    try:
        codes = enrol_key(visit.token, answer, name, visit.user, access=access)
    except SessionEndedError:
        return redirect("/account/keys")
    except ENROLMENT_REFUSALS as error:
        told, status = explained(error, language=visit.language)
        return _key_page(visit, status=status, error=told)
    if codes is None:
        return redirect("/account?notice=key-added")
    return page("sign_in/recovery_codes.html", visit, codes=codes, place="/account")


@routes.acts("/account/keys/remove")
def lose_key(visit: Visit, form: Form) -> Response[str]:
    """Take a key off the account."""
    try:
        remove_key(form.text("key"), visit.user, access=identity.access_ports())
    except LastFactorError as error:
        told, status = explained(error, language=visit.language)
        return account_page(visit, status=status, refused=told)
    return redirect("/account?notice=key-removed")


@routes.acts("/account/confirm/key")
def take_proof(visit: Visit, form: Form) -> Response[str]:
    """Check what the key has signed, and go on to where it was needed."""
    place = safe_place(form.text("next"))
    try:
        started = confirm_key(visit.token, form.text("answer"), access=identity.access_ports())
    except PROOF_REFUSALS as error:
        told, status = explained(error, language=visit.language)
        return confirm_page(visit, place, status=status, error=told)
    return redirect(place, cookies=[session_value(started.token)])


def _key_page(visit: Visit, *, status: int = 200, error: str | None = None) -> Response[str]:
    try:
        options = offer_key(visit.token, visit.user, access=identity.access_ports())
    except TooManyKeysError as full:
        told, status = explained(full, language=visit.language)
        return account_page(visit, status=status, refused=told)
    key = key_to_make(options, action="/account/keys")
    values = {"key": key, "longest": LONGEST_NAME, "error": error, "first": False}
    return with_script(page("sign_in/key.html", visit, status=status, **values))
