"""Load the principal that the authorizer named, with the rights it has now."""

from __future__ import annotations

from choriste.application.access.authenticate_request import principal_of_account, principal_of_client
from choriste.application.access.ports import AccessPorts
from choriste.domain.access.errors import UnauthenticatedError
from choriste.domain.access.principal import Principal, PrincipalKind


def load_principal(kind: PrincipalKind, principal_id: str, *, access: AccessPorts) -> Principal:
    """Return an API client, the operator's among them, or a technical account as a principal, by its id.

    Raises `UnauthenticatedError` when it was closed since, or is of a kind that sends no requests.
    """
    if kind in {PrincipalKind.API_CLIENT, PrincipalKind.OPERATOR}:
        client = access.accounts.api_client(principal_id)
        if client is not None and client.active and client.is_operator == (kind is PrincipalKind.OPERATOR):
            return principal_of_client(client)
    if kind is PrincipalKind.TECHNICAL_ACCOUNT:
        account = access.accounts.technical_account(principal_id)
        if account is not None and account.active and account.expires_at > access.clock.now():
            return principal_of_account(account)
    raise UnauthenticatedError(what=kind)
