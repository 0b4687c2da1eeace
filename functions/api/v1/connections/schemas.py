"""What technical accounts and API connections are asked and answered with."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from choriste.application.access.records import ApiClient, Refusal, TechnicalAccount
from choriste.application.connections.api_clients import ClientUsage, IssuedClient
from choriste.application.connections.technical_accounts import IssuedAccount
from choriste.domain.access.user import Habilitation, Level, Space
from choriste.domain.sandbox.world import Mode, mode_of
from functions.api.http.models import Answer, Body, Moment


class ConnectionRequest(Body):
    """A technical account or an API connection to create: a name by which people recognise it.

    Names are case-sensitive, and unique in a structure.
    """

    name: str = Field(min_length=1, max_length=100)
    structure: str | None = None


class Right(Answer):
    """A right: what it opens of a structure, or of one of its services."""

    structure: str
    space: Space
    level: Level
    service: str | None


class TechnicalAccountDetails(Answer):
    """A technical account, without its password."""

    login: str
    structure: str
    name: str
    expires_at: Moment
    expired: bool
    rights: list[Right]


class TechnicalAccountList(Answer):
    """The technical accounts of a structure, by name."""

    items: list[TechnicalAccountDetails]


class AccountPassword(Answer):
    """A technical account with its password, which is shown this once."""

    login: str
    password: str
    structure: str
    name: str
    expires_at: Moment


class ApiClientDetails(Answer):
    """An API connection, without its secret; `active` is false while it is suspended.

    `mode` follows from its structure: `sandbox` for a test structure, `production` for any other.
    """

    client_id: str
    structure: str | None
    name: str
    mode: Mode
    active: bool
    rights: list[Right]


class ApiClientList(Answer):
    """The API connections of a structure, by name."""

    items: list[ApiClientDetails]


class ClientSecret(Answer):
    """An API connection with its secret, which is shown this once."""

    client_id: str
    client_secret: str
    structure: str | None
    name: str


class ClientSwitch(Body):
    """Whether an API connection may be used."""

    active: bool


class UsageDay(Answer):
    """A day (UTC) of an API connection: the tokens it was given, the requests that were refused.

    `by_cause` counts the refusals by operation, status and code, such as `POST /v1/deposits 403 forbidden`.
    """

    day: dt.date
    tokens: int
    refusals: int
    by_cause: dict[str, int]


class RefusedRequest(Answer):
    """A request that was refused: when, which operation, and the status and code of the answer."""

    at: Moment
    operation: str
    status: int
    code: str


class ClientUsageDetails(Answer):
    """What an API connection did in the last 30 days, newest day first, and its last refusal."""

    client_id: str
    days: list[UsageDay]
    last_refusal: RefusedRequest | None


def account_out(account: TechnicalAccount, *, now: dt.datetime) -> TechnicalAccountDetails:
    """Return a technical account as an answer holds it."""
    return TechnicalAccountDetails(
        login=account.login,
        structure=account.structure,
        name=account.name,
        expires_at=account.expires_at,
        expired=account.expires_at <= now,
        rights=_rights_out(account.rights),
    )


def password_out(issued: IssuedAccount) -> AccountPassword:
    """Return an account that was just created or reset, with its password."""
    account = issued.account
    return AccountPassword(
        login=account.login,
        password=issued.secret,
        structure=account.structure,
        name=account.name,
        expires_at=account.expires_at,
    )


def client_out(client: ApiClient) -> ApiClientDetails:
    """Return an API connection as an answer holds it."""
    return ApiClientDetails(
        client_id=client.client_id,
        structure=client.structure,
        name=client.name,
        mode=mode_of(client.structure),
        active=client.active,
        rights=_rights_out(client.rights),
    )


def secret_out(issued: IssuedClient) -> ClientSecret:
    """Return an API connection that was just declared or renewed, with its secret."""
    client = issued.client
    return ClientSecret(
        client_id=client.client_id, client_secret=issued.secret, structure=client.structure, name=client.name
    )


def usage_out(usage: ClientUsage) -> ClientUsageDetails:
    """Return the usage of an API connection as an answer holds it."""
    days = [
        UsageDay(day=day.day, tokens=day.tokens, refusals=day.refusals, by_cause=dict(day.by_cause))
        for day in usage.days
    ]
    last = usage.last_refusal
    return ClientUsageDetails(
        client_id=usage.client.client_id, days=days, last_refusal=_refused(last) if last else None
    )


def _refused(refusal: Refusal) -> RefusedRequest:
    return RefusedRequest(
        at=refusal.at, operation=refusal.operation, status=refusal.status, code=refusal.code
    )


def _rights_out(rights: frozenset[Habilitation]) -> list[Right]:
    ordered = sorted(rights, key=lambda right: (right.structure, right.space, right.service or ""))
    return [
        Right(structure=right.structure, space=right.space, level=right.level, service=right.service)
        for right in ordered
    ]
