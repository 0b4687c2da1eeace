"""What the operations of the own account are asked and answered with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from choriste.application.access.enrol_app import EnrolledApp, OfferedApp
from choriste.application.access.read_account import Factors, OpenSession
from choriste.application.access.records import SecurityKey, SessionStage
from choriste.application.access.sessions import StartedSession
from choriste.domain.access.user import Language, NoticeRhythm, User
from functions.api.http.models import Answer, Body, Moment

_Line = Annotated[str, Field(max_length=254)]
_Password = Annotated[str, Field(max_length=1_000, json_schema_extra={"format": "password"})]
_Code = Annotated[str, Field(max_length=40)]
_Token = Annotated[str, Field(max_length=100)]


class SignUpBody(Body):
    """Who wants an account, and the structure to join; where it is new here, its name and place count too."""

    email: _Line
    first_name: _Line
    last_name: _Line
    siret: _Line
    structure_name: _Line
    postcode: _Line
    city: _Line
    language: Language = Language.FRENCH


class ChosenPasswordBody(Body):
    """The token of the link that a mail brought, and the password to have from now on."""

    token: _Token
    password: _Password


class AddressBody(Body):
    """The login address of an account."""

    email: _Line


class LinkBody(Body):
    """The token of the link that a mail brought."""

    token: _Token


class SignInBody(Body):
    """The login address and the password.

    `device` is what the last complete sign-in answered: with it the tries are one's own, that strangers
    cannot use up.
    """

    email: _Line
    password: _Password
    device: _Token = ""


class CodeBody(Body):
    """A code of the authenticator app, or a recovery code where one is taken."""

    code: _Code
    device: _Token = ""


class OwnCodeBody(Body):
    """A code of the authenticator app, or a recovery code where one is taken."""

    code: _Code


class AccountBody(Body):
    """What changes of the own account; what is absent stays."""

    name: _Line | None = None
    language: Language | None = None
    notices: NoticeRhythm | None = None


class PasswordBody(Body):
    """The present password and the new one."""

    present: _Password
    new: _Password


class SessionToken(Answer):
    """A token for the header `Authorization: Bearer`, in clear this once; the one before no longer works.

    `stage` says what the sign-in awaits, or that it is done.
    """

    token: str
    stage: SessionStage
    expires_at: Moment
    device: str | None = None


class MailedTo(Answer):
    """The address that a code was mailed to."""

    email: str


class AppSecret(Answer):
    """What an authenticator app needs: the secret to type, and the otpauth:// address for a QR code."""

    secret: str
    address: str


class EnrolledFactor(Answer):
    """The session that goes on, and the recovery codes, in clear this once; null where there were some."""

    session: SessionToken
    recovery_codes: list[str] | None


class RecoveryCodeList(Answer):
    """Ten recovery codes, in clear this once; those before no longer work."""

    recovery_codes: list[str]


class KeyDetails(Answer):
    """A security key or passkey, by the name that its owner gave it."""

    id: str
    name: str
    added_at: Moment


class FactorList(Answer):
    """What proves the second factor; `codes_left` counts the recovery codes not used yet."""

    app: bool
    security_keys: list[KeyDetails]
    codes_left: int


class AccountDetails(Answer):
    """The own account; `structures` are those it belongs to or has a right in."""

    id: str
    email: str
    name: str
    language: Language
    notices: NoticeRhythm
    contact_email: str | None
    operator: bool
    structures: list[str]


class SessionDetails(Answer):
    """A session: the name to end it by, what it is in, since when, and whether it is this one."""

    name: str
    browser: str
    started_at: Moment
    is_this: bool


class SessionList(Answer):
    """Where the own account is signed in, newest first."""

    sessions: list[SessionDetails]


def session_out(started: StartedSession, *, device: str | None = None) -> SessionToken:
    """Return the token of a session as an answer holds it."""
    session = started.session
    return SessionToken(
        token=started.token, stage=session.stage, expires_at=session.expires_at, device=device
    )


def secret_out(offered: OfferedApp) -> AppSecret:
    """Return the secret of an app as an answer holds it."""
    return AppSecret(secret=offered.secret, address=offered.address)


def enrolled_out(enrolled: EnrolledApp, *, device: str | None = None) -> EnrolledFactor:
    """Return an enrolled app as an answer holds it."""
    return EnrolledFactor(
        session=session_out(enrolled.started, device=device),
        recovery_codes=list(enrolled.codes) if enrolled.codes is not None else None,
    )


def account_out(user: User) -> AccountDetails:
    """Return the own account as an answer holds it."""
    return AccountDetails(
        id=user.id,
        email=user.email,
        name=user.name,
        language=user.language,
        notices=user.notices,
        contact_email=user.contact,
        operator=user.operator,
        structures=sorted(user.structures),
    )


def factors_out(factors: Factors, keys: tuple[SecurityKey, ...]) -> FactorList:
    """Return the factors of an account as an answer holds them."""
    return FactorList(
        app=factors.app,
        security_keys=[KeyDetails(id=key.id, name=key.name, added_at=key.added_at) for key in keys],
        codes_left=factors.codes_left,
    )


def sessions_out(found: tuple[OpenSession, ...]) -> SessionList:
    """Return the sessions of an account as an answer holds them."""
    return SessionList(
        sessions=[
            SessionDetails(
                name=each.name, browser=each.browser, started_at=each.started_at, is_this=each.is_this
            )
            for each in found
        ]
    )
