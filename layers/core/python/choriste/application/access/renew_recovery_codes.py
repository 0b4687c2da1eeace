"""Make new recovery codes; the ones before no longer work."""

from __future__ import annotations

from dataclasses import replace

from choriste.application.access.mails import MailKind
from choriste.application.access.policy import require_fresh_factor
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import tell_owner
from choriste.application.access.recovery import new_recovery_codes
from choriste.application.access.resume_session import SignedIn
from choriste.domain.access.errors import SessionEndedError


def renew_recovery_codes(signed_in: SignedIn, *, access: AccessPorts) -> tuple[str, ...]:
    """Replace the recovery codes, tell the owner, and return the new ones in clear, this once.

    Raises `FactorNeededError` without a fresh second factor.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    credentials = access.accounts.credentials(signed_in.user.id)
    if credentials is None:
        raise SessionEndedError
    codes = new_recovery_codes()
    access.accounts.save_credentials(
        replace(credentials, recovery_codes=codes.hashes, version=credentials.version + 1)
    )
    tell_owner(signed_in.user.id, MailKind.RECOVERY_RENEWED, access=access)
    return codes.clear
