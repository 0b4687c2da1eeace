"""Declare, renew and revoke the API connections of a structure (handbook D7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from choriste.application.identity.create_technical_account import require_holds
from choriste.application.identity.hashing import GENERATED_COST, hash_secret, new_secret
from choriste.application.identity.ports import Gate
from choriste.application.identity.records import ApiClient
from choriste.domain.errors import NotFoundError
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.structure import StructureId
from choriste.domain.identity.user import Habilitation, Level, Space


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedClient:
    """An API client with its secret in clear: shown once, stored nowhere."""

    client: ApiClient
    secret: str


def create_api_client(
    structure: StructureId, *, name: str, rights: Iterable[Habilitation], by: Principal, gate: Gate
) -> IssuedClient:
    """Declare an API connection of a structure, with rights that its creator holds too.

    The rights are those of a request that carries no technical account. Raises `ForbiddenError` or,
    for an unknown structure, `NotFoundError`.
    """
    by.require(Space.API, Level.MODIFY, structure=structure)
    granted = frozenset(rights)
    require_holds(by, granted)
    if gate.directory.structure(structure) is None:
        raise NotFoundError(kind="structure", id=structure)
    secret = new_secret()
    client = ApiClient(
        client_id=new_secret()[:24],
        structure=structure,
        name=name,
        secret_hash=hash_secret(secret, cost=GENERATED_COST),
        rights=granted,
    )
    gate.accounts.save_api_client(client)
    return IssuedClient(client=client, secret=secret)


def revoke_api_client(client_id: str, *, by: Principal, gate: Gate) -> None:
    """Close an API connection: its secret and every token issued to it die at once.

    Raises `NotFoundError`, also for a client that the actor does not administer.
    """
    client = gate.accounts.api_client(client_id)
    if client is None or not by.may(Space.API, Level.MODIFY, structure=client.structure):
        raise NotFoundError(kind="API client", id=client_id)
    gate.accounts.save_api_client(replace(client, active=False, version=client.version + 1))
