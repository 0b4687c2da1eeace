"""The index that structures are found by, looked at as a whole: what is missing in it, and what is left over.

It scans the table, which costs a read of every item: for an operator, once, never for a request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from choriste.adapters.aws.dynamodb.heads import HEAD
from choriste.adapters.aws.dynamodb.identity import IdentityPrefix
from choriste.adapters.aws.dynamodb.structures import FIND, entry_item
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, marshal, unmarshal
from choriste.domain.parties.search import Place, places_of, summary_of
from choriste.domain.parties.structure import Structure, StructureId


class DynamoStructureIndex:
    """Implements `choriste.application.parties.ports.StructureIndex`."""

    def __init__(self, core: CoreTable) -> None:
        self._core = core

    def structures(self) -> Iterator[StructureId]:
        """Yield the id of every structure."""
        for item in self._scan(IdentityPrefix.STRUCTURE.value):
            if item["sk"] == HEAD:
                yield StructureId(str(item["pk"]).removeprefix(IdentityPrefix.STRUCTURE))

    def rows(self) -> Iterator[tuple[Place, StructureId]]:
        """Yield the place of every row, and the structure that it is of."""
        for item in self._scan(FIND):
            yield Place(str(item["pk"]).removeprefix(FIND), item["sk"]), StructureId(item["structure"])

    def wrong(self, structure: Structure) -> frozenset[Place]:
        """Return the places of a structure where its row is missing, or says something else."""
        summary = summary_of(structure)
        expected = {(FIND + place.anchor, place.key): place for place in places_of(structure)}
        stored = self._core.read_all(list(expected), consistent=True)
        right = {
            (item["pk"], item["sk"])
            for item in stored
            if item == entry_item(expected[item["pk"], item["sk"]], summary)
        }
        return frozenset(place for key, place in expected.items() if key not in right)

    def put(self, structure: Structure, places: Iterable[Place]) -> None:
        """Write the rows of a structure at some of its places."""
        summary = summary_of(structure)
        self._core.put_all([entry_item(place, summary) for place in places])

    def drop(self, place: Place) -> None:
        """Delete the row at a place."""
        key = marshal({"pk": FIND + place.anchor, "sk": place.key})
        self._core.client.delete_item(TableName=self._core.name, Key=key)

    def _scan(self, prefix: str) -> Iterator[Item]:
        pages = self._core.client.get_paginator("scan").paginate(
            TableName=self._core.name,
            ProjectionExpression="pk, sk, #structure",
            FilterExpression="begins_with(pk, :prefix)",
            ExpressionAttributeNames={"#structure": "structure"},
            ExpressionAttributeValues=marshal({":prefix": prefix}),
        )
        for page in pages:
            yield from map(unmarshal, page["Items"])
