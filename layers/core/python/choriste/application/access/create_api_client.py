"""Declare, renew and revoke API connections of a structure (docs/reference/accounts.md#api-connections)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from choriste.application.access.hashing import GENERATED_COST, hash_secret, new_secret
from choriste.application.access.policy import (
    may_connect,
    operates,
    require_connect,
    require_holds,
    require_operator,
)
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import ApiClient
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedClient:
    """An API client with its secret in clear: shown once, stored nowhere."""

    client: ApiClient
    secret: str


def create_api_client(
    structure: StructureId, *, name: str, rights: Iterable[Habilitation], by: Principal, access: AccessPorts
) -> IssuedClient:
    """Declare an API connection of a structure, with rights that its creator holds too.

    The rights are those of a request that carries no technical account. Raises `ForbiddenError` or,
    for an unknown structure, `NotFoundError`.
    """
    require_connect(by, structure)
    granted = frozenset(rights)
    require_holds(by, granted)
    if access.directory.structure(structure) is None:
        raise NotFoundError(kind="structure", id=structure)
    return _issue(structure, name=name, rights=granted, access=access)


def create_operator_client(*, name: str, by: Principal, access: AccessPorts) -> IssuedClient:
    """Declare an API connection of the operator: `/v1/operator` is open to it, and reading everywhere.

    Raises `ForbiddenError` unless an operator or the platform itself declares it.
    """
    require_operator(by)
    return _issue(None, name=name, rights=frozenset(), access=access)


def _issue(
    structure: StructureId | None, *, name: str, rights: frozenset[Habilitation], access: AccessPorts
) -> IssuedClient:
    secret = new_secret()
    client = ApiClient(
        client_id=new_secret()[:24],
        structure=structure,
        name=name,
        secret_hash=hash_secret(secret, cost=GENERATED_COST),
        rights=rights,
    )
    access.accounts.save_api_client(client)
    return IssuedClient(client=client, secret=secret)


def revoke_api_client(client_id: str, *, by: Principal, access: AccessPorts) -> None:
    """Close an API connection: its secret and every token issued to it die at once.

    Raises `NotFoundError`, also for a client that the actor does not administer.
    """
    client = access.accounts.api_client(client_id)
    if client is None or not _administers(by, client):
        raise NotFoundError(kind="API client", id=client_id)
    access.accounts.save_api_client(replace(client, active=False, version=client.version + 1))


def _administers(by: Principal, client: ApiClient) -> bool:
    if client.structure is None:
        return operates(by)
    return may_connect(by, client.structure)
