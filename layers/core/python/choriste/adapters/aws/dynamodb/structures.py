"""Structures in the core table: the head, the guard of the identifier, the links to users, and the index.

Reads are strongly consistent. Only the list of a structure's users may be a second old: it says whom to tell
or to offer by name, and gives nobody a right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.heads import HEAD, add_all, head_item
from choriste.adapters.aws.dynamodb.identity import USER, IdentityPrefix
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import (
    structure_of_schema_2,
    with_defaults_of_schema_1,
)
from choriste.adapters.aws.dynamodb.table import (
    CoreTable,
    Item,
    failed_conditions,
    marshal,
    shard_of,
    shards,
    stamp,
    unmarshal,
)
from choriste.application.shared.ports import Page
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import User
from choriste.domain.parties.search import Entry, Lookup, Place, StructureSummary, places_of, summary_of
from choriste.domain.parties.structure import (
    IdentifierKind,
    Structure,
    StructureId,
    StructureIdentifier,
    StructureKind,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

STRUCTURE = RecordFormat(
    kind="structure",
    model=Structure,
    upcasters=(with_defaults_of_schema_1("structure"), structure_of_schema_2),
)
IDENTIFIER_GUARD = RowFormat(kind="identifier", names=frozenset({"structure"}))
STRUCTURE_ENTRY = RowFormat(
    kind="structure-entry",
    names=frozenset({"structure", "identifier", "identifier_kind", "name", "kind", "active", "moa"}),
    optional=frozenset({"city", "postcode", "country"}),
)
CHECKS: Final = "registry"
"""The name of the partitions of the index `due` that hold the structures to be checked."""

FIND: Final = "FIND#"
"""The prefix of the partitions of the index."""


class DynamoDirectory:
    """Implements the directory of `choriste.application.access.ports`: structures and their users."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._core = CoreTable(client, table)

    def structure(self, structure_id: str) -> Structure | None:
        """Return a structure with its services, or None."""
        item = self._core.get(IdentityPrefix.STRUCTURE + structure_id, HEAD)
        return STRUCTURE.read(item) if item else None

    def structure_by_identifier(self, identifier: StructureIdentifier) -> Structure | None:
        """Return the one structure with this official identifier, or None."""
        guard = self._core.get(_identifier_key(identifier), HEAD)
        return self.structure(IDENTIFIER_GUARD.read(guard)["structure"]) if guard else None

    def users_of(self, structure_id: str) -> tuple[User, ...]:
        """Return the active users who belong to a structure or have a right in it, by id."""
        links = self._core.partition(
            IdentityPrefix.STRUCTURE + structure_id, prefix=IdentityPrefix.USER.value, consistent=False
        )
        found = self._core.read_all([(link["sk"], HEAD) for link in links])
        users = (USER.read(item) for item in found)
        return tuple(user for user in users if user.active and structure_id not in user.suspended_in)

    def add_structure(self, structure: Structure) -> None:
        """Store a new structure, the guard of its identifier, and its entries in the index."""
        summary = summary_of(structure)
        entries = (entry_item(place, summary) for place in sorted(places_of(structure)))
        claim = IDENTIFIER_GUARD.attributes(structure=structure.id)
        guard = {"pk": _identifier_key(structure.identifier), "sk": HEAD, **claim}
        if not add_all(self._core, _head(structure, version=1), guard, *entries):
            raise AlreadyExistsError(kind="structure", id=structure.identifier.value)

    def replace_structure(self, structure: Structure, *, known: Structure) -> None:
        """Store changes on what was read as `known`, in the index too: what is stored must still be that."""
        pk = IdentityPrefix.STRUCTURE + known.id
        stored = self._core.get(pk, HEAD)
        if stored is None or STRUCTURE.read(stored) != known:
            raise StaleRecordError(kind="structure", id=structure.id)
        row = _head(structure, version=int(stored["version"]) + 1)
        head = self._core.put_operation(row, condition="version = :known", known=stored["version"])
        try:
            self._core.transact([head, *self._moved(structure, known)])
        except ClientError as error:
            if failed_conditions(error):
                raise StaleRecordError(kind="structure", id=structure.id) from error
            raise

    def entries(self, lookup: Lookup, *, after: str | None, limit: int) -> Page[Entry]:
        """Return rows of the index, eventually consistent: half the price, and a second old at most."""
        keys, values = "begins_with(sk, :prefix)", {":pk": FIND + lookup.anchor, ":prefix": lookup.prefix}
        if not lookup.prefix:
            keys, values = "sk > :prefix", {**values, ":prefix": " "}
        asked: QueryInputTypeDef = {
            "TableName": self._core.name,
            "KeyConditionExpression": f"pk = :pk AND {keys}",
            "ExpressionAttributeValues": marshal(values),
            "Limit": limit,
        }
        if after is not None:
            asked["ExclusiveStartKey"] = marshal({"pk": FIND + lookup.anchor, "sk": after})
        answer = self._core.client.query(**asked)
        rows = tuple(_entry(unmarshal(item)) for item in answer["Items"])
        return Page(rows, rows[-1].key if rows and "LastEvaluatedKey" in answer else None)

    def _moved(self, structure: Structure, known: Structure) -> Iterator[dict[str, Any]]:
        """Yield what a change does to the index: nothing, unless it changes what lists show or sort by."""
        summary, before, after = summary_of(structure), places_of(known), places_of(structure)
        rewritten = after if summary != summary_of(known) else after - before
        for place in sorted(rewritten):
            yield self._core.put_operation(entry_item(place, summary))
        for place in sorted(before - after):
            key = marshal({"pk": FIND + place.anchor, "sk": place.key})
            yield {"Delete": {"TableName": self._core.name, "Key": key}}


class DynamoChecks:
    """Implements `choriste.application.parties.ports.Checks`."""

    def __init__(self, core: CoreTable) -> None:
        self._core = core

    def due_before(self, moment: dt.datetime, *, limit: int) -> tuple[StructureId, ...]:
        """Return structures whose check was due before a moment, the longest due first."""
        found = sorted(place for shard in shards(CHECKS) for place in self._due(shard, moment, limit))
        return tuple(StructureId(place.rpartition("#")[2]) for place in found[:limit])

    def _due(self, shard: str, moment: dt.datetime, limit: int) -> list[str]:
        answer = self._core.client.query(
            TableName=self._core.name,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at < :moment",
            ExpressionAttributeValues=marshal({":shard": shard, ":moment": stamp(moment)}),
            Limit=limit,
        )
        return [str(unmarshal(item)["due_at"]) for item in answer["Items"]]


def entry_item(place: Place, summary: StructureSummary) -> Item:
    """Return the item of a row of the index: what a list shows stands in it, so that one read is enough."""
    kept = {
        "structure": summary.id,
        "identifier": summary.identifier.value,
        "identifier_kind": summary.identifier.kind.value,
        "name": summary.name,
        "kind": summary.kind.value,
        "active": summary.active,
        "moa": summary.is_moa,
        "city": summary.city,
        "postcode": summary.postcode,
        "country": summary.country,
    }
    given = {name: value for name, value in kept.items() if value is not None}
    return {"pk": FIND + place.anchor, "sk": place.key, **STRUCTURE_ENTRY.attributes(**given)}


def _entry(item: Item) -> Entry:
    row = STRUCTURE_ENTRY.read(item)
    kind = IdentifierKind(row["identifier_kind"])
    summary = StructureSummary(
        id=StructureId(row["structure"]),
        identifier=StructureIdentifier(kind, row["identifier"]),
        name=row["name"],
        kind=StructureKind(row["kind"]),
        active=row["active"],
        city=row.get("city"),
        postcode=row.get("postcode"),
        country=row.get("country"),
        is_moa=row["moa"],
    )
    return Entry(item["sk"], summary)


def _head(structure: Structure, *, version: int) -> Item:
    """Return the head of a structure, in the index `due` where the registry is to be asked about it."""
    pk, at = IdentityPrefix.STRUCTURE + structure.id, structure.registry.check_at
    due = {"due_shard": shard_of(CHECKS, structure.id), "due_at": f"{stamp(at)}#{pk}"} if at else {}
    return {**head_item(pk, STRUCTURE, structure, version=version), **due}


def _identifier_key(identifier: StructureIdentifier) -> str:
    return f"{IdentityPrefix.IDENTIFIER}{identifier.kind}#{identifier.value}"
