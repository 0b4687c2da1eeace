"""Find out who sends an API request: a bearer token, and the technical account that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from choriste.application.access.hashing import GENERATED_COST, decoy_hash, fingerprint, is_secret
from choriste.application.access.issue_token import decoded_pair
from choriste.application.access.mandated import with_mandates
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import ApiClient, TechnicalAccount
from choriste.domain.access.errors import UnauthenticatedError
from choriste.domain.access.principal import Principal, PrincipalKind

_DECOY: Final = decoy_hash(GENERATED_COST)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCredentials:
    """The headers that identify: `Authorization` and `cpro-account`, and whether the latter is required."""

    authorization: str | None
    account: str | None = None
    account_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who acts, and the API client through which the request came."""

    principal: Principal
    client_id: str


def authenticate_request(credentials: RequestCredentials, *, access: AccessPorts) -> Caller:
    """Return who acts: the technical account where one is given, else the API client itself.

    Raises `UnauthenticatedError` for a token or an account that is unknown, wrong, expired or revoked.
    """
    client = _bearer_client(credentials.authorization, access=access)
    if not (credentials.account or credentials.account_required):
        return _caller(principal_of_client(client), client, access=access)
    account = _technical_account(credentials.account or "", access=access)
    if account is None:
        raise UnauthenticatedError(what="account", client_id=client.client_id)
    return _caller(principal_of_account(account), client, access=access)


def _caller(principal: Principal, client: ApiClient, *, access: AccessPorts) -> Caller:
    entitled = with_mandates(principal, accounts=access.accounts, at=access.clock.now())
    return Caller(principal=entitled, client_id=client.client_id)


def principal_of_client(client: ApiClient) -> Principal:
    """Return the principal that stands for an API client: the operator for one that has no structure."""
    return Principal(
        kind=PrincipalKind.OPERATOR if client.is_operator else PrincipalKind.API_CLIENT,
        id=client.client_id,
        name=client.name,
        rights=client.rights,
        attached=frozenset({client.structure} if client.structure is not None else ()),
    )


def principal_of_account(account: TechnicalAccount) -> Principal:
    """Return the principal that stands for a technical account."""
    return Principal(
        kind=PrincipalKind.TECHNICAL_ACCOUNT,
        id=account.login,
        name=account.name,
        rights=account.rights,
        attached=frozenset({account.structure}),
    )


def _bearer_client(authorization: str | None, *, access: AccessPorts) -> ApiClient:
    scheme, _, value = (authorization or "").partition(" ")
    token = access.sessions.token(fingerprint(value.strip())) if scheme.lower() == "bearer" else None
    if token is None or token.expires_at <= access.clock.now():
        raise UnauthenticatedError(what="bearer")
    client = access.accounts.api_client(token.client_id)
    if client is None or not client.active or client.version != token.client_version:
        raise UnauthenticatedError(what="bearer")
    return client


def _technical_account(header: str, *, access: AccessPorts) -> TechnicalAccount | None:
    login, secret = decoded_pair(header) or ("", "")
    account = access.accounts.technical_account(login) if login else None
    genuine = is_secret(secret, account.secret_hash if account else _DECOY)
    if account is None or not genuine or not account.active or account.expires_at <= access.clock.now():
        return None
    return account
