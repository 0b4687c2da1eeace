"""API connections: OAuth2 clients that a structure declares, renews, suspends and revokes.

Their rules are in docs/reference/accounts.md#api-connections.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.hashing import GENERATED_COST, hash_secret, new_secret
from choriste.application.access.policy import (
    may_connect,
    operates,
    require_connect,
    require_fresh_factor,
    require_holds,
    require_one_world,
    require_operator,
)
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import ApiClient, ClientDay, Refusal
from choriste.application.connections.acts import record_client_act
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation
from choriste.domain.members.act import ActKind
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import NotFoundError

_USAGE: Final = dt.timedelta(days=30)
"""How far back the usage of a client is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedClient:
    """An API client with its secret in clear: shown once, stored nowhere."""

    client: ApiClient
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientUsage:
    """What a client did in the last 30 days, newest day first, and its last refusal."""

    client: ApiClient
    days: tuple[ClientDay, ...]
    last_refusal: Refusal | None

    @property
    def causes(self) -> tuple[tuple[str, int], ...]:
        """What its requests were refused for, with how often, the most frequent first."""
        found: Counter[str] = Counter()
        for day in self.days:
            found.update(day.by_cause)
        return tuple(found.most_common())


def create_api_client(
    structure: StructureId, *, name: str, rights: Iterable[Habilitation], by: Principal, access: AccessPorts
) -> IssuedClient:
    """Declare an API connection of a structure, with rights that its creator holds too.

    The rights are those of a request that carries no technical account. Raises `ForbiddenError`,
    `FactorNeededError`, `AlreadyExistsError` for a name that the structure uses already (`ERP` and `erp` are
    two names) or, for an unknown structure, `NotFoundError`.
    """
    require_connect(by, structure)
    require_fresh_factor(by, now=access.clock.now())
    granted = frozenset(rights)
    require_holds(by, granted)
    require_one_world(structure, granted)
    if access.directory.structure(structure) is None:
        raise NotFoundError(kind="structure", id=structure)
    return _issue(structure, name=name, rights=granted, by=by, access=access)


def create_operator_client(*, name: str, by: Principal, access: AccessPorts) -> IssuedClient:
    """Declare an API connection of the operator: `/v1/operator` is open to it, and reading everywhere.

    Raises `ForbiddenError` unless an operator or the platform itself declares it, or `AlreadyExistsError`.
    """
    require_operator(by)
    return _issue(None, name=name, rights=frozenset(), by=by, access=access)


def _issue(
    structure: StructureId | None,
    *,
    name: str,
    rights: frozenset[Habilitation],
    by: Principal,
    access: AccessPorts,
) -> IssuedClient:
    secret = new_secret()
    client = ApiClient(
        client_id=new_secret()[:24],
        structure=structure,
        name=name,
        secret_hash=hash_secret(secret, cost=GENERATED_COST),
        rights=rights,
    )
    access.connections.add_client(client)
    record_client_act(ActKind.CONNECTION_DECLARED, client, by=by, access=access)
    return IssuedClient(client=client, secret=secret)


def list_api_clients(structure: StructureId, *, by: Principal, access: AccessPorts) -> tuple[ApiClient, ...]:
    """Return the API connections of a structure, suspended ones too, by name; raises `ForbiddenError`."""
    require_connect(by, structure)
    return access.connections.clients_of(structure)


def usage_of_api_client(client_id: str, *, by: Principal, access: AccessPorts) -> ClientUsage:
    """Return what a client did in the last 30 days.

    Raises `NotFoundError`, also for a client that the actor does not administer.
    """
    client = _administered(client_id, by=by, access=access)
    since = (access.clock.now() - _USAGE).date()
    return ClientUsage(
        client=client,
        days=access.connections.days_of(client_id, since=since),
        last_refusal=access.connections.last_refusal(client_id),
    )


def renew_api_client(
    client_id: str, *, by: Principal, access: AccessPorts, version: int | None = None
) -> IssuedClient:
    """Give an API connection a new secret; the old one, and every token issued to it, die at once.

    A `version` says which secret is to be replaced, so that a form sent twice replaces nothing twice. Raises
    `NotFoundError` as `usage_of_api_client` does, or `StaleRecordError`.
    """
    client = _administered(client_id, by=by, access=access)
    require_fresh_factor(by, now=access.clock.now())
    if version not in (None, client.version):
        raise StaleRecordError(kind="api-client", id=client_id)
    secret = new_secret()
    hashed = hash_secret(secret, cost=GENERATED_COST)
    renewed = replace(client, secret_hash=hashed, version=client.version + 1)
    access.connections.replace_client(renewed)
    record_client_act(ActKind.CONNECTION_RENEWED, renewed, by=by, access=access)
    return IssuedClient(client=renewed, secret=secret)


def switch_api_client(client_id: str, *, active: bool, by: Principal, access: AccessPorts) -> ApiClient:
    """Suspend an API connection, or activate it again; either way its tokens die at once.

    Raises `NotFoundError` as `usage_of_api_client` does, or `StaleRecordError`.
    """
    client = _administered(client_id, by=by, access=access)
    if client.active is active:
        return client
    switched = replace(client, active=active, version=client.version + 1)
    access.connections.replace_client(switched)
    kind = ActKind.CONNECTION_ACTIVATED if active else ActKind.CONNECTION_SUSPENDED
    record_client_act(kind, switched, by=by, access=access)
    return switched


def revoke_api_client(client_id: str, *, by: Principal, access: AccessPorts) -> None:
    """Close an API connection for ever: its secret and its tokens die at once, and its name is free again.

    Raises `NotFoundError` as `usage_of_api_client` does, or `StaleRecordError`.
    """
    client = _administered(client_id, by=by, access=access)
    access.connections.close_client(replace(client, active=False, revoked=True, version=client.version + 1))
    record_client_act(ActKind.CONNECTION_REVOKED, client, by=by, access=access)


def _administered(client_id: str, *, by: Principal, access: AccessPorts) -> ApiClient:
    client = access.accounts.api_client(client_id)
    if client is None or client.revoked or not _administers(by, client):
        raise NotFoundError(kind="API client", id=client_id)
    return client


def _administers(by: Principal, client: ApiClient) -> bool:
    if client.structure is None:
        return operates(by)
    return may_connect(by, client.structure)
