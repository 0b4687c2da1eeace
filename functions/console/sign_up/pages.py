"""Signing up: names, address and SIRET; a mail does the rest."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.sign_up import SignUp, sign_up
from choriste.application.parties.register_structure import closed_on
from choriste.domain.access.errors import MailNotSentError
from choriste.domain.access.user import Language
from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import translate
from choriste.i18n.formats import date_text
from choriste.runtime import identity
from choriste.runtime.ports import platform_ports
from functions.console.web.forms import Form
from functions.console.web.rendering import page, text
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes(open_to_all=True)

DEVELOPER = ("first_name", "last_name", "email")
FIELDS = ("first_name", "last_name", "email", "siret", "structure_name", "postcode", "city")


@routes.shows("/sign-up")
def show_sign_up(visit: Visit) -> Response[str]:
    """Show the form, the short one to developers."""
    names = DEVELOPER if visit.query.get("for") == "developer" else FIELDS
    return _page(visit, dict.fromkeys(names, ""))


@routes.acts("/sign-up")
def take_sign_up(visit: Visit, form: Form) -> Response[str]:
    """Open the account where the address has none, and say the same where it has one."""
    typed = {name: form.text(name) for name in (DEVELOPER if form.text("for") == "developer" else FIELDS)}
    closed = closed_on(platform_ports(), typed["siret"]) if "siret" in typed else None
    if closed is not None:
        day = date_text(closed, language=visit.language)
        told = translate("field", "SIRET-CLOSED", visit.language, found=typed["siret"], on=day)
        return _page(visit, typed, wrong="siret", error=told)
    try:
        sign_up(SignUp(language=Language(visit.language), **typed), access=identity.access_ports())
    except BadRequestError as error:
        field = str(error.parameters["field"])
        told = text(f"sign_up.wrong_{field}", language=visit.language)
        return _page(visit, typed, wrong=field, error=told)
    except MailNotSentError:
        return _page(visit, typed, wrong="mail", error=text("sign_up.mail_failed", language=visit.language))
    return _page(visit, typed, sent=True)


def _page(
    visit: Visit,
    typed: dict[str, str],
    *,
    wrong: str | None = None,
    error: str | None = None,
    sent: bool = False,
) -> Response[str]:
    status = 422 if error else 200
    return page(
        "sign_up/sign_up.html", visit, status=status, typed=typed, wrong=wrong, error=error, sent=sent
    )
