"""`/v1/sign-up` and `/v1/sign-in`: how a person gets an account and a session, as on the console's pages.

Each step of a sign-in has a token of its own, sent as a bearer token to the next step; it opens nothing else.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from choriste.application.access.enrol_app import enrol_first_app, offer_first_app
from choriste.application.access.hashing import new_secret
from choriste.application.access.mailed_code import check_code, send_code
from choriste.application.access.reset_factors import ask_for_reset_of_factors, stop_factor_reset
from choriste.application.access.reset_password import ask_for_reset, reset_password
from choriste.application.access.sessions import Visitor
from choriste.application.access.sign_in import sign_in
from choriste.application.access.sign_up import SignUp, sign_up
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.application.members.open_account import open_account
from choriste.runtime.identity import access_ports
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import NO_STORE, PERSONAL, Success, answers
from functions.api.http.app import answer, client_name, empty, secret_answer
from functions.api.http.auth import step_token
from functions.api.v1.account.schemas import (
    AddressBody,
    AppSecret,
    ChosenPasswordBody,
    CodeBody,
    EnrolledFactor,
    LinkBody,
    MailedTo,
    OwnCodeBody,
    SessionToken,
    SignInBody,
    SignUpBody,
    enrolled_out,
    secret_out,
    session_out,
)

router = Router()

CODE_PROBLEMS: Final = ("bad-request", "session-ended", "wrong-code", "code-out-of-date", "account-locked")
_CHOICE_PROBLEMS: Final = ("bad-request", "link-ended", "weak-password", "stale-record")
_MAILED: Final = Success(
    None, "The same answer whatever the address: look into its mailbox", HTTPStatus.NO_CONTENT
)


@router.post(
    "/v1/sign-up",
    summary="Sign up",
    tags=["account"],
    responses=answers(_MAILED, problems=("bad-request", "mail-not-sent"), secured=False),
)
def begin(body: SignUpBody) -> Response[str]:
    """Open an account that its owner activates by the link of a mail.

    An address that has an account already gets a mail that says so; the answer is the same, after the same
    time.
    """
    sign_up(SignUp(**body.model_dump()), access=access_ports())
    return empty()


@router.post(
    "/v1/sign-up/activation",
    summary="Activate an account",
    tags=["account"],
    responses=answers(
        Success(None, "Activated: sign in", HTTPStatus.NO_CONTENT), problems=_CHOICE_PROBLEMS, secured=False
    ),
)
def activate(body: ChosenPasswordBody) -> Response[str]:
    """Give an account its first password, by the token of the mailed link, which works once."""
    open_account(body.token, body.password, access=access_ports(), ports=platform_ports())
    return empty()


@router.post(
    "/v1/sign-in",
    summary="Sign in: the password",
    tags=["account"],
    responses=answers(
        Success(SessionToken, "The token for the next step", headers=NO_STORE),
        problems=("bad-request", "wrong-credentials", "account-locked"),
        secured=False,
    ),
)
def password(body: SignInBody) -> Response[SessionToken]:
    """Check the password, and answer a token that awaits the step which `stage` names.

    `awaits_code`: `/v1/sign-in/code`. `awaits_mailed_code`, at the first time:
    `/v1/sign-in/mailed-code`, then `/v1/sign-in/app`.
    """
    visitor = Visitor(device=body.device, browser=client_name())
    return secret_answer(
        session_out(sign_in(body.email, body.password, access=access_ports(), visitor=visitor))
    )


@router.post(
    "/v1/sign-in/code",
    summary="Sign in: the second factor",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(SessionToken, "The token of the session", headers=NO_STORE), problems=CODE_PROBLEMS
    ),
)
def code(body: CodeBody) -> Response[SessionToken]:
    """Check the code of the authenticator app, or a recovery code, and open the session."""
    device = body.device or new_secret()
    opened = verify_second_factor(
        step_token(), body.code, access=access_ports(), visitor=Visitor(device=device)
    )
    return secret_answer(session_out(opened, device=device))


@router.post(
    "/v1/sign-in/mailed-code",
    summary="First sign-in: have a code mailed",
    tags=["account"],
    security=PERSONAL,
    responses=answers(Success(MailedTo, "Where the code went"), problems=("session-ended",)),
)
def mail_code() -> Response[MailedTo]:
    """Mail a new code of six digits, which ends the one before; five times at most."""
    return answer(MailedTo(email=send_code(step_token(), access=access_ports())))


@router.post(
    "/v1/sign-in/mailed-code/check",
    summary="First sign-in: the mailed code",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(SessionToken, "The token for the choice of a factor", headers=NO_STORE),
        problems=CODE_PROBLEMS,
    ),
)
def mailed_code(body: OwnCodeBody) -> Response[SessionToken]:
    """Take the mailed code; a second factor must be chosen next."""
    return secret_answer(session_out(check_code(step_token(), body.code, access=access_ports())))


@router.post(
    "/v1/sign-in/app",
    summary="First sign-in: the secret of an app",
    tags=["account"],
    security=PERSONAL,
    responses=answers(Success(AppSecret, "The secret", headers=NO_STORE), problems=("session-ended",)),
)
def first_app() -> Response[AppSecret]:
    """Answer the secret to enrol in an authenticator app; the same again while it is not enrolled."""
    return secret_answer(secret_out(offer_first_app(step_token(), access=access_ports())))


@router.post(
    "/v1/sign-in/app/enrolment",
    summary="First sign-in: enrol the app",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(EnrolledFactor, "The session, and the recovery codes", headers=NO_STORE),
        problems=CODE_PROBLEMS,
    ),
)
def enrol_first(body: CodeBody) -> Response[EnrolledFactor]:
    """Enrol the app if the code is one of it, open the session, and answer the recovery codes this once."""
    device = body.device or new_secret()
    enrolled = enrol_first_app(step_token(), body.code, access=access_ports(), visitor=Visitor(device=device))
    return secret_answer(enrolled_out(enrolled, device=device))


@router.post(
    "/v1/sign-in/factor-reset",
    summary="Ask for a factor reset",
    tags=["account"],
    security=PERSONAL,
    responses=answers(
        Success(None, "Asked: the login address has a mail", HTTPStatus.NO_CONTENT),
        problems=("session-ended", "stale-record"),
    ),
)
def lost_factors() -> Response[str]:
    """Ask for the reset of every factor, where all are lost; the manager or the operator grants it."""
    ask_for_reset_of_factors(step_token(), access=access_ports())
    return empty()


@router.post(
    "/v1/factor-resets/stop",
    summary="Stop a factor reset",
    tags=["account"],
    responses=answers(
        Success(None, "Stopped", HTTPStatus.NO_CONTENT),
        problems=("bad-request", "link-ended", "stale-record"),
        secured=False,
    ),
)
def stop_reset(body: LinkBody) -> Response[str]:
    """Stop a factor reset that was asked for or granted, by the token of the mailed link."""
    stop_factor_reset(body.token, access=access_ports())
    return empty()


@router.post(
    "/v1/password-resets",
    summary="Ask for a new password",
    tags=["account"],
    responses=answers(_MAILED, problems=("bad-request",), secured=False),
)
def ask_reset(body: AddressBody) -> Response[str]:
    """Mail a link to the login address of an account; three mails a day at most."""
    ask_for_reset(body.email, access=access_ports())
    return empty()


@router.post(
    "/v1/password-resets/choice",
    summary="Choose a new password",
    tags=["account"],
    responses=answers(
        Success(None, "Replaced: sign in", HTTPStatus.NO_CONTENT), problems=_CHOICE_PROBLEMS, secured=False
    ),
)
def choose(body: ChosenPasswordBody) -> Response[str]:
    """Replace the password by the token of the mailed link, which works once; every session ends."""
    reset_password(body.token, body.password, access=access_ports())
    return empty()
