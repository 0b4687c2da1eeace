"""What a user sees of the own account: the factors that protect it, and where it is signed in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from choriste.application.access.ports import AccessPorts
from choriste.application.access.resume_session import SignedIn
from choriste.application.access.sessions import open_sessions, session_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What proves the second factor of an account; `codes_left` counts the recovery codes not used yet."""

    app: bool
    codes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session as its user sees it: the name to end it by, what browser it is in, and since when."""

    name: str
    browser: str
    started_at: dt.datetime
    is_this: bool


def read_factors(signed_in: SignedIn, *, access: AccessPorts) -> Factors:
    """Return what proves the second factor of the own account."""
    credentials = access.accounts.credentials(signed_in.user.id)
    return Factors(
        app=credentials is not None and credentials.totp_secret is not None,
        codes_left=len(credentials.recovery_codes) if credentials else 0,
    )


def list_sessions(signed_in: SignedIn, *, access: AccessPorts) -> tuple[OpenSession, ...]:
    """Return where the own account is signed in, newest first."""
    return tuple(
        OpenSession(
            name=session_name(session),
            browser=session.browser,
            started_at=session.started_at,
            is_this=session.token_hash == signed_in.session.token_hash,
        )
        for session in open_sessions(signed_in.session, access=access)
    )
