"""Remove the authenticator app of an account that has another factor: the second factor is mandatory."""

from __future__ import annotations

from dataclasses import replace

from choriste.application.access.mails import MailKind
from choriste.application.access.policy import require_fresh_factor
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import tell_owner
from choriste.application.access.resume_session import SignedIn
from choriste.domain.access.errors import LastFactorError, SessionEndedError


def remove_app(signed_in: SignedIn, *, access: AccessPorts) -> None:
    """Forget the app's secret, and tell the owner; nothing happens where there is no app.

    Raises `FactorNeededError` without a fresh second factor, or `LastFactorError` where no security key would
    be left.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    credentials = access.accounts.credentials(signed_in.user.id)
    if credentials is None:
        raise SessionEndedError
    if credentials.totp_secret is None:
        return
    if not credentials.security_keys:
        raise LastFactorError
    access.accounts.save_credentials(replace(credentials, totp_secret=None, version=credentials.version + 1))
    tell_owner(signed_in.user.id, MailKind.FACTOR_REMOVED, access=access)
