"""The same cases on the memory and the DynamoDB store of bank details."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.bank_details import DynamoBankRecords
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.application.parties.ports import BankRecords
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.bank_details import BankAccount, BankDetails
from choriste.domain.parties.structure import StructureId
from tests.builders.ports import REGION, create_stores
from tests.fakes.parties import MemoryBankRecords

FIRST = BankDetails(
    structure=StructureId("101"),
    version=1,
    accounts=(BankAccount(id="1", label="Courant", iban="FR7630006000011234567890189"),),
)


@pytest.fixture(params=["memory", "dynamodb"])
def records(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[BankRecords]:
    if request.param == "memory":
        yield MemoryBankRecords()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        yield DynamoBankRecords(CoreTable(client, create_stores()["CoreTable"]))


def test_details_are_returned_as_stored(records: BankRecords) -> None:
    records.save(FIRST)
    records.save(replace(FIRST, version=2, accounts=()))

    assert records.of("101") == replace(FIRST, version=2, accounts=())
    assert records.of("102") is None


@pytest.mark.parametrize("version", [1, 3])
def test_details_that_are_not_the_next_version_are_refused(records: BankRecords, version: int) -> None:
    records.save(FIRST)

    with pytest.raises(StaleRecordError):
        records.save(replace(FIRST, version=version))


def test_second_version_of_nothing_is_refused(records: BankRecords) -> None:
    with pytest.raises(StaleRecordError):
        records.save(replace(FIRST, version=2))
