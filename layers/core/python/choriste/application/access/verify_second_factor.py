"""The second step of signing in: the second factor opens the signed-in session.

The rules are in docs/reference/accounts.md#sign-in.
"""

from __future__ import annotations

from choriste.application.access.attempts import know_device
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import prove_factor
from choriste.application.access.records import SessionStage
from choriste.application.access.reset_factors import give_up_reset
from choriste.application.access.sessions import StartedSession, Visitor, open_signed_in, session_at

_NOBODY = Visitor()


def verify_second_factor(
    token: str, code: str, *, access: AccessPorts, visitor: Visitor = _NOBODY
) -> StartedSession:
    """Turn a session that awaits its code into a signed-in one with a new token; the old one ends.

    The browser is known from now on. Raises `SessionEndedError`, and what `prove_factor` raises.
    """
    session = session_at(token, SessionStage.AWAITS_CODE, access=access)
    prove_factor(session.user, code, access=access)
    user = access.accounts.user(session.user)
    if user is not None:
        give_up_reset(user, access=access)
        know_device(user.email, visitor.device, access=access)
    return open_signed_in(session, access=access)
