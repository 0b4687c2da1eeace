"""Change the password of the account one is signed in to; every other session of it ends."""

from __future__ import annotations

from dataclasses import replace

from choriste.application.access.attempts import count_attempt, refuse
from choriste.application.access.mails import MailKind
from choriste.application.access.policy import require_own_session
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import tell_owner
from choriste.application.access.resume_session import SignedIn
from choriste.application.access.sessions import StartedSession, end_other_sessions, rotate
from choriste.domain.access.errors import WrongCredentialsError
from choriste.domain.access.password import require_strong


def change_password(signed_in: SignedIn, *, present: str, new: str, access: AccessPorts) -> StartedSession:
    """Replace the password, end the other sessions, move this one to a new token, and tell the owner.

    Raises `WrongCredentialsError` for a wrong present password, `AccountLockedError` from the fifth one on,
    or `WeakPasswordError`.
    """
    require_own_session(signed_in.principal, now=access.clock.now())
    user = signed_in.user
    key = f"present-password:{user.id}"
    rank = count_attempt(key, access=access)
    credentials = access.accounts.credentials(user.id)
    if credentials is None or not access.passwords.matches(present, credentials.password_hash):
        refuse(key, rank, WrongCredentialsError(), access=access)
    access.attempts.clear(key)
    require_strong(new, email=user.email, name=user.name)
    access.accounts.save_credentials(
        replace(credentials, password_hash=access.passwords.hash(new), version=credentials.version + 1)
    )
    end_other_sessions(user.id, access=access, kept=signed_in.session)
    tell_owner(user.id, MailKind.PASSWORD_CHANGED, access=access)
    return rotate(signed_in.session, access=access)
