"""Find out whose session a browser carries, and keep it alive while it is used."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from choriste.application.identity.hashing import fingerprint
from choriste.application.identity.ports import Gate
from choriste.application.identity.records import Session, SessionStage
from choriste.application.identity.verify_second_factor import IDLE
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.user import User

_EXTEND_AFTER: Final = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in user and the principal that acts for them."""

    user: User
    principal: Principal


def resume_session(token: str, *, gate: Gate) -> SignedIn | None:
    """Return the signed-in user of a session, or None: unknown, expired, unfinished, or user closed."""
    now = gate.clock.now()
    session = gate.sessions.session(fingerprint(token))
    if session is None or session.stage is not SessionStage.SIGNED_IN or session.expires_at <= now:
        return None
    user = gate.accounts.user(session.user)
    if user is None or not user.active:
        return None
    _extend(session, now=now, gate=gate)
    return SignedIn(user, Principal.of_user(user))


def awaits_code(token: str, *, gate: Gate) -> bool:
    """Say whether a session stands between password and code."""
    session = gate.sessions.session(fingerprint(token))
    return (
        session is not None
        and session.stage is SessionStage.AWAITS_CODE
        and session.expires_at > gate.clock.now()
    )


def _extend(session: Session, *, now: dt.datetime, gate: Gate) -> None:
    """Move the end of the session forward, at most once a minute and never past its longest life."""
    until = min(now + IDLE, session.ends_at)
    if until - session.expires_at >= _EXTEND_AFTER:
        gate.sessions.extend_session(session.token_hash, expires_at=until)
