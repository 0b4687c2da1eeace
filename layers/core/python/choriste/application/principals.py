"""Whom an account id stands for: the principal behind a deposit that is worked on later."""

from __future__ import annotations

from choriste.application.identity.authenticate_request import principal_of_account, principal_of_client
from choriste.application.identity.ports import Accounts
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.user import UserId


def principal_of(accounts: Accounts, account: str) -> Principal | None:
    """Return the principal of a user id, a technical account's login or an API client's id, as it is now.

    None when there is no such account, or it was closed.
    """
    user = accounts.user(UserId(account))
    if user is not None:
        return Principal.of_user(user) if user.active else None
    technical = accounts.technical_account(account)
    if technical is not None and technical.active:
        return principal_of_account(technical)
    client = accounts.api_client(account)
    return principal_of_client(client) if client is not None and client.active else None
