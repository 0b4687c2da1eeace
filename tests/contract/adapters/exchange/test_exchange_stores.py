"""The same cases on the memory and the DynamoDB stores of partners and of the files sent to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.exchange import DynamoDispatches, DynamoPartners
from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.application.access.ports import Accounts
from choriste.application.exchange.ports import Dispatches, Partners
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.exchange.partner import Dispatch, Partner
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import IdentifierTakenError
from tests.builders.ports import REGION, create_stores
from tests.fakes.exchange import MemoryDispatches, MemoryPartners
from tests.fakes.identity import MemoryAccounts

NOW = dt.datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Stores:
    accounts: Accounts
    partners: Partners
    dispatches: Dispatches


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "memory":
        accounts = MemoryAccounts()
        yield Stores(accounts, MemoryPartners(accounts), MemoryDispatches())
        return
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name=REGION)
        name = create_stores()["CoreTable"]
        table = CoreTable(client, name)
        yield Stores(DynamoAccounts(client, name), DynamoPartners(table), DynamoDispatches(table))


def a_partner(code: str = "ABC001") -> Partner:
    return Partner(code=code, structure=StructureId("101"), name="ERP", registered_at=NOW)


def a_dispatch(sequence: int, *, subject: str = "statuses#1") -> Dispatch:
    return Dispatch(
        partner="ABC001",
        subject=subject,
        interface="FEN1201A",
        number=f"ABC0011201{sequence:015d}",
        first=sequence,
        last=sequence,
        begun_at=NOW,
    )


def test_partner_is_read_by_code_and_by_structure(stores: Stores) -> None:
    for code in ("ABC002", "ABC001"):
        stores.partners.add(a_partner(code))

    assert stores.accounts.partner("ABC002") == a_partner("ABC002")
    assert [each.code for each in stores.partners.of_structure(StructureId("101"))] == ["ABC001", "ABC002"]
    assert stores.partners.of_structure(StructureId("102")) == ()
    with pytest.raises(AlreadyExistsError):
        stores.partners.add(a_partner("ABC001"))


def test_change_of_an_older_version_is_refused(stores: Stores) -> None:
    stores.partners.add(a_partner())
    changed = replace(a_partner(), active=False, version=2)
    stores.partners.replace(changed)

    with pytest.raises(StaleRecordError):
        stores.partners.replace(changed)
    assert stores.accounts.partner("ABC001") == changed


def test_subject_has_one_newest_file_and_a_number_one_file(stores: Stores) -> None:
    first, second = a_dispatch(1), a_dispatch(2)
    stores.dispatches.begin(first, after=None)

    with pytest.raises(StaleRecordError):
        stores.dispatches.begin(second, after=None)
    with pytest.raises(IdentifierTakenError):
        stores.dispatches.begin(a_dispatch(1, subject="statuses#2"), after=None)
    stores.dispatches.begin(second, after=first)
    stores.dispatches.finish(replace(first, sent_at=NOW))

    assert stores.dispatches.latest("ABC001", "statuses#1") == second


def test_files_are_listed_newest_first_page_by_page(stores: Stores) -> None:
    for n in range(1, 6):
        stores.dispatches.begin(a_dispatch(n, subject=f"statuses#{n}"), after=None)
    stores.dispatches.finish(replace(a_dispatch(5, subject="statuses#5"), sent_at=NOW))

    pages, after = [], None
    while True:
        page = stores.dispatches.sent_to("ABC001", after=after, limit=2)
        pages.append([row.first for row in page.rows])
        after = page.after
        if after is None:
            break

    assert pages == [[5, 4], [3, 2], [1]]
    assert stores.dispatches.sent_to("ABC001", after=None, limit=1).rows[0].sent_at == NOW
