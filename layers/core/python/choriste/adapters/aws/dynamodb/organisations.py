"""Organisations that sign their people in, in the core table; browsers on their way, in the sessions table.

What a structure administers stands under it; a row under each structure that it serves leads there, so that
no two organisations serve one. An identity stands under its user; a row by issuer and subject leads to it.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.heads import ABSENT, HEAD, add_all
from choriste.adapters.aws.dynamodb.identity import IdentityPrefix
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import without_operators_word
from choriste.adapters.aws.dynamodb.sessions import SessionPrefix
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, failed_conditions, marshal, unmarshal
from choriste.application.access.organisation_records import (
    Departure,
    OrganisationIdentity,
    OrganisationSignIn,
)
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ORGANISATION_SIGN_IN: Final = RecordFormat(
    kind="organisation-sign-in", model=OrganisationSignIn, upcasters=(without_operators_word,)
)
SERVED_BY: Final = RowFormat(kind="served-by", names=frozenset({"holder"}))
IDENTITY: Final = RecordFormat(kind="organisation-identity", model=OrganisationIdentity, upcasters=())
SUBJECT: Final = RowFormat(kind="organisation-subject", names=frozenset({"user", "structure"}))
DEPARTURE: Final = RecordFormat(kind="departure", model=Departure, upcasters=())

_SIGN_IN: Final = "SIGN-IN"
_SERVED_BY: Final = "SIGN-IN-BY"
_IDENTITY: Final = "IDENTITY#"
_SUBJECT: Final = "SUBJECT#"


class DynamoOrganisations:
    """Implements `choriste.application.access.organisation_ports.Organisations`."""

    def __init__(self, core: CoreTable) -> None:
        self._core = core

    def of(self, structure: str) -> OrganisationSignIn | None:
        """Return what a structure administers, or None."""
        item = self._core.get(IdentityPrefix.STRUCTURE + structure, _SIGN_IN)
        return ORGANISATION_SIGN_IN.read(item) if item else None

    def serving(self, structure: str) -> OrganisationSignIn | None:
        """Return what signs the people of a structure in, or None."""
        row = self._core.get(IdentityPrefix.STRUCTURE + structure, _SERVED_BY)
        return self.of(SERVED_BY.read(row)["holder"]) if row else None

    def save(self, sign_in: OrganisationSignIn, *, known: OrganisationSignIn | None) -> None:
        """Store the version after the known one, with the rows of the structures that it serves."""
        before = set(known.served) if known else set()
        rows = [self._row(each, sign_in.structure) for each in sign_in.served]
        gone = [self._no_row(each) for each in sorted(before - set(sign_in.served))]
        try:
            self._core.transact([self._head(sign_in), *rows, *gone])
        except ClientError as error:
            if not failed_conditions(error):
                raise
            raise StaleRecordError(kind="organisation sign-in", id=sign_in.structure) from error

    def identity(self, issuer: str, subject: str) -> OrganisationIdentity | None:
        """Return whom a provider means, or None."""
        row = self._core.get(_subject_key(issuer, subject), HEAD)
        if row is None:
            return None
        found = SUBJECT.read(row)
        item = self._core.get(IdentityPrefix.USER + found["user"], _IDENTITY + found["structure"])
        return IDENTITY.read(item) if item else None

    def identities_of(self, user: str) -> tuple[OrganisationIdentity, ...]:
        """Return the organisations that sign a user in, by structure."""
        items = self._core.partition(IdentityPrefix.USER + user, prefix=_IDENTITY)
        return tuple(map(IDENTITY.read, items))

    def add_identity(self, identity: OrganisationIdentity) -> None:
        """Store an identity and the row by its subject."""
        key = {"pk": _subject_key(identity.issuer, identity.subject), "sk": HEAD}
        row = {**key, **SUBJECT.attributes(user=identity.user, structure=identity.structure)}
        if not add_all(self._core, {**_identity_key(identity), **IDENTITY.attributes(identity)}, row):
            raise AlreadyExistsError(kind="organisation identity", id=identity.structure)

    def remove_identity(self, identity: OrganisationIdentity) -> None:
        """Delete an identity and the row by its subject."""
        row = {"pk": _subject_key(identity.issuer, identity.subject), "sk": HEAD}
        self._core.transact([self._delete(_identity_key(identity)), self._delete(row)])

    def _head(self, sign_in: OrganisationSignIn) -> dict[str, Any]:
        item = {
            "pk": IdentityPrefix.STRUCTURE + sign_in.structure,
            "sk": _SIGN_IN,
            "version": sign_in.version,
            **ORGANISATION_SIGN_IN.attributes(sign_in),
        }
        if sign_in.version == 1:
            return self._core.put_operation(item, condition=ABSENT)
        return self._core.put_operation(item, condition="version = :known", known=sign_in.version - 1)

    def _row(self, structure: str, holder: str) -> dict[str, Any]:
        row = {"pk": IdentityPrefix.STRUCTURE + structure, "sk": _SERVED_BY}
        free = f"{ABSENT} OR holder = :holder"
        return self._core.put_operation(
            {**row, **SERVED_BY.attributes(holder=holder)}, condition=free, holder=holder
        )

    def _no_row(self, structure: str) -> dict[str, Any]:
        return self._delete({"pk": IdentityPrefix.STRUCTURE + structure, "sk": _SERVED_BY})

    def _delete(self, key: Item) -> dict[str, Any]:
        return {"Delete": {"TableName": self._core.name, "Key": marshal(key)}}


class DynamoDepartures:
    """Implements `choriste.application.access.organisation_ports.Departures`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def save_departure(self, departure: Departure) -> None:
        """Store a departure."""
        row = {"pk": SessionPrefix.DEPARTURE + departure.token_hash, **DEPARTURE.attributes(departure)}
        row["expires_at"] = math.ceil(departure.expires_at.timestamp())
        self._client.put_item(TableName=self._table, Item=marshal(row))

    def take_departure(self, token_hash: str) -> Departure | None:
        """Delete a departure and return it: the table gives what it deleted to one caller only."""
        answer = self._client.delete_item(
            TableName=self._table,
            Key=marshal({"pk": SessionPrefix.DEPARTURE + token_hash}),
            ReturnValues="ALL_OLD",
        )
        item = unmarshal(answer.get("Attributes", {}))
        return DEPARTURE.read(item) if item else None


def _identity_key(identity: OrganisationIdentity) -> Item:
    return {"pk": IdentityPrefix.USER + identity.user, "sk": _IDENTITY + identity.structure}


def _subject_key(issuer: str, subject: str) -> str:
    return _SUBJECT + hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
