"""Find out whose session a browser carries, and keep it alive while it is used."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.hashing import fingerprint
from choriste.application.access.mandated import with_mandates
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Session, SessionStage
from choriste.application.access.served import still_served
from choriste.application.access.sessions import IDLE
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import User

_EXTEND_AFTER: Final = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in user, the principal that acts for them, and the session it acts in."""

    user: User
    principal: Principal
    session: Session


def resume_session(token: str, *, access: AccessPorts) -> SignedIn | None:
    """Return the signed-in user of a session, or None: unknown, expired, unfinished, or user closed."""
    now = access.clock.now()
    session = access.sessions.session(fingerprint(token))
    if session is None or not session.awaits(SessionStage.SIGNED_IN, now=now):
        return None
    user = access.accounts.user(session.user)
    if user is None or not user.active:
        return None
    principal = _within(session, Principal.of_user(user), access=access)
    if principal is None:
        return None
    _extend(session, now=now, access=access)
    principal = with_mandates(principal, accounts=access.accounts, at=now)
    return SignedIn(user, replace(principal, factor_at=session.factor_at), session)


def stage_of(token: str, *, access: AccessPorts) -> SessionStage | None:
    """Return how far the sign-in of a session is, None without an open one."""
    session = access.sessions.session(fingerprint(token))
    return session.stage if session is not None and session.expires_at > access.clock.now() else None


def _within(session: Session, principal: Principal, *, access: AccessPorts) -> Principal | None:
    """Return a principal within what the organisation that signed it in serves; None where it no longer does.

    An organisation's word opens no other structure, and never the operator's.
    """
    if session.organisation is None:
        return principal
    sign_in = access.organisations.of(session.organisation)
    if sign_in is None or principal.kind is not PrincipalKind.USER:
        return None
    served = still_served(sign_in, {sign_in.structure, *principal.structures}, access=access)
    return principal.within(served) if served else None


def _extend(session: Session, *, now: dt.datetime, access: AccessPorts) -> None:
    """Move the end of the session forward, at most once a minute and never past its longest life."""
    until = min(now + IDLE, session.ends_at)
    if until - session.expires_at >= _EXTEND_AFTER:
        access.sessions.extend_session(session.token_hash, expires_at=until)
