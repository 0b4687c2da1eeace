"""Structures, users and accounts in the core table.

Reads are strongly consistent: a reset or a revocation counts from the next request on. Only the list of a
structure's users may be a second old: it says whom to tell or to offer by name, and gives nobody a right.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import (
    api_client_of_schema_2,
    technical_account_of_schema_2,
    with_defaults_of_schema_1,
)
from choriste.adapters.aws.dynamodb.table import (
    CoreTable,
    Item,
    failed_conditions,
    is_condition_failure,
    marshal,
)
from choriste.application.access.records import ApiClient, Credentials, TechnicalAccount
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import User
from choriste.domain.parties.structure import Structure, StructureIdentifier

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Record = TypeVar("Record")

STRUCTURE = RecordFormat(
    kind="structure", model=Structure, upcasters=(with_defaults_of_schema_1("structure"),)
)
USER = RecordFormat(kind="user", model=User, upcasters=(with_defaults_of_schema_1("user"),))
CREDENTIALS = RecordFormat(
    kind="credentials", model=Credentials, upcasters=(with_defaults_of_schema_1("credentials"),)
)
TECHNICAL_ACCOUNT = RecordFormat(
    kind="technical-account",
    model=TechnicalAccount,
    upcasters=(with_defaults_of_schema_1("technical-account"), technical_account_of_schema_2),
)
API_CLIENT = RecordFormat(
    kind="api-client",
    model=ApiClient,
    upcasters=(with_defaults_of_schema_1("api-client"), api_client_of_schema_2),
)
IDENTIFIER_GUARD = RowFormat(kind="identifier", names=frozenset({"structure"}))
EMAIL_GUARD = RowFormat(kind="email", names=frozenset({"user"}))
USER_LINK = RowFormat(kind="user-link")

_HEAD = "HEAD"
_CREDENTIALS = "CREDENTIALS"
_ABSENT = "attribute_not_exists(pk)"


class IdentityPrefix(StrEnum):
    """The prefixes of the partition keys that identity owns in the core table."""

    STRUCTURE = "STRUCTURE#"
    IDENTIFIER = "IDENTIFIER#"
    USER = "USER#"
    EMAIL = "EMAIL#"
    TECHNICAL_ACCOUNT = "TECH#"
    API_CLIENT = "CLIENT#"


class DynamoDirectory:
    """Implements the directory of `choriste.application.access.ports`: structures and their users."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._core = CoreTable(client, table)

    def structure(self, structure_id: str) -> Structure | None:
        """Return a structure with its services, or None."""
        item = self._core.get(IdentityPrefix.STRUCTURE + structure_id, _HEAD)
        return STRUCTURE.read(item) if item else None

    def structure_by_identifier(self, identifier: StructureIdentifier) -> Structure | None:
        """Return the one structure with this official identifier, or None."""
        guard = self._core.get(_identifier_key(identifier), _HEAD)
        return self.structure(IDENTIFIER_GUARD.read(guard)["structure"]) if guard else None

    def users_of(self, structure_id: str) -> tuple[User, ...]:
        """Return the active users who belong to a structure or have a right in it, by id."""
        links = self._core.partition(
            IdentityPrefix.STRUCTURE + structure_id, prefix=IdentityPrefix.USER.value, consistent=False
        )
        found = self._core.read_all([(link["sk"], _HEAD) for link in links])
        users = (USER.read(item) for item in found)
        return tuple(user for user in users if user.active)

    def add_structure(self, structure: Structure) -> None:
        """Store a new structure and the guard of its identifier."""
        pk = IdentityPrefix.STRUCTURE + structure.id
        head = _item(pk, STRUCTURE, structure, version=1)
        claim = IDENTIFIER_GUARD.attributes(structure=structure.id)
        guard = {"pk": _identifier_key(structure.identifier), "sk": _HEAD, **claim}
        if not _add_all(self._core, head, guard):
            raise AlreadyExistsError(kind="structure", id=structure.id)

    def replace_structure(self, structure: Structure, *, known: Structure) -> None:
        """Store changes on what was read as `known`: what is stored must still be that."""
        pk = IdentityPrefix.STRUCTURE + known.id
        stored = self._core.get(pk, _HEAD)
        if stored is None or STRUCTURE.read(stored) != known:
            raise StaleRecordError(kind="structure", id=structure.id)
        row = _item(pk, STRUCTURE, structure, version=int(stored["version"]) + 1)
        if not _put(self._core, row, condition="version = :known", known=stored["version"]):
            raise StaleRecordError(kind="structure", id=structure.id)


class DynamoAccounts:
    """Implements `choriste.application.access.ports.Accounts`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._core = CoreTable(client, table)

    def user(self, user_id: str) -> User | None:
        """Return a user, active or not, or None."""
        item = self._core.get(IdentityPrefix.USER + user_id, _HEAD)
        return USER.read(item) if item else None

    def user_by_email(self, email: str) -> User | None:
        """Return the user with this e-mail address; it takes two reads either way, and so the same time."""
        guard = self._core.get(IdentityPrefix.EMAIL + email, _HEAD)
        return self.user(EMAIL_GUARD.read(guard)["user"] if guard else "nobody")

    def add_user(self, user: User, credentials: Credentials) -> None:
        """Store a user, the credentials, the guard of the address, and a link under each structure."""
        pk = IdentityPrefix.USER + user.id
        structures = {m.structure for m in user.memberships} | {right.structure for right in user.rights}
        links = [
            {"pk": IdentityPrefix.STRUCTURE + structure, "sk": pk, **USER_LINK.attributes()}
            for structure in sorted(structures)
        ]
        head = _item(pk, USER, user, version=1)
        secret = {
            **_item(pk, CREDENTIALS, replace(credentials, last_step=0), version=1),
            "sk": _CREDENTIALS,
            "last_step": credentials.last_step,
        }
        guard = {"pk": IdentityPrefix.EMAIL + user.email, "sk": _HEAD, **EMAIL_GUARD.attributes(user=user.id)}
        if not _add_all(self._core, head, secret, guard, *links):
            raise AlreadyExistsError(kind="user", id=user.email)

    def credentials(self, user_id: str) -> Credentials | None:
        """Return how a user proves who they are, or None."""
        item = self._core.get(IdentityPrefix.USER + user_id, _CREDENTIALS)
        if item is None:
            return None
        return replace(CREDENTIALS.read(item), last_step=int(item["last_step"]))

    def spend_step(self, user_id: str, step: int) -> bool:
        """Mark a TOTP step as used; False when it, or a later one, already was."""
        try:
            self._core.client.update_item(
                TableName=self._core.name,
                Key=marshal({"pk": IdentityPrefix.USER + user_id, "sk": _CREDENTIALS}),
                UpdateExpression="SET last_step = :step",
                ConditionExpression="last_step < :step",
                ExpressionAttributeValues=marshal({":step": step}),
            )
        except ClientError as error:
            if is_condition_failure(error):
                return False
            raise
        return True

    def technical_account(self, login: str) -> TechnicalAccount | None:
        """Return a technical account, or None."""
        item = self._core.get(IdentityPrefix.TECHNICAL_ACCOUNT + login, _HEAD)
        return TECHNICAL_ACCOUNT.read(item) if item else None

    def api_client(self, client_id: str) -> ApiClient | None:
        """Return an API client by its case-sensitive id, or None."""
        item = self._core.get(IdentityPrefix.API_CLIENT + client_id, _HEAD)
        return API_CLIENT.read(item) if item else None


def _identifier_key(identifier: StructureIdentifier) -> str:
    return f"{IdentityPrefix.IDENTIFIER}{identifier.kind}#{identifier.value}"


def _item(pk: str, kind: RecordFormat[Record], record: Record, *, version: int) -> Item:
    return {"pk": pk, "sk": _HEAD, "version": version, **kind.attributes(record)}


def _put(core: CoreTable, row: Item, *, condition: str, **values: object) -> bool:
    """Write one item; False when its condition is refused."""
    try:
        core.client.put_item(**core.put_operation(row, condition=condition, **values)["Put"])
    except ClientError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def _add_all(core: CoreTable, *rows: Item) -> bool:
    """Write items that must all be new, in one transaction; False when one of them exists."""
    try:
        core.transact([core.put_operation(row, condition=_ABSENT) for row in rows])
    except ClientError as error:
        if failed_conditions(error):
            return False
        raise
    return True
