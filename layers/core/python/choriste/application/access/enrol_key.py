"""Enrol and remove the security keys of an account: several, each under the name that its owner gives it.

Source: docs/reference/accounts.md#security-keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.attempts import know_device
from choriste.application.access.challenges import new_challenge, spend_challenge
from choriste.application.access.mails import MailKind
from choriste.application.access.policy import require_fresh_factor
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import tell_owner
from choriste.application.access.records import (
    ChallengePurpose,
    Credentials,
    SecurityKey,
    Session,
    SessionStage,
)
from choriste.application.access.recovery import new_recovery_codes
from choriste.application.access.resume_session import SignedIn
from choriste.application.access.sessions import StartedSession, Visitor, open_signed_in, session_at
from choriste.application.access.webauthn import NewKey, check_registration, claim_of, registration_options
from choriste.domain.access.errors import (
    KeyKnownError,
    LastFactorError,
    SessionEndedError,
    TooManyKeysError,
)
from choriste.domain.access.user import User
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.i18n.catalogue import message

MOST_KEYS: Final = 10
LONGEST_NAME: Final = 60

_NOBODY: Final = Visitor()


@dataclass(frozen=True, slots=True)
class FirstKey:
    """The session that goes on, and the recovery codes to keep, in clear this once, where none were left."""

    started: StartedSession
    codes: tuple[str, ...] | None


def offer_first_key(token: str, *, access: AccessPorts) -> str:
    """Return what the browser is asked at the first sign-in to make a key, as JSON.

    Raises `SessionEndedError`.
    """
    return _offer(token, session_at(token, SessionStage.AWAITS_FACTOR, access=access), access=access)


def enrol_first_key(
    token: str, answer: str, name: str, *, access: AccessPorts, visitor: Visitor = _NOBODY
) -> FirstKey:
    """Keep the key as the second factor, and open the signed-in session.

    Raises `SessionEndedError`, `BadRequestError` for the name, `KeyRefusedError`, `KeyLateError`.
    """
    session = session_at(token, SessionStage.AWAITS_FACTOR, access=access)
    codes = _enrol(token, session, answer, name, access=access)
    know_device(_user(session, access=access).email, visitor.device, access=access)
    return FirstKey(open_signed_in(session, access=access), codes)


def offer_key(token: str, signed_in: SignedIn, *, access: AccessPorts) -> str:
    """Return what the browser is asked to make one more key, as JSON.

    Raises `FactorNeededError` without a fresh second factor, `SessionEndedError` or `TooManyKeysError`.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    return _offer(token, session_at(token, SessionStage.SIGNED_IN, access=access), access=access)


def enrol_key(
    token: str, answer: str, name: str, signed_in: SignedIn, *, access: AccessPorts
) -> tuple[str, ...] | None:
    """Keep one more key, tell the owner, and return recovery codes where the account had none left.

    Raises `FactorNeededError`, `SessionEndedError`, `BadRequestError` for the name, `KeyRefusedError`,
    `KeyLateError`, `KeyKnownError` or `TooManyKeysError`.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    session = session_at(token, SessionStage.SIGNED_IN, access=access)
    return _enrol(token, session, answer, name, access=access)


def list_keys(signed_in: SignedIn, *, access: AccessPorts) -> tuple[SecurityKey, ...]:
    """Return the security keys of the own account, in the order in which they were added."""
    credentials = access.accounts.credentials(signed_in.user.id)
    return credentials.security_keys if credentials is not None else ()


def remove_key(key: str, signed_in: SignedIn, *, access: AccessPorts) -> None:
    """Take a key off the account, and tell the owner: a lost one opens nothing any longer.

    Raises `FactorNeededError`, `NotFoundError`, or `LastFactorError` where no other factor would be left.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    credentials = access.accounts.credentials(signed_in.user.id)
    gone = [each for each in credentials.security_keys if each.id == key] if credentials else []
    if credentials is None or not gone:
        raise NotFoundError(kind="security key", id=key)
    kept = tuple(each for each in credentials.security_keys if each.id != key)
    left = replace(credentials, security_keys=kept, version=credentials.version + 1)
    if not left.has_second_factor:
        raise LastFactorError
    access.accounts.save_credentials(left)
    tell_owner(signed_in.user.id, MailKind.KEY_REMOVED, access=access, key=gone[0].name)


def _offer(token: str, session: Session, *, access: AccessPorts) -> str:
    user, credentials = _user(session, access=access), _credentials(session, access=access)
    _require_room(credentials)
    challenge = new_challenge(token, ChallengePurpose.ENROL, access=access, user=user.id)
    return registration_options(user, credentials.security_keys, challenge, access.base_url)


def _enrol(
    token: str, session: Session, answer: str, name: str, *, access: AccessPorts
) -> tuple[str, ...] | None:
    named = _name(name)
    claim = claim_of(answer)
    spend_challenge(token, claim.challenge, ChallengePurpose.ENROL, access=access, user=session.user)
    made = check_registration(answer, claim.challenge, access.base_url)
    return _keep(session, made, named, access=access)


def _keep(session: Session, made: NewKey, name: str, *, access: AccessPorts) -> tuple[str, ...] | None:
    """Store a key, and recovery codes where there are none; return these in clear."""
    credentials = _credentials(session, access=access)
    _require_room(credentials)
    if any(known.id == made.id for known in credentials.security_keys):
        raise KeyKnownError
    key = SecurityKey(
        id=made.id, public_key=made.public_key, name=name, added_at=access.clock.now(), uses=made.uses
    )
    codes = None if credentials.recovery_codes else new_recovery_codes()
    access.accounts.save_credentials(
        replace(
            credentials,
            security_keys=(*credentials.security_keys, key),
            recovery_codes=codes.hashes if codes else credentials.recovery_codes,
            version=credentials.version + 1,
        )
    )
    tell_owner(session.user, MailKind.KEY_ADDED, access=access, key=name)
    return codes.clear if codes else None


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        limit = message("expected", "max-length", max_length=LONGEST_NAME)
        raise BadRequestError(field="name", expected=limit)
    return name


def _require_room(credentials: Credentials) -> None:
    if len(credentials.security_keys) >= MOST_KEYS:
        raise TooManyKeysError(most=MOST_KEYS)


def _credentials(session: Session, *, access: AccessPorts) -> Credentials:
    credentials = access.accounts.credentials(session.user)
    if credentials is None:
        raise SessionEndedError
    return credentials


def _user(session: Session, *, access: AccessPorts) -> User:
    user = access.accounts.user(session.user)
    if user is None:
        raise SessionEndedError
    return user
