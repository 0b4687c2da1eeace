"""The code by mail that stands for the second factor at the first sign-in, before there is one.

Six digits, valid for ten minutes, once, in the session that asked for it. It is stored as a hash with the
session's token, which is stored nowhere: whoever reads the table cannot try the million codes on it.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from typing import Final

from choriste.application.access.attempts import count_attempt, refuse
from choriste.application.access.hashing import fingerprint
from choriste.application.access.mails import MailKind, send_mail
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Session, SessionStage
from choriste.application.access.sessions import StartedSession, next_step, session_at
from choriste.domain.access.errors import CodeOutOfDateError, SessionEndedError, WrongCodeError

LIFETIME: Final = dt.timedelta(minutes=10)
MOST_MAILS: Final = 5
"""Codes that one session is mailed: reloading its page is no way to fill a mailbox."""

_CODES: Final = 1_000_000


def send_code(token: str, *, access: AccessPorts) -> str:
    """Mail a new code, which ends the one before, and return the address it went to.

    After five none is sent, and the last one goes on working. Raises `SessionEndedError`.
    """
    session = session_at(token, SessionStage.AWAITS_MAILED_CODE, access=access)
    user = access.accounts.user(session.user)
    if user is None:
        raise SessionEndedError
    sent = access.attempts.count(f"mailed:{session.token_hash}", now=access.clock.now()).rank
    if sent <= MOST_MAILS:
        code = f"{secrets.randbelow(_CODES):06d}"
        until = access.clock.now() + LIFETIME
        access.sessions.challenge_session(session.token_hash, _hash(token, code), until=until)
        send_mail(MailKind.CODE, to=user.email, language=user.language, ports=access, code=code)
    return user.email


def check_code(token: str, code: str, *, access: AccessPorts) -> StartedSession:
    """Take the mailed code, and go on to the choice of a second factor under a new token.

    Raises `SessionEndedError`, `CodeOutOfDateError`, `WrongCodeError` or, from the fifth wrong code on,
    `AccountLockedError`.
    """
    session = session_at(token, SessionStage.AWAITS_MAILED_CODE, access=access)
    key = f"code:{session.user}"
    rank = count_attempt(key, access=access)
    typed = "".join(code.split())
    if not hmac.compare_digest(_hash(token, typed), session.challenge or ""):
        refuse(key, rank, WrongCodeError(), access=access)
    if _is_late(session, now=access.clock.now()):
        refuse(key, rank, CodeOutOfDateError(), access=access)
    access.attempts.clear(key)
    return next_step(session, SessionStage.AWAITS_FACTOR, access=access)


def _is_late(session: Session, *, now: dt.datetime) -> bool:
    return session.challenge_until is None or session.challenge_until <= now


def _hash(token: str, code: str) -> str:
    return fingerprint(f"{token}:{code}")
