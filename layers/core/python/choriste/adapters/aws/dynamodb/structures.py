"""Structures in the core table: the head, the guard of the identifier, and the links to its users.

Reads are strongly consistent. Only the list of a structure's users may be a second old: it says whom to tell
or to offer by name, and gives nobody a right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from choriste.adapters.aws.dynamodb.heads import HEAD, add_all, head_item, put_one
from choriste.adapters.aws.dynamodb.identity import USER, IdentityPrefix
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import (
    structure_of_schema_2,
    with_defaults_of_schema_1,
)
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import User
from choriste.domain.parties.structure import Structure, StructureIdentifier

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

STRUCTURE = RecordFormat(
    kind="structure",
    model=Structure,
    upcasters=(with_defaults_of_schema_1("structure"), structure_of_schema_2),
)
IDENTIFIER_GUARD = RowFormat(kind="identifier", names=frozenset({"structure"}))


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
        """Store a new structure and the guard of its identifier."""
        pk = IdentityPrefix.STRUCTURE + structure.id
        head = head_item(pk, STRUCTURE, structure, version=1)
        claim = IDENTIFIER_GUARD.attributes(structure=structure.id)
        guard = {"pk": _identifier_key(structure.identifier), "sk": HEAD, **claim}
        if not add_all(self._core, head, guard):
            raise AlreadyExistsError(kind="structure", id=structure.identifier.value)

    def replace_structure(self, structure: Structure, *, known: Structure) -> None:
        """Store changes on what was read as `known`: what is stored must still be that."""
        pk = IdentityPrefix.STRUCTURE + known.id
        stored = self._core.get(pk, HEAD)
        if stored is None or STRUCTURE.read(stored) != known:
            raise StaleRecordError(kind="structure", id=structure.id)
        row = head_item(pk, STRUCTURE, structure, version=int(stored["version"]) + 1)
        if not put_one(self._core, row, condition="version = :known", known=stored["version"]):
            raise StaleRecordError(kind="structure", id=structure.id)


def _identifier_key(identifier: StructureIdentifier) -> str:
    return f"{IdentityPrefix.IDENTIFIER}{identifier.kind}#{identifier.value}"
