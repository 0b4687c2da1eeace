"""Structures, users and accounts in the core table.

Reads are strongly consistent: a reset or a revocation counts from the next request on.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.table import (
    SCHEMA,
    CoreTable,
    Item,
    decode,
    encode,
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
        return decode(Structure, item["body"]) if item else None

    def structure_by_identifier(self, identifier: StructureIdentifier) -> Structure | None:
        """Return the one structure with this official identifier, or None."""
        guard = self._core.get(_identifier_key(identifier), _HEAD)
        return self.structure(guard["structure"]) if guard else None

    def users_of(self, structure_id: str) -> tuple[User, ...]:
        """Return the active users who belong to a structure or have a right in it, by id."""
        links = self._core.partition(
            IdentityPrefix.STRUCTURE + structure_id, prefix=IdentityPrefix.USER.value
        )
        found = self._core.read_all([(link["sk"], _HEAD) for link in links])
        users = (decode(User, item["body"]) for item in found)
        return tuple(user for user in users if user.active)

    def add_structure(self, structure: Structure) -> None:
        """Store a new structure and the guard of its identifier."""
        pk = IdentityPrefix.STRUCTURE + structure.id
        head = _record(pk, structure, kind="structure", version=1)
        guard = _guard(_identifier_key(structure.identifier), kind="identifier", structure=structure.id)
        if not _add_all(self._core, head, guard):
            raise AlreadyExistsError(kind="structure", id=structure.id)

    def replace_structure(self, structure: Structure, *, known: Structure) -> None:
        """Store changes on what was read as `known`: the stored body must still be that one."""
        pk = IdentityPrefix.STRUCTURE + known.id
        stored = self._core.get(pk, _HEAD) or {"version": 0}
        row = _record(pk, structure, kind="structure", version=int(stored["version"]) + 1)
        if not _put(self._core, row, condition="body = :known", known=encode(known)):
            raise StaleRecordError(kind="structure", id=structure.id)


class DynamoAccounts:
    """Implements `choriste.application.access.ports.Accounts`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._core = CoreTable(client, table)

    def user(self, user_id: str) -> User | None:
        """Return a user, active or not, or None."""
        item = self._core.get(IdentityPrefix.USER + user_id, _HEAD)
        return decode(User, item["body"]) if item else None

    def user_by_email(self, email: str) -> User | None:
        """Return the user with this e-mail address; it takes two reads either way, and so the same time."""
        guard = self._core.get(IdentityPrefix.EMAIL + email, _HEAD)
        return self.user(guard["user"] if guard else "nobody")

    def add_user(self, user: User, credentials: Credentials) -> None:
        """Store a user, the credentials, the guard of the address, and a link under each structure."""
        pk = IdentityPrefix.USER + user.id
        structures = {m.structure for m in user.memberships} | {right.structure for right in user.rights}
        links = [
            {"pk": IdentityPrefix.STRUCTURE + structure, "sk": pk, "type": "user-link", "schema": SCHEMA}
            for structure in sorted(structures)
        ]
        head = _record(pk, user, kind="user", version=1)
        secret = {
            **_record(pk, replace(credentials, last_step=0), kind="credentials", version=1),
            "sk": _CREDENTIALS,
            "last_step": credentials.last_step,
        }
        guard = _guard(IdentityPrefix.EMAIL + user.email, kind="email", user=user.id)
        if not _add_all(self._core, head, secret, guard, *links):
            raise AlreadyExistsError(kind="user", id=user.email)

    def credentials(self, user_id: str) -> Credentials | None:
        """Return how a user proves who they are, or None."""
        item = self._core.get(IdentityPrefix.USER + user_id, _CREDENTIALS)
        if item is None:
            return None
        return replace(decode(Credentials, item["body"]), last_step=int(item["last_step"]))

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
        return decode(TechnicalAccount, item["body"]) if item else None

    def save_technical_account(self, account: TechnicalAccount) -> None:
        """Store version 1 of a new account, or the version after the stored one."""
        pk = IdentityPrefix.TECHNICAL_ACCOUNT + account.login
        row = _record(pk, account, kind="technical-account", version=account.version)
        self._save(row, named=account.login)

    def api_client(self, client_id: str) -> ApiClient | None:
        """Return an API client by its case-sensitive id, or None."""
        item = self._core.get(IdentityPrefix.API_CLIENT + client_id, _HEAD)
        return decode(ApiClient, item["body"]) if item else None

    def save_api_client(self, client: ApiClient) -> None:
        """Store version 1 of a new client, or the version after the stored one."""
        pk = IdentityPrefix.API_CLIENT + client.client_id
        row = _record(pk, client, kind="api-client", version=client.version)
        self._save(row, named=client.client_id)

    def _save(self, row: Item, *, named: str) -> None:
        if row["version"] == 1:
            if not _put(self._core, row, condition=_ABSENT):
                raise AlreadyExistsError(kind=row["type"], id=named)
        elif not _put(self._core, row, condition="version = :before", before=row["version"] - 1):
            raise StaleRecordError(kind=row["type"], id=named)


def _identifier_key(identifier: StructureIdentifier) -> str:
    return f"{IdentityPrefix.IDENTIFIER}{identifier.kind}#{identifier.value}"


def _record(pk: str, record: object, *, kind: str, version: int) -> Item:
    body = encode(record)
    return {"pk": pk, "sk": _HEAD, "type": kind, "schema": SCHEMA, "version": version, "body": body}


def _guard(pk: str, *, kind: str, **owner: str) -> Item:
    return {"pk": pk, "sk": _HEAD, "type": kind, "schema": SCHEMA, **owner}


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
