"""The same cases on the memory and the DynamoDB store of sandboxes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.sandboxes import DynamoSandboxes
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.application.sandbox.ports import Sandboxes
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.user import UserId
from choriste.domain.sandbox.sandbox import Sandbox, Switch
from choriste.domain.sandbox.world import SandboxId
from tests.builders.ports import REGION, create_stores
from tests.fakes.sandboxes import MemorySandboxes

FIRST = Sandbox(
    id=SandboxId("9000000000001"), owner=UserId("u"), opened_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
)


@pytest.fixture(params=["memory", "dynamodb"])
def sandboxes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandboxes]:
    if request.param == "memory":
        yield MemorySandboxes()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        yield DynamoSandboxes(CoreTable(client, create_stores()["CoreTable"]))


def test_sandbox_is_returned_as_stored(sandboxes: Sandboxes) -> None:
    second = replace(FIRST, version=2, days=3, switches=(Switch(status=503, times=None),))
    sandboxes.save(FIRST)
    sandboxes.save(second)

    assert sandboxes.get(FIRST.id) == second
    assert sandboxes.get("9000000000002") is None


def test_sandbox_that_is_not_the_next_version_is_refused(sandboxes: Sandboxes) -> None:
    with pytest.raises(StaleRecordError):
        sandboxes.save(replace(FIRST, version=2))
    sandboxes.save(FIRST)
    for version in (1, 3):
        with pytest.raises(StaleRecordError):
            sandboxes.save(replace(FIRST, version=version))
