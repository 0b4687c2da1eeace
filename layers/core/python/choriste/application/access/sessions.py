"""Browser sessions: opened, moved to a new token at each change of what they may, listed and ended.

The limits are in docs/reference/accounts.md#sessions.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.hashing import fingerprint, new_secret
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Session, SessionStage
from choriste.domain.access.errors import SessionEndedError
from choriste.domain.access.user import UserId
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import NotFoundError

IDLE: Final = dt.timedelta(minutes=30)
LONGEST: Final = dt.timedelta(hours=8)
STEP_TIMES: Final = {
    SessionStage.AWAITS_CODE: dt.timedelta(minutes=10),
    SessionStage.AWAITS_MAILED_CODE: dt.timedelta(minutes=30),
    SessionStage.AWAITS_FACTOR: dt.timedelta(minutes=30),
}
"""How long a sign-in may stand at a step: a mail may be late, an app may have to be installed."""

_LONGEST_NAME: Final = 200
"""Characters kept of what a browser says it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """What a request says of the browser it comes from: the token of a known one, and its name."""

    device: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class CameBy:
    """How somebody came in: by an organisation's provider, with its token, or by the account's own means."""

    organisation: StructureId | None = None
    id_token: str | None = None


ITSELF: Final = CameBy()


@dataclass(frozen=True, slots=True)
class StartedSession:
    """The token that goes to the browser, in clear this once, and the session it opens."""

    token: str
    session: Session


def open_step(
    user: UserId, stage: SessionStage, *, browser: str, access: AccessPorts, came_by: CameBy = ITSELF
) -> StartedSession:
    """Store a session of a sign-in that awaits its next step, for the time of that step."""
    now, time = access.clock.now(), STEP_TIMES[stage]
    return _start(
        Session(
            token_hash="",
            user=user,
            stage=stage,
            started_at=now,
            expires_at=now + time,
            ends_at=now + time,
            browser=_printable(browser),
            organisation=came_by.organisation,
            id_token=came_by.id_token,
        ),
        access=access,
    )


def next_step(session: Session, stage: SessionStage, *, access: AccessPorts) -> StartedSession:
    """End a session and go on with the sign-in under a new token."""
    access.sessions.end_sessions([session.token_hash])
    came_by = CameBy(session.organisation, session.id_token)
    return open_step(session.user, stage, browser=session.browser, access=access, came_by=came_by)


def open_signed_in(session: Session, *, access: AccessPorts, proved: bool = True) -> StartedSession:
    """End the session of a sign-in that has come to its end, and open the signed-in one.

    `proved` says that a second factor of the account itself was just proved, and not an organisation's.
    """
    access.sessions.end_sessions([session.token_hash])
    now = access.clock.now()
    opened = replace(
        session,
        stage=SessionStage.SIGNED_IN,
        started_at=now,
        expires_at=now + IDLE,
        ends_at=now + LONGEST,
        factor_at=now if proved else None,
    )
    return _start(opened, access=access)


def rotate(session: Session, *, access: AccessPorts, factor_at: dt.datetime | None = None) -> StartedSession:
    """Move a signed-in session to a new token, its end unchanged; `factor_at` is a proof just given."""
    access.sessions.end_sessions([session.token_hash])
    return _start(replace(session, factor_at=factor_at or session.factor_at), access=access)


def session_at(token: str, stage: SessionStage, *, access: AccessPorts) -> Session:
    """Return the open session of a token at a stage; raises `SessionEndedError` for any other."""
    session = access.sessions.session(fingerprint(token))
    if session is None or not session.awaits(stage, now=access.clock.now()):
        raise SessionEndedError
    return session


def open_sessions(this: Session, *, access: AccessPorts) -> tuple[Session, ...]:
    """Return the signed-in sessions of a user that one of them may see, newest first."""
    now = access.clock.now()
    found = _seen_by(this, access=access)
    return tuple(each for each in reversed(found) if each.awaits(SessionStage.SIGNED_IN, now=now))


def end_session_of(this: Session, name: str, *, access: AccessPorts) -> None:
    """End a session that one may see, by what `session_name` gives; raises `NotFoundError`."""
    ended = [each.token_hash for each in open_sessions(this, access=access) if session_name(each) == name]
    if not ended:
        raise NotFoundError(kind="session", id=name)
    access.sessions.end_sessions(ended)


def end_sessions_beside(this: Session, *, access: AccessPorts) -> None:
    """End every other session that one may see, also those that await a step."""
    known = {each.token_hash for each in _seen_by(this, access=access)}
    access.sessions.end_sessions(sorted(known - {this.token_hash}))


def end_other_sessions(user: UserId, *, access: AccessPorts, kept: Session | None = None) -> None:
    """End every session of a user but one, also those that await a step."""
    known = {each.token_hash for each in access.sessions.sessions_of(user)}
    access.sessions.end_sessions(sorted(known - ({kept.token_hash} if kept else set())))


def session_name(session: Session) -> str:
    """Return how a page names a session: it opens nothing and discloses neither token nor hash."""
    return fingerprint(f"session:{session.token_hash}")[:16]


def _seen_by(this: Session, *, access: AccessPorts) -> tuple[Session, ...]:
    """Return the sessions of a user; an organisation's sees only those that it opened itself."""
    found = access.sessions.sessions_of(this.user)
    return tuple(each for each in found if this.organisation in {None, each.organisation})


def _start(session: Session, *, access: AccessPorts) -> StartedSession:
    token = new_secret()
    started = replace(session, token_hash=fingerprint(token), challenge=None, challenge_until=None)
    access.sessions.save_session(started)
    return StartedSession(token, started)


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:_LONGEST_NAME]
