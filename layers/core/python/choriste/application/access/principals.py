"""Whom an account id stands for: the principal behind a deposit that is worked on later."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from choriste.application.access.authenticate_request import principal_of_account, principal_of_client
from choriste.application.access.mandated import with_mandates
from choriste.application.access.ports import Accounts
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAccount:
    """An account that exists, with its rights as they are now, and whether it may still act."""

    principal: Principal
    active: bool
    expires_at: dt.datetime | None = None

    def is_open(self, at: dt.datetime) -> bool:
        """Say whether the account might act at a moment: it is not closed, and had not expired."""
        return self.active and (self.expires_at is None or self.expires_at > at)


def account_of(accounts: Accounts, account: str, *, at: dt.datetime) -> KnownAccount | None:
    """Return a user, a technical account, an API client or a partner by its id, closed ones too.

    The mandates are those in force at a moment.
    """
    known = _account_of(accounts, account)
    if known is None:
        return None
    return replace(known, principal=with_mandates(known.principal, accounts=accounts, at=at))


def _account_of(accounts: Accounts, account: str) -> KnownAccount | None:
    user = accounts.user(UserId(account))
    if user is not None:
        return KnownAccount(principal=Principal.of_user(user), active=user.active)
    technical = accounts.technical_account(account)
    if technical is not None:
        principal = principal_of_account(technical)
        return KnownAccount(principal=principal, active=technical.active, expires_at=technical.expires_at)
    client = accounts.api_client(account)
    if client is not None:
        return KnownAccount(principal=principal_of_client(client), active=client.active)
    partner = accounts.partner(account)
    return KnownAccount(principal=partner.principal, active=partner.active) if partner is not None else None


def principal_of(accounts: Accounts, account: str, *, at: dt.datetime) -> Principal | None:
    """Return who acted under an account id at a moment, with the rights and mandates of now.

    None when there is no such account, when it was closed since, or when it had expired at that moment: what
    was deposited in time is worked on after the expiry.
    """
    known = account_of(accounts, account, at=at)
    return known.principal if known is not None and known.is_open(at) else None
