"""Enrol the authenticator app of an account: the secret is shown, and counts once a code of it was typed.

An account has one app; a new one takes the place of the one before. Sources: RFC 6238,
docs/reference/accounts.md#second-factor.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.attempts import count_attempt, know_device, refuse
from choriste.application.access.mails import MailKind
from choriste.application.access.policy import require_fresh_factor
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import tell_owner
from choriste.application.access.records import Credentials, Session, SessionStage
from choriste.application.access.recovery import RecoveryCodes, new_recovery_codes
from choriste.application.access.resume_session import SignedIn
from choriste.application.access.sessions import StartedSession, Visitor, open_signed_in, rotate, session_at
from choriste.application.access.totp import is_late, new_totp_secret, step_of, totp_address
from choriste.domain.access.errors import CodeOutOfDateError, SessionEndedError, WrongCodeError
from choriste.domain.access.user import User

_TIME: Final = dt.timedelta(minutes=30)
"""How long an offered secret may be enrolled: an app may have to be installed first."""

_NOBODY: Final = Visitor()


@dataclass(frozen=True, slots=True)
class OfferedApp:
    """What an app needs: the secret to type, and the otpauth:// address for the QR code."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class EnrolledApp:
    """The session that goes on, and the recovery codes to keep, in clear this once.

    There are none where the account has some already.
    """

    started: StartedSession
    codes: tuple[str, ...] | None


def offer_first_app(token: str, *, access: AccessPorts) -> OfferedApp:
    """Return the secret to enrol at the first sign-in; the same again while it is not enrolled.

    Raises `SessionEndedError`.
    """
    return _offer(session_at(token, SessionStage.AWAITS_FACTOR, access=access), access=access)


def enrol_first_app(token: str, code: str, *, access: AccessPorts, visitor: Visitor = _NOBODY) -> EnrolledApp:
    """Keep the offered secret if the code is one of it, and open the signed-in session.

    Raises `SessionEndedError`, `WrongCodeError`, `CodeOutOfDateError` or `AccountLockedError`.
    """
    session = session_at(token, SessionStage.AWAITS_FACTOR, access=access)
    codes = _enrol(session, code, access=access)
    know_device(_user(session, access=access).email, visitor.device, access=access)
    return EnrolledApp(open_signed_in(session, access=access), codes.clear if codes else None)


def offer_app(token: str, signed_in: SignedIn, *, access: AccessPorts) -> OfferedApp:
    """Return the secret of an app that shall take the place of the present one.

    Raises `FactorNeededError` without a fresh second factor, or `SessionEndedError`.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    return _offer(session_at(token, SessionStage.SIGNED_IN, access=access), access=access)


def replace_app(token: str, code: str, signed_in: SignedIn, *, access: AccessPorts) -> EnrolledApp:
    """Keep the offered secret in the place of the present one, and tell the owner.

    Raises `FactorNeededError`, `SessionEndedError`, `WrongCodeError`, `CodeOutOfDateError` or
    `AccountLockedError`.
    """
    now = access.clock.now()
    require_fresh_factor(signed_in.principal, now=now)
    session = session_at(token, SessionStage.SIGNED_IN, access=access)
    codes = _enrol(session, code, access=access)
    return EnrolledApp(rotate(session, access=access, factor_at=now), codes.clear if codes else None)


def _offer(session: Session, *, access: AccessPorts) -> OfferedApp:
    secret = _offered(session, access=access)
    if secret is None:
        secret = new_totp_secret()
        sealed = access.vault.seal(secret, account=session.user)
        access.sessions.challenge_session(session.token_hash, sealed, until=access.clock.now() + _TIME)
    return OfferedApp(secret, totp_address(secret, _user(session, access=access).email))


def _enrol(session: Session, code: str, *, access: AccessPorts) -> RecoveryCodes | None:
    """Store the app; return new recovery codes where there were none."""
    secret, credentials = _offered(session, access=access), access.accounts.credentials(session.user)
    if secret is None or credentials is None:
        raise SessionEndedError
    _require_code_of(secret, code, session, access=access)
    codes = None if credentials.recovery_codes else new_recovery_codes()
    _keep(credentials, secret, codes, access=access)
    tell_owner(session.user, MailKind.FACTOR_ADDED, access=access)
    return codes


def _require_code_of(secret: str, code: str, session: Session, *, access: AccessPorts) -> None:
    key = f"enrolment:{session.user}"
    rank = count_attempt(key, access=access)
    step = step_of(code, secret, now=access.clock.now())
    if step is None:
        refuse(key, rank, WrongCodeError(), access=access)
    if is_late(step, now=access.clock.now()):
        refuse(key, rank, CodeOutOfDateError(), access=access)
    # Never again; that the app before used the same step already says nothing of this secret.
    access.accounts.spend_step(session.user, step)
    access.attempts.clear(key)


def _keep(credentials: Credentials, secret: str, codes: RecoveryCodes | None, *, access: AccessPorts) -> None:
    access.accounts.save_credentials(
        replace(
            credentials,
            totp_secret=access.vault.seal(secret, account=credentials.user),
            recovery_codes=codes.hashes if codes else credentials.recovery_codes,
            version=credentials.version + 1,
        )
    )


def _offered(session: Session, *, access: AccessPorts) -> str | None:
    until = session.challenge_until
    if session.challenge is None or until is None or until <= access.clock.now():
        return None
    return access.vault.unseal(session.challenge, account=session.user)


def _user(session: Session, *, access: AccessPorts) -> User:
    user = access.accounts.user(session.user)
    if user is None:
        raise SessionEndedError
    return user
