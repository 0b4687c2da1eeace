"""The same cases on the memory and the DynamoDB directory: the index that structures are searched by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.structure_index import DynamoStructureIndex
from choriste.adapters.aws.dynamodb.structures import DynamoChecks, DynamoDirectory, entry_item
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.application.access.ports import Directory
from choriste.application.parties.ports import Checks
from choriste.application.parties.reindex_structures import reindex_structures
from choriste.domain.access.principal import Principal
from choriste.domain.invoice.model import Address
from choriste.domain.parties.search import Place, StructureSummary, lookup_of, places_of, summary_of
from choriste.domain.parties.structure import RegistryStanding, Structure
from choriste.domain.shared.errors import ForbiddenError
from tests.builders.identity import a_structure, a_user
from tests.builders.ports import REGION, create_stores
from tests.fakes.identity import MemoryDirectory
from tests.fakes.parties import MemoryChecks

NAMES = ("Mairie de Vallon", "Mairie de Valbrume", "Mairie de Lyon", "Boulangerie du Val")


@dataclass(frozen=True)
class Stores:
    directory: Directory
    checks: Checks


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    if request.param == "memory":
        kept = MemoryDirectory()
        yield Stores(kept, MemoryChecks(kept))
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client, table = boto3.client("dynamodb", region_name=REGION), create_stores()["CoreTable"]
        yield Stores(DynamoDirectory(client, table), DynamoChecks(CoreTable(client, table)))


@pytest.fixture
def directory(stores: Stores) -> Directory:
    return stores.directory


def _fill(directory: Directory) -> tuple[Structure, ...]:
    structures = tuple(
        replace(
            a_structure(str(number), siret=f"8321456920{number:04d}", name=name),
            address=Address(city="Lyon", postcode="69003", country="FR"),
        )
        for number, name in enumerate(NAMES, start=1)
    )
    for structure in structures:
        directory.add_structure(structure)
    return structures


def _found(directory: Directory, typed: str, *, where: str = "") -> list[str]:
    lookup = lookup_of(typed, where=where)
    assert lookup is not None
    return [entry.summary.name for entry in directory.entries(lookup, after=None, limit=50).rows]


def test_list_begins_where_the_words_say(directory: Directory) -> None:
    _fill(directory)

    assert _found(directory, "mairie val") == ["Mairie de Valbrume", "Mairie de Vallon"]
    assert _found(directory, "val") == ["Boulangerie du Val", "Mairie de Valbrume", "Mairie de Vallon"]
    assert _found(directory, "", where="lyon") == sorted(NAMES)
    assert _found(directory, "mairie *n") == ["Mairie de Lyon", "Mairie de Valbrume", "Mairie de Vallon"]
    assert _found(directory, "unknown") == []


def test_row_shows_what_a_list_needs(directory: Directory) -> None:
    first = _fill(directory)[0]
    lookup = lookup_of("vallon")
    assert lookup is not None

    (entry,) = directory.entries(lookup, after=None, limit=10).rows

    assert entry.summary == summary_of(first)


def test_list_is_read_in_pages(directory: Directory) -> None:
    _fill(directory)
    lookup = lookup_of("mairie")
    assert lookup is not None

    first = directory.entries(lookup, after=None, limit=2)
    second = directory.entries(lookup, after=first.after, limit=2)

    names = [entry.summary.name for entry in (*first.rows, *second.rows)]
    assert names == ["Mairie de Lyon", "Mairie de Valbrume", "Mairie de Vallon"]
    assert first.after == first.rows[-1].key
    assert second.after is None


def test_renamed_structure_is_found_by_its_new_name_alone(directory: Directory) -> None:
    known = _fill(directory)[0]

    directory.replace_structure(replace(known, name="Mairie de Sault"), known=known)

    assert _found(directory, "vallon") == []
    assert _found(directory, "mairie sault") == ["Mairie de Sault"]


def test_rows_follow_what_lists_show(directory: Directory) -> None:
    known = _fill(directory)[0]

    directory.replace_structure(replace(known, active=False), known=known)

    lookup = lookup_of("vallon")
    assert lookup is not None
    (entry,) = directory.entries(lookup, after=None, limit=10).rows
    assert entry.summary.active is False


def test_structure_that_is_no_longer_published_leaves_the_index(directory: Directory) -> None:
    known = _fill(directory)[0]

    directory.replace_structure(replace(known, registry=RegistryStanding(undisclosed=True)), known=known)

    assert _found(directory, "vallon") == []
    assert _found(directory, "", where="69003") == sorted(set(NAMES) - {known.name})


def test_due_checks_come_in_order_and_leave_the_list_with_the_structure_s_next_date(stores: Stores) -> None:
    now = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
    structures = _fill(stores.directory)
    for days, known in zip((3, 1, 2, -1), structures, strict=True):
        standing = RegistryStanding(check_at=now - dt.timedelta(days=days))
        stores.directory.replace_structure(replace(known, registry=standing), known=known)

    assert stores.checks.due_before(now, limit=10) == ("1", "3", "2")
    assert stores.checks.due_before(now, limit=2) == ("1", "3")

    first = stores.directory.structure("1")
    assert first is not None
    stores.directory.replace_structure(replace(first, registry=RegistryStanding()), known=first)
    assert stores.checks.due_before(now, limit=10) == ("3", "2")


def test_index_is_made_right_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client, table = boto3.client("dynamodb", region_name=REGION), create_stores()["CoreTable"]
        directory, core = DynamoDirectory(client, table), CoreTable(client, table)
        index, operator = DynamoStructureIndex(core), Principal.platform("operator")
        first, second, *_ = _fill(directory)
        lost = min(places_of(first))
        index.drop(lost)
        index.put(replace(second, name="Ancien Nom"), places_of(second))
        left = Place("zzz", "zzz/zzz/1")
        core.put_all([entry_item(left, summary_of(first)), entry_item(replace(left, key="z"), _gone())])

        found = reindex_structures(directory, index, operator)
        again = reindex_structures(directory, index, operator)

        assert (found.structures, found.written, found.dropped) == (4, 1 + len(places_of(second)), 2)
        assert (again.written, again.dropped) == (0, 0)
        assert _found(directory, "mairie val") == ["Mairie de Valbrume", "Mairie de Vallon"]
        with pytest.raises(ForbiddenError):
            reindex_structures(directory, index, Principal.of_user(a_user()))


def _gone() -> StructureSummary:
    return summary_of(a_structure("99", name="Disparue"))
