"""The same cases on the memory and the DynamoDB stores of technical accounts and API clients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.connections import DynamoConnections
from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.application.access.ports import Accounts
from choriste.application.access.records import ApiClient, ClientDay, Refusal, TechnicalAccount
from choriste.application.connections.ports import Connections
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import Level, Space
from choriste.domain.parties.structure import StructureId
from tests.builders.identity import a_right
from tests.builders.ports import REGION, create_stores
from tests.fakes.connections import MemoryConnections
from tests.fakes.identity import MemoryAccounts

NOW = dt.datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=dt.UTC)
HOME = StructureId("101")


@dataclass(frozen=True)
class Stores:
    accounts: Accounts
    connections: Connections


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "memory":
        accounts = MemoryAccounts()
        yield Stores(accounts, MemoryConnections(accounts))
        return
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name=REGION)
        table = create_stores()["CoreTable"]
        yield Stores(DynamoAccounts(client, table), DynamoConnections(client, table))


def an_account(number: int = 1, *, name: str = "ERP", expires_at: dt.datetime = NOW) -> TechnicalAccount:
    return TechnicalAccount(
        login=f"TECH_1_{number:08d}@cpro.fr",
        structure=HOME,
        name=name,
        secret_hash="s",
        expires_at=expires_at,
        rights=frozenset({a_right("101", Space.ISSUE, Level.MODIFY)}),
    )


def a_client(client_id: str = "Abc", *, name: str = "ERP", structure: str | None = "101") -> ApiClient:
    home = StructureId(structure) if structure is not None else None
    return ApiClient(client_id=client_id, structure=home, name=name, secret_hash="s")


def test_account_is_read_as_stored_and_each_version_follows_the_one_before(stores: Stores) -> None:
    stores.connections.add_account(an_account())
    second = replace(an_account(), version=2, warned=30)
    stores.connections.replace_account(second)

    assert stores.accounts.technical_account(second.login) == second
    assert stores.accounts.technical_account("TECH_1_00000009@cpro.fr") is None
    with pytest.raises(StaleRecordError):
        stores.connections.replace_account(second)
    with pytest.raises(AlreadyExistsError):
        stores.connections.add_account(an_account(name="another name, the same login"))


def test_client_is_read_by_its_case_sensitive_id_and_versions_follow(stores: Stores) -> None:
    stores.connections.add_client(a_client())

    assert stores.accounts.api_client("Abc") == a_client()
    assert stores.accounts.api_client("abc") is None
    with pytest.raises(StaleRecordError):
        stores.connections.replace_client(replace(a_client(), version=3))


def test_names_are_taken_in_one_structure_and_are_case_sensitive(stores: Stores) -> None:
    for client in (
        a_client("c1"),
        a_client("c2", name="erp"),
        a_client("c3", structure="102"),
        a_client("c4", structure=None),
    ):
        stores.connections.add_client(client)
    stores.connections.add_account(an_account())

    with pytest.raises(AlreadyExistsError):
        stores.connections.add_client(a_client("c5"))
    with pytest.raises(AlreadyExistsError):
        stores.connections.add_account(an_account(2))
    assert [client.client_id for client in stores.connections.clients_of(HOME)] == ["c1", "c2"]
    assert [client.client_id for client in stores.connections.clients_of(None)] == ["c4"]
    assert stores.connections.accounts_of(HOME) == (an_account(),)


def test_closed_ones_leave_the_list_free_their_name_and_stay_readable(stores: Stores) -> None:
    client, account = a_client(), an_account()
    stores.connections.add_client(client)
    stores.connections.add_account(account)
    gone = replace(client, active=False, revoked=True, version=2)
    ended = replace(account, active=False, version=2)
    stores.connections.close_client(gone)
    stores.connections.close_account(ended)

    assert stores.connections.clients_of(HOME) == ()
    assert stores.connections.accounts_of(HOME) == ()
    assert stores.accounts.api_client("Abc") == gone
    assert stores.accounts.technical_account(account.login) == ended
    stores.connections.add_client(a_client("Def"))
    stores.connections.add_account(an_account(2))


def test_accounts_are_due_by_their_next_warning_and_closed_ones_never(stores: Stores) -> None:
    day = dt.timedelta(days=1)
    soon = an_account(1, name="soon", expires_at=NOW + 20 * day)
    late = an_account(2, name="late", expires_at=NOW + 40 * day)
    said = replace(an_account(3, name="said", expires_at=NOW - day), version=1)
    for account in (soon, late, said):
        stores.connections.add_account(account)
    stores.connections.replace_account(replace(said, warned=0, version=2))

    assert stores.connections.due_accounts(NOW) == (soon,)
    assert stores.connections.due_accounts(NOW + 11 * day) == (soon, late)
    stores.connections.close_account(replace(soon, active=False, version=2))
    assert stores.connections.due_accounts(NOW) == ()


def test_tokens_and_refusals_are_counted_by_day_and_the_newest_refusal_is_kept(stores: Stores) -> None:
    today, yesterday = NOW.date(), NOW.date() - dt.timedelta(days=1)
    first = Refusal(
        at=NOW - dt.timedelta(days=1), operation="GET /v1/x/2170000000000001", status=404, code="not-found"
    )
    second = Refusal(at=NOW, operation="POST /v1/deposits", status=403, code="forbidden")
    for day in (today, today, yesterday, today - dt.timedelta(days=90)):
        stores.connections.count_token("Abc", day)
    for refusal in (first, second, second):
        stores.connections.note_refusal("Abc", refusal)

    assert stores.connections.days_of("Abc", since=yesterday) == (
        ClientDay(day=today, tokens=2, refusals=2, by_cause={"POST /v1/deposits 403 forbidden": 2}),
        ClientDay(day=yesterday, tokens=1, refusals=1, by_cause={"GET /v1/x/{n} 404 not-found": 1}),
    )
    assert stores.connections.last_refusal("Abc") == second
    assert stores.connections.last_refusal("abc") is None
    assert stores.connections.days_of("abc", since=yesterday) == ()
