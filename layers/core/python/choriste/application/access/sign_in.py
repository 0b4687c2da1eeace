"""Sign a person in: the password first, then the code of the authenticator app.

The rules are in docs/reference/accounts.md#sign-in.

Every attempt is counted before it is judged, so that many at the same moment win nothing, and under a
key made of the address typed, so that a lock looks the same for an account that does not exist.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from choriste.application.access.hashing import fingerprint, new_secret
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials, Session, SessionStage
from choriste.domain.access.errors import AccountLockedError, StaleRecordError, WrongCredentialsError
from choriste.domain.access.user import User, UserId, normal_email

ALLOWED_ATTEMPTS: Final = 5
LOCK: Final = dt.timedelta(hours=1)
CODE_TIME: Final = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class StartedSession:
    """The token that goes to the browser, in clear this once, and the session it opens."""

    token: str
    session: Session


def sign_in(email: str, password: str, *, access: AccessPorts) -> StartedSession:
    """Check a password and open a session that awaits the code, for ten minutes.

    Raises `WrongCredentialsError`, the same for an unknown address and in the same time, or
    `AccountLockedError` from the fifth wrong password on.
    """
    address = normal_email(email)
    key = f"password:{fingerprint(address)}"
    rank = count_attempt(key, access=access)
    user = _owner_of(address, password, access=access)
    if user is None:
        refuse(key, rank, WrongCredentialsError(), access=access)
    access.attempts.clear(key)
    return open_session(user.id, SessionStage.AWAITS_CODE, lifetime=CODE_TIME, access=access)


def count_attempt(key: str, *, access: AccessPorts) -> int:
    """Count an attempt and return its rank; raise `AccountLockedError` while a lock lasts."""
    attempt = access.attempts.count(key, now=access.clock.now())
    if attempt.locked_until is not None:
        raise AccountLockedError(attempt.locked_until)
    if attempt.rank > ALLOWED_ATTEMPTS:
        raise AccountLockedError(access.attempts.lock(key, until=access.clock.now() + LOCK))
    return attempt.rank


def refuse(key: str, rank: int, error: Exception, *, access: AccessPorts) -> NoReturn:
    """Raise the error, or the lock when this was the last attempt allowed."""
    if rank >= ALLOWED_ATTEMPTS:
        raise AccountLockedError(access.attempts.lock(key, until=access.clock.now() + LOCK))
    raise error


def open_session(
    user_id: str,
    stage: SessionStage,
    *,
    lifetime: dt.timedelta,
    access: AccessPorts,
    most: dt.timedelta | None = None,
) -> StartedSession:
    """Store a session with a fresh token; `most` is its longest life when use extends it."""
    token, now = new_secret(), access.clock.now()
    session = Session(
        token_hash=fingerprint(token),
        user=UserId(user_id),
        stage=stage,
        expires_at=now + lifetime,
        ends_at=now + (most or lifetime),
    )
    access.sessions.save_session(session)
    return StartedSession(token, session)


def _owner_of(address: str, password: str, *, access: AccessPorts) -> User | None:
    """Return the active user whose password this is; unknown addresses cost the same time."""
    user = access.accounts.user_by_email(address)
    credentials = access.accounts.credentials(user.id if user else address)
    genuine = access.passwords.matches(password, credentials.password_hash if credentials else None)
    if user is None or credentials is None or not (user.active and genuine):
        return None
    _hash_anew(credentials, password, access=access)
    return user


def _hash_anew(credentials: Credentials, password: str, *, access: AccessPorts) -> None:
    """Keep the password under today's hash, now that it is known; a writer who was faster did so too."""
    if not access.passwords.is_outdated(credentials.password_hash or ""):
        return
    hashed = access.passwords.hash(password)
    with suppress(StaleRecordError):
        access.accounts.save_credentials(
            replace(credentials, password_hash=hashed, version=credentials.version + 1)
        )
