"""Check the code of the authenticator app (RFC 6238) and open the signed-in session.

The rules are in docs/reference/accounts.md#sign-in.
"""

from __future__ import annotations

import datetime as dt
import hmac
from typing import Final

import pyotp

from choriste.application.access.hashing import fingerprint
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials, Session, SessionStage
from choriste.application.access.sign_in import StartedSession, count_attempt, open_session, refuse
from choriste.domain.access.errors import CodeOutOfDateError, SessionEndedError, WrongCodeError

STEP_SECONDS: Final = 30
TOLERANCE: Final = 1
"""Steps of clock drift accepted on either side."""

_REMEMBERED: Final = 20
"""Steps back (ten minutes) in which a code is called out of date rather than wrong."""

IDLE: Final = dt.timedelta(minutes=30)
LONGEST: Final = dt.timedelta(hours=8)


def verify_second_factor(token: str, code: str, *, access: AccessPorts) -> StartedSession:
    """Turn a session that awaits its code into a signed-in one with a new token; the old one ends.

    Raises `SessionEndedError`, `CodeOutOfDateError` (also for a code used before), `WrongCodeError`
    or, from the fifth wrong code on, `AccountLockedError`.
    """
    session = _awaiting(token, access=access)
    key = f"code:{session.user}"
    rank = count_attempt(key, access=access)
    credentials = access.accounts.credentials(session.user)
    step = _step_of(code, credentials, now=access.clock.now())
    if credentials is None or step is None:
        refuse(key, rank, WrongCodeError(), access=access)
    if _is_late(step, now=access.clock.now()) or not access.accounts.spend_step(session.user, step):
        refuse(key, rank, CodeOutOfDateError(), access=access)
    access.attempts.clear(key)
    access.sessions.end_sessions([session.token_hash])
    return open_session(session.user, SessionStage.SIGNED_IN, lifetime=IDLE, most=LONGEST, access=access)


def _awaiting(token: str, *, access: AccessPorts) -> Session:
    session = access.sessions.session(fingerprint(token))
    if (
        session is None
        or session.stage is not SessionStage.AWAITS_CODE
        or session.expires_at <= access.clock.now()
    ):
        raise SessionEndedError
    return session


def _current_step(now: dt.datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def _is_late(step: int, *, now: dt.datetime) -> bool:
    return step < _current_step(now) - TOLERANCE


def _step_of(code: str, credentials: Credentials | None, *, now: dt.datetime) -> int | None:
    """Return the newest step that has this code, from a little ahead to ten minutes back."""
    digits = "".join(code.split())
    secret = credentials.totp_secret if credentials else None
    if secret is None or not (digits.isascii() and digits.isdigit()):
        return None
    totp, current = pyotp.TOTP(secret), _current_step(now)
    steps = range(current + TOLERANCE, current - _REMEMBERED - 1, -1)
    found = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)]
    return found[0] if found else None
