"""The same cases on the memory and the DynamoDB stores of organisations that sign their people in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.organisations import DynamoDepartures, DynamoOrganisations
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.application.access.organisation_ports import Departures, Organisations
from choriste.application.access.organisation_records import (
    Departure,
    OrganisationIdentity,
    OrganisationSignIn,
)
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import UserId
from choriste.domain.parties.structure import StructureId
from tests.builders.ports import REGION, create_stores
from tests.fakes.organisations import MemoryDepartures, MemoryOrganisations

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
ONE, TWO, THREE = (StructureId(number) for number in ("101", "102", "103"))
FIRST = OrganisationSignIn(
    structure=ONE, issuer="https://a.example", client_id="c", secret="s", served=(ONE, TWO)
)
Stores = tuple[Organisations, Departures]


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "memory":
        yield MemoryOrganisations(), MemoryDepartures()
        return
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name=REGION)
        names = create_stores()
        core = CoreTable(client, names["CoreTable"])
        yield DynamoOrganisations(core), DynamoDepartures(client, names["SessionsTable"])


def test_one_organisation_serves_a_structure(stores: Stores) -> None:
    organisations, _ = stores
    organisations.save(FIRST, known=None)
    assert [organisations.serving(each) for each in (ONE, TWO, THREE)] == [FIRST, FIRST, None]
    other = replace(FIRST, structure=THREE, served=(TWO, THREE))
    with pytest.raises(StaleRecordError):
        organisations.save(other, known=None)

    fewer = replace(FIRST, served=(ONE,), version=2)
    organisations.save(fewer, known=FIRST)

    organisations.save(other, known=None)
    assert [organisations.serving(each) for each in (ONE, TWO)] == [fewer, other]
    with pytest.raises(StaleRecordError):
        organisations.save(replace(FIRST, version=2), known=FIRST)


def test_subject_means_one_account_and_an_account_has_one_identity_of_an_organisation(
    stores: Stores,
) -> None:
    organisations, _ = stores
    known = OrganisationIdentity(
        user=UserId("u1"), structure=ONE, issuer="https://a.example", subject="s", connected_at=NOW
    )
    organisations.add_identity(known)
    for taken in (replace(known, user=UserId("u2")), replace(known, subject="t")):
        with pytest.raises(AlreadyExistsError):
            organisations.add_identity(taken)
    assert organisations.identity("https://a.example", "s") == known
    assert organisations.identity("https://b.example", "s") is None

    organisations.remove_identity(known)
    organisations.remove_identity(known)

    assert organisations.identity("https://a.example", "s") is None
    assert organisations.identities_of("u1") == ()


def test_departures_are_taken_by_one_caller(stores: Stores) -> None:
    _, departures = stores
    left = Departure(
        token_hash="d", structure=ONE, nonce="n", verifier="v", place="/invoices", expires_at=NOW
    )
    departures.save_departure(left)

    assert [departures.take_departure("d") for _ in range(2)] == [left, None]
