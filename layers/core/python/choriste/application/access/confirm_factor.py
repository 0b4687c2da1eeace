"""Prove the second factor once more, inside a session, before something that is worth a theft."""

from __future__ import annotations

from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import prove_factor
from choriste.application.access.records import SessionStage
from choriste.application.access.sessions import StartedSession, rotate, session_at


def confirm_factor(token: str, code: str, *, access: AccessPorts) -> StartedSession:
    """Move a signed-in session to a new token whose factor is fresh (`policy.require_fresh_factor`).

    Raises `SessionEndedError`, and what `prove_factor` raises.
    """
    session = session_at(token, SessionStage.SIGNED_IN, access=access)
    prove_factor(session.user, code, access=access)
    return rotate(session, access=access, factor_at=access.clock.now())
