"""Give a technical account a new secret; the old one dies at once.

Source: docs/reference/accounts.md#technical-accounts.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.access.create_technical_account import LIFETIME, IssuedAccount
from choriste.application.access.hashing import GENERATED_COST, hash_secret, new_secret
from choriste.application.access.policy import is_own, may_connect
from choriste.application.access.ports import AccessPorts
from choriste.domain.access.principal import Principal
from choriste.domain.shared.errors import NotFoundError


def reset_technical_account(login: str, *, by: Principal, access: AccessPorts) -> IssuedAccount:
    """Replace the secret of a technical account and start its lifetime anew.

    The account may reset itself by an API call. Raises `NotFoundError`, also for an account of a
    structure whose connections the actor does not administer, or `StaleRecordError`.
    """
    account = access.accounts.technical_account(login)
    if account is None or not (is_own(by, login) or may_connect(by, account.structure)):
        raise NotFoundError(kind="technical account", id=login)
    secret = new_secret()
    renewed = replace(
        account,
        secret_hash=hash_secret(secret, cost=GENERATED_COST),
        expires_at=access.clock.now() + LIFETIME,
        version=account.version + 1,
    )
    access.accounts.save_technical_account(renewed)
    return IssuedAccount(account=renewed, secret=secret)
