"""Prove the second factor: the code of the authenticator app, or a recovery code in its place.

Whoever tries codes has the password. After twenty wrong ones in all, over however many locks, the password is
closed and its owner is told: a code is guessed with 3 chances in a million, twenty are not worth a try.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from typing import Final

from choriste.application.access.attempts import count_attempt, refuse
from choriste.application.access.links import new_link
from choriste.application.access.mails import MailKind, mail_user
from choriste.application.access.passwords import CLOSED
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials, LinkPurpose, SessionStage
from choriste.application.access.recovery import is_recovery_code, without_code
from choriste.application.access.totp import is_late, step_of
from choriste.domain.access.errors import (
    CodeOutOfDateError,
    MailNotSentError,
    StaleRecordError,
    WrongCodeError,
)
from choriste.domain.access.user import UserId

MOST_WRONG_CODES: Final = 20
_REMEMBERED: Final = dt.timedelta(days=365)


def prove_factor(user: UserId, code: str, *, access: AccessPorts) -> None:
    """Take a code of a user; return when it proves the second factor.

    Raises `CodeOutOfDateError` (also for a code used before), `WrongCodeError` or, from the fifth wrong code
    on, `AccountLockedError`.
    """
    key = f"code:{user}"
    rank = count_attempt(key, access=access)
    error = _refusal(user, code, access=access)
    if error is not None:
        _count_wrong(user, access=access)
        refuse(key, rank, error, access=access)
    forget_wrong_codes(user, access=access)


def forget_wrong_codes(user: UserId, *, access: AccessPorts) -> None:
    """Begin to count anew, after a success or with a new password."""
    access.attempts.clear(f"code:{user}")
    access.attempts.clear(f"codes:{user}")


def _refusal(user: UserId, code: str, *, access: AccessPorts) -> WrongCodeError | CodeOutOfDateError | None:
    credentials = access.accounts.credentials(user)
    if credentials is None:
        return WrongCodeError()
    if is_recovery_code(code):
        return None if _spend_recovery_code(credentials, code, access=access) else WrongCodeError()
    return _app_refusal(credentials, code, access=access)


def _app_refusal(
    credentials: Credentials, code: str, *, access: AccessPorts
) -> WrongCodeError | CodeOutOfDateError | None:
    now, sealed = access.clock.now(), credentials.totp_secret
    if sealed is None:
        return WrongCodeError()
    step = step_of(code, access.vault.unseal(sealed, account=credentials.user), now=now)
    if step is None:
        return WrongCodeError()
    if is_late(step, now=now) or not access.accounts.spend_step(credentials.user, step):
        return CodeOutOfDateError()
    _seal_older(credentials, sealed, access=access)
    return None


def _seal_older(credentials: Credentials, secret: str, *, access: AccessPorts) -> None:
    """Seal the secret of a record from before secrets were sealed; a writer who was faster did so too."""
    if not access.vault.is_sealed(secret):
        sealed = access.vault.seal(secret, account=credentials.user)
        with suppress(StaleRecordError):
            access.accounts.save_credentials(
                replace(credentials, totp_secret=sealed, version=credentials.version + 1)
            )


def _spend_recovery_code(credentials: Credentials, code: str, *, access: AccessPorts) -> bool:
    """Use a recovery code up, and tell the owner; two at the same moment do not both get it."""
    left = without_code(credentials, code)
    if left is None:
        return False
    access.accounts.save_credentials(
        replace(credentials, recovery_codes=left, version=credentials.version + 1)
    )
    tell_owner(credentials.user, MailKind.RECOVERY_USED, access=access, left=len(left))
    return True


def _count_wrong(user: UserId, *, access: AccessPorts) -> None:
    wrong = access.attempts.count(f"codes:{user}", now=access.clock.now(), remember=_REMEMBERED)
    if wrong.rank >= MOST_WRONG_CODES:
        _close_password(user, access=access)


def _close_password(user: UserId, *, access: AccessPorts) -> None:
    """Let the password open nothing any longer, nor what was begun with it; signed-in sessions go on."""
    credentials = access.accounts.credentials(user)
    if credentials is not None and credentials.password_hash != CLOSED:
        access.accounts.save_credentials(
            replace(credentials, password_hash=CLOSED, version=credentials.version + 1)
        )
        token = new_link(user, LinkPurpose.RESET, access=access)
        tell_owner(user, MailKind.PASSWORD_CLOSED, access=access, path=f"/password/new?token={token}")
    begun = (each for each in access.sessions.sessions_of(user) if each.stage is not SessionStage.SIGNED_IN)
    access.sessions.end_sessions([each.token_hash for each in begun])


def tell_owner(
    user_id: UserId, kind: MailKind, *, access: AccessPorts, path: str | None = None, **values: object
) -> None:
    """Mail the owner of an account what has happened to it, at the login address.

    What has happened stays so where the mail does not leave.
    """
    user = access.accounts.user(user_id)
    if user is not None:
        with suppress(MailNotSentError):
            mail_user(user, kind, ports=access, path=path, **values)
