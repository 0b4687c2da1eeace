"""Sign a person in: the password first, then the second factor; at the first time a code by mail instead.

The rules are in docs/reference/accounts.md#sign-in.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from choriste.application.access.attempts import (
    ALLOWED_ATTEMPTS,
    count_attempt,
    password_key,
    refuse,
    strangers_key,
)
from choriste.application.access.evenly import evenly
from choriste.application.access.links import new_link
from choriste.application.access.mails import MailKind, send_mail
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials, LinkPurpose, SessionStage
from choriste.application.access.reset_factors import take_reset
from choriste.application.access.sessions import StartedSession, Visitor, open_step
from choriste.domain.access.errors import StaleRecordError, WrongCredentialsError
from choriste.domain.access.user import User, normal_email

_NOBODY = Visitor()


def sign_in(email: str, password: str, *, access: AccessPorts, visitor: Visitor = _NOBODY) -> StartedSession:
    """Check a password and open a session that awaits the next step, for ten minutes.

    Raises `WrongCredentialsError`, the same for an unknown address and in the same time, or
    `AccountLockedError` from the fifth wrong password on.
    """
    address = normal_email(email)
    key = password_key(address, visitor.device, access=access)
    rank = count_attempt(key, access=access)
    found = _owner_of(address, password, access=access)
    if found is None:
        _offer_to_unlock(address, key, rank, access=access)
        refuse(key, rank, WrongCredentialsError(), access=access)
    user, credentials = found
    access.attempts.clear(key)
    proven = credentials.has_second_factor and not take_reset(user, access=access)
    stage = SessionStage.AWAITS_CODE if proven else SessionStage.AWAITS_MAILED_CODE
    return open_step(user.id, stage, browser=visitor.browser, access=access)


def _owner_of(address: str, password: str, *, access: AccessPorts) -> tuple[User, Credentials] | None:
    """Return the active user whose password this is; unknown addresses cost the same time."""
    user = access.accounts.user_by_email(address)
    credentials = access.accounts.credentials(user.id if user else address)
    genuine = access.passwords.matches(password, credentials.password_hash if credentials else None)
    if user is None or credentials is None or not (user.active and genuine):
        return None
    _hash_anew(credentials, password, access=access)
    return user, credentials


def _hash_anew(credentials: Credentials, password: str, *, access: AccessPorts) -> None:
    """Keep the password under today's hash, now that it is known; a writer who was faster did so too."""
    if not access.passwords.is_outdated(credentials.password_hash or ""):
        return
    hashed = access.passwords.hash(password)
    with suppress(StaleRecordError):
        access.accounts.save_credentials(
            replace(credentials, password_hash=hashed, version=credentials.version + 1)
        )


def _offer_to_unlock(address: str, key: str, rank: int, *, access: AccessPorts) -> None:
    """Mail the owner of an account that strangers lock a link that opens it for the owner's own browser."""
    if rank != ALLOWED_ATTEMPTS or key != strangers_key(address):
        return
    with evenly(access):
        user = access.accounts.user_by_email(address)
        if user is not None and user.active:
            token = new_link(user.id, LinkPurpose.UNLOCK, access=access)
            send_mail(
                MailKind.UNLOCK,
                to=user.email,
                language=user.language,
                ports=access,
                path=f"/unlock?token={token}",
            )
