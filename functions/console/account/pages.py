"""My account: the password, the factors that protect it, and the sessions that are open."""

from __future__ import annotations

from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.change_password import change_password
from choriste.application.access.confirm_factor import confirm_factor
from choriste.application.access.enrol_key import list_keys
from choriste.application.access.own_organisations import list_organisations
from choriste.application.access.prove_key import ask_for_key
from choriste.application.access.read_account import list_sessions, read_factors
from choriste.application.access.records import SessionStage
from choriste.application.access.sessions import end_session_of, end_sessions_beside
from choriste.application.members.change_own_account import AccountEntry, change_own_account
from choriste.domain.access.errors import AccountLockedError, WrongCredentialsError
from choriste.domain.access.user import Language, NoticeRhythm
from choriste.domain.shared.errors import BadRequestError
from choriste.runtime import identity
from choriste.runtime.ports import platform_ports
from functions.console.sign_in.wording import CODE_REFUSALS, STATUSES, refusal_text
from functions.console.web.forms import Form
from functions.console.web.keys import key_to_use
from functions.console.web.new_password import PASSWORD_REFUSALS, new_password_of, password_refusal
from functions.console.web.rendering import page, redirect, session_value, text, with_script
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit, safe_place

routes = Routes()

_NOTICES = {
    "changed": "account.changed",
    "wrong-name": "account.wrong_name",
    "password-changed": "account.password_changed",
    "app-replaced": "account.app_replaced",
    "app-removed": "account.app_removed",
    "key-added": "account.key_added",
    "key-removed": "account.key_removed",
    "organisation-connected": "organisation.connected",
    "organisation-removed": "organisation.removed",
    "session-ended": "account.session_ended",
    "login-changed": "account.login_changed",
    "contact-changed": "account.contact_changed",
    "contact-removed": "account.contact_removed",
}


@routes.shows("/account")
def show_account(visit: Visit) -> Response[str]:
    """Show the account, its factors and its sessions."""
    return account_page(visit)


def account_page(visit: Visit, *, status: int = 200, refused: str | None = None) -> Response[str]:
    """Return the page of the account, with what was just done or refused."""
    signed_in, access = visit.user, identity.access_ports()
    notice = visit.query.get("notice", "")
    return page(
        "account/account.html",
        visit,
        status=status,
        user=signed_in.user,
        factors=read_factors(signed_in, access=access),
        keys=list_keys(signed_in, access=access),
        organisations=list_organisations(signed_in, access=access),
        sessions=list_sessions(signed_in, access=access),
        notice=refused or (text(_NOTICES[notice], language=visit.language) if notice in _NOTICES else None),
        went_well=refused is None and notice != "wrong-name",
    )


@routes.acts("/account")
def change_account(visit: Visit, form: Form) -> Response[str]:
    """Store the name, the language and the choice of notices."""
    try:
        entry = AccountEntry(
            name=form.text("name"),
            language=Language(form.text("language")),
            notices=NoticeRhythm(form.text("notices")),
        )
        change_own_account(platform_ports(), visit.user, entry)
    except (BadRequestError, ValueError):
        return redirect("/account?notice=wrong-name")
    return redirect(f"/account?{urlencode({'notice': 'changed', 'lang': entry.language.value})}")


@routes.shows("/account/password")
def show_password(visit: Visit) -> Response[str]:
    """Ask for the present password and a new one."""
    return page("account/password.html", visit, user=visit.user.user, error=None)


@routes.acts("/account/password")
def replace_password(visit: Visit, form: Form) -> Response[str]:
    """Replace the password; the other sessions end."""
    try:
        started = change_password(
            visit.user,
            present=form.fields.get("password", ""),
            new=new_password_of(form),
            access=identity.access_ports(),
        )
    except (WrongCredentialsError, AccountLockedError) as error:
        step = "account" if isinstance(error, WrongCredentialsError) else "code"
        values = {"user": visit.user.user, "error": refusal_text(error, visit, step=step)}
        return page("account/password.html", visit, status=STATUSES[type(error)], **values)
    except PASSWORD_REFUSALS as refusal:
        told = password_refusal(refusal, visit)
        return page("account/password.html", visit, status=422, user=visit.user.user, error=told)
    return redirect("/account?notice=password-changed", cookies=[session_value(started.token)])


@routes.acts("/account/sessions")
def end_sessions(visit: Visit, form: Form) -> Response[str]:
    """End one session by its name, or all but this one."""
    signed_in, access = visit.user, identity.access_ports()
    if form.text("session") == "others":
        end_sessions_beside(signed_in.session, access=access)
    else:
        end_session_of(signed_in.session, form.text("session"), access=access)
    return redirect("/account?notice=session-ended")


@routes.shows("/account/confirm")
def ask_for_factor(visit: Visit) -> Response[str]:
    """Ask for the second factor again, before something that is worth a theft."""
    return confirm_page(visit, safe_place(visit.query.get("next", "")))


@routes.acts("/account/confirm")
def take_factor(visit: Visit, form: Form) -> Response[str]:
    """Check the code, and go on to where it was needed."""
    place = safe_place(form.text("next"))
    try:
        started = confirm_factor(visit.token, form.text("code"), access=identity.access_ports())
    except CODE_REFUSALS as error:
        told = refusal_text(error, visit, step="code")
        return confirm_page(visit, place, status=STATUSES[type(error)], error=told)
    return redirect(place, cookies=[session_value(started.token)])


def confirm_page(visit: Visit, place: str, *, status: int = 200, error: str | None = None) -> Response[str]:
    """Return the page that asks for the second factor again: a code, or a key where the account has one."""
    asked = ask_for_key(visit.token, SessionStage.SIGNED_IN, access=identity.access_ports())
    key = key_to_use(asked, action="/account/confirm/key") if asked else None
    factors = read_factors(visit.user, access=identity.access_ports())
    has_none = not (key or factors.app or factors.codes_left)
    values = {"place": place, "key": key, "error": error, "has_none": has_none}
    shown = page("account/confirm.html", visit, status=status, **values)
    return with_script(shown) if key else shown


def confirm_place(place: str) -> str:
    """Return the address at which the second factor is asked again, on the way to a place."""
    return f"/account/confirm?{urlencode({'next': place})}"
