"""`/v1/account`: the own account of a person, with the token of a session (docs/reference/accounts.md)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from choriste.application.access.change_password import change_password
from choriste.application.access.confirm_factor import confirm_factor
from choriste.application.access.enrol_app import offer_app, replace_app
from choriste.application.access.enrol_key import list_keys, remove_key
from choriste.application.access.read_account import list_sessions, read_factors
from choriste.application.access.remove_app import remove_app
from choriste.application.access.renew_recovery_codes import renew_recovery_codes
from choriste.application.access.sessions import end_session_of, end_sessions_beside
from choriste.application.members.change_address import (
    AddressKind,
    ask_for_address,
    confirm_address,
    remove_contact,
)
from choriste.application.members.change_own_account import AccountEntry, change_own_account
from choriste.runtime.identity import access_ports
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import NO_STORE, PERSONAL, Success, answers
from functions.api.http.app import empty, secret_answer
from functions.api.http.auth import person, step_token
from functions.api.v1.account.schemas import (
    AccountBody,
    AccountDetails,
    AddressBody,
    AppSecret,
    EnrolledFactor,
    FactorList,
    LinkBody,
    OwnCodeBody,
    PasswordBody,
    RecoveryCodeList,
    SessionList,
    SessionToken,
    account_out,
    enrolled_out,
    factors_out,
    secret_out,
    session_out,
    sessions_out,
)
from functions.api.v1.account.sign_in import CODE_PROBLEMS

router = Router()

SessionName = Annotated[str, Path(description="Name of the session", max_length=40)]
KeyName = Annotated[str, Path(description="Id of the security key", max_length=1_400)]
_ASKED: Final = Success(None, "Asked: look into the mailbox of the new address", HTTPStatus.NO_CONTENT)
_MOVED: Final = Success(SessionToken, "The session's new token", headers=NO_STORE)


@router.get(
    "/v1/account",
    summary="Read the own account",
    tags=["account"],
    security=PERSONAL,
    responses=answers(Success(AccountDetails, "The account", headers=NO_STORE)),
)
def account() -> Response[AccountDetails]:
    """Answer the account whose session this is."""
    return secret_answer(account_out(person().user))


@router.patch(
    "/v1/account",
    summary="Change the own account",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(AccountDetails, "The account as it now is", headers=NO_STORE),
        problems=("bad-request", "factor-needed", "stale-record"),
    ),
)
def change(body: AccountBody) -> Response[AccountDetails]:
    """Change the name, the language, or whether to hear of billing events by mail."""
    signed_in = person()
    user = signed_in.user
    entry = AccountEntry(
        name=body.name if body.name is not None else user.name,
        language=body.language or user.language,
        notices=body.notices or user.notices,
    )
    return secret_answer(account_out(change_own_account(platform_ports(), signed_in, entry)))


@router.put(
    "/v1/account/password",
    summary="Change the own password",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        _MOVED,
        problems=(
            "bad-request",
            "factor-needed",
            "wrong-credentials",
            "account-locked",
            "weak-password",
            "stale-record",
        ),
    ),
)
def password(body: PasswordBody) -> Response[SessionToken]:
    """Replace the password; every other session ends, this one gets a new token, and the owner is told."""
    started = change_password(person(), present=body.present, new=body.new, access=access_ports())
    return secret_answer(session_out(started))


@router.post(
    "/v1/account/factor-proofs",
    summary="Prove the second factor again",
    tags=["account"],
    security=PERSONAL,
    responses=answers(_MOVED, problems=CODE_PROBLEMS),
)
def prove(body: OwnCodeBody) -> Response[SessionToken]:
    """Prove the second factor; for ten minutes, the new token may do what `factor-needed` refused."""
    return secret_answer(session_out(confirm_factor(step_token(), body.code, access=access_ports())))


@router.get(
    "/v1/account/factors",
    summary="List the own factors",
    tags=["account"],
    security=PERSONAL,
    responses=answers(Success(FactorList, "The factors", headers=NO_STORE)),
)
def factors() -> Response[FactorList]:
    """Answer what proves the second factor of the account."""
    signed_in, access = person(), access_ports()
    keys = list_keys(signed_in, access=access)
    return secret_answer(factors_out(read_factors(signed_in, access=access), keys))


@router.post(
    "/v1/account/factors/app",
    summary="Begin to enrol an app",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(AppSecret, "The secret", headers=NO_STORE), problems=("factor-needed", "session-ended")
    ),
)
def offer() -> Response[AppSecret]:
    """Answer the secret of an authenticator app that shall take the place of the present one."""
    return secret_answer(secret_out(offer_app(step_token(), person(), access=access_ports())))


@router.post(
    "/v1/account/factors/app/enrolment",
    summary="Enrol the app",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(EnrolledFactor, "The session's new token", headers=NO_STORE),
        problems=(*CODE_PROBLEMS, "factor-needed", "stale-record"),
    ),
)
def enrol(body: OwnCodeBody) -> Response[EnrolledFactor]:
    """Enrol the app in the place of the present one if the code is one of it, and tell the owner."""
    return secret_answer(enrolled_out(replace_app(step_token(), body.code, person(), access=access_ports())))


@router.delete(
    "/v1/account/factors/app",
    summary="Remove the app",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(None, "Removed", HTTPStatus.NO_CONTENT),
        problems=("factor-needed", "last-factor", "stale-record"),
    ),
)
def remove() -> Response[str]:
    """Remove the app of an account that has a security key too: one factor stays, and the owner is told."""
    remove_app(person(), access=access_ports())
    return empty()


@router.delete(
    "/v1/account/factors/keys/<key_id>",
    summary="Remove a security key",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(None, "Removed", HTTPStatus.NO_CONTENT),
        problems=("bad-request", "factor-needed", "not-found", "last-factor", "stale-record"),
    ),
)
def remove_one_key(key_id: KeyName) -> Response[str]:
    """Take a key off the account, as when it is lost, unless it is the only factor; the owner is told."""
    remove_key(key_id, person(), access=access_ports())
    return empty()


@router.post(
    "/v1/account/factors/recovery-codes",
    summary="Make new recovery codes",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(RecoveryCodeList, "The codes", headers=NO_STORE), problems=("factor-needed", "stale-record")
    ),
)
def renew() -> Response[RecoveryCodeList]:
    """Replace the recovery codes; they are answered this once, and the owner is told."""
    codes = renew_recovery_codes(person(), access=access_ports())
    return secret_answer(RecoveryCodeList(recovery_codes=list(codes)))


@router.get(
    "/v1/account/sessions",
    summary="List the own sessions",
    tags=["account"],
    security=PERSONAL,
    responses=answers(Success(SessionList, "The sessions", headers=NO_STORE)),
)
def sessions() -> Response[SessionList]:
    """Answer where the account is signed in, on the console and by this API."""
    return secret_answer(sessions_out(list_sessions(person(), access=access_ports())))


@router.delete(
    "/v1/account/sessions",
    summary="End the other sessions",
    tags=["account"],
    security=PERSONAL,
    responses=answers(Success(None, "Ended", HTTPStatus.NO_CONTENT)),
)
def end_others() -> Response[str]:
    """End every session of the account but this one."""
    signed_in = person()
    end_sessions_beside(signed_in.session, access=access_ports())
    return empty()


@router.delete(
    "/v1/account/sessions/<name>",
    summary="End a session",
    tags=["account"],
    security=PERSONAL,
    responses=answers(Success(None, "Ended", HTTPStatus.NO_CONTENT), problems=("bad-request", "not-found")),
)
def end(name: SessionName) -> Response[str]:
    """End one session of the account; with its own name, this is how to sign out."""
    end_session_of(person().session, name, access=access_ports())
    return empty()


@router.post(
    "/v1/account/login-address",
    summary="Change the login address",
    tags=["account"],
    security=PERSONAL,
    responses=answers(_ASKED, problems=("bad-request", "factor-needed")),
)
def login_address(body: AddressBody) -> Response[str]:
    """Mail a link to a new login address; it counts once confirmed, and the present one is told."""
    ask_for_address(person(), AddressKind.LOGIN, body.email, access=access_ports())
    return empty()


@router.post(
    "/v1/account/contact-address",
    summary="Change the contact address",
    tags=["account"],
    security=PERSONAL,
    responses=answers(_ASKED, problems=("bad-request", "factor-needed")),
)
def contact_address(body: AddressBody) -> Response[str]:
    """Mail a link to a new address for notices; it counts once confirmed, and the login address is told."""
    ask_for_address(person(), AddressKind.CONTACT, body.email, access=access_ports())
    return empty()


@router.delete(
    "/v1/account/contact-address",
    summary="Remove the contact address",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(None, "Removed", HTTPStatus.NO_CONTENT), problems=("factor-needed", "stale-record")
    ),
)
def no_contact_address() -> Response[str]:
    """Let notices go to the login address again."""
    remove_contact(person(), access=access_ports(), ports=platform_ports())
    return empty()


@router.post(
    "/v1/account/addresses/confirmation",
    summary="Confirm an address",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(None, "The address counts", HTTPStatus.NO_CONTENT),
        problems=("bad-request", "link-ended", "stale-record"),
    ),
)
def confirm(body: LinkBody) -> Response[str]:
    """Let a new address count, by the token of the link that was mailed to it."""
    confirm_address(body.token, person(), access=access_ports(), ports=platform_ports())
    return empty()
