"""The same cases on the memory and the DynamoDB store of billing mandates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.adapters.aws.dynamodb.mandates import DynamoMandates
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.application.access.ports import Accounts
from choriste.application.parties.ports import Mandates
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.mandate import Mandate, MandateState, Scope
from choriste.domain.parties.structure import StructureId
from tests.builders.ports import REGION, create_stores
from tests.fakes.identity import MemoryAccounts
from tests.fakes.parties import MemoryMandates

FIRST_DAY = dt.date(2026, 11, 1)
MANDATE = Mandate(
    id="20261101080000AAAAAAAA",
    giver=StructureId("201"),
    giver_name="Atelier",
    holder=StructureId("301"),
    holder_name="Cabinet",
    scopes=(Scope.DEPOSIT, Scope.FOLLOW),
    since=FIRST_DAY,
    until=FIRST_DAY + dt.timedelta(days=30),
)
ACCEPTED = replace(MANDATE, version=2, state=MandateState.ACCEPTED)


@dataclass(frozen=True)
class Stores:
    """The two ports that see mandates."""

    mandates: Mandates
    accounts: Accounts


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    if request.param == "memory":
        accounts = MemoryAccounts()
        yield Stores(MemoryMandates(accounts), accounts)
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        table = create_stores()["CoreTable"]
        yield Stores(DynamoMandates(CoreTable(client, table)), DynamoAccounts(client, table))


def test_mandates_are_listed_on_both_sides_newest_first(stores: Stores) -> None:
    newer = replace(MANDATE, id="20261102080000AAAAAAAA", holder=StructureId("302"))
    stores.mandates.save(MANDATE)
    stores.mandates.save(newer)

    assert stores.mandates.of("201") == (newer, MANDATE)
    assert stores.mandates.of("301") == (MANDATE,)
    assert stores.mandates.of("999") == ()
    assert (stores.mandates.get(MANDATE.id), stores.mandates.get("0")) == (MANDATE, None)


def test_accepted_mandate_counts_within_its_period_until_it_is_revoked(stores: Stores) -> None:
    stores.mandates.save(MANDATE)
    proposed = stores.accounts.mandates_held("301", on=FIRST_DAY)
    stores.mandates.save(ACCEPTED)
    days = [FIRST_DAY + dt.timedelta(days=n) for n in (-1, 0, 30, 31)]
    held = [stores.accounts.mandates_held("301", on=day) for day in days]
    others = stores.accounts.mandates_held("201", on=FIRST_DAY)
    stores.mandates.save(replace(ACCEPTED, version=3, state=MandateState.REVOKED))

    assert (proposed, others) == ((), ())
    assert held == [(), (MANDATE.held,), (MANDATE.held,), ()]
    assert stores.accounts.mandates_held("301", on=FIRST_DAY) == ()


@pytest.mark.parametrize("version", [1, 3])
def test_mandate_that_is_not_the_next_version_is_refused(stores: Stores, version: int) -> None:
    stores.mandates.save(MANDATE)

    with pytest.raises(StaleRecordError):
        stores.mandates.save(replace(ACCEPTED, version=version))
