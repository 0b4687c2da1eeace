"""Tokens, browser sessions and attempt counters in the sessions table.

`expires_at` is the TTL in whole seconds, rounded up; DynamoDB deletes some time after it, so the exact
end is stored with it and the use cases compare it with their clock.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.records.upcasters import unchanged
from choriste.adapters.aws.dynamodb.table import Item, is_condition_failure, marshal, unmarshal
from choriste.application.access.records import AccessToken, Attempt, OneTimeLink, Session
from choriste.domain.access.errors import StaleRecordError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

TOKEN = RecordFormat(kind="token", model=AccessToken, upcasters=())
SESSION = RecordFormat(kind="session", model=Session, upcasters=())
LINK = RecordFormat(kind="link", model=OneTimeLink, upcasters=())
ATTEMPTS = RowFormat(
    kind="attempts",
    names=frozenset({"expires_at"}),
    optional=frozenset({"attempts", "locked_until"}),
    upcasters=(unchanged,),
)

_MARKING = "#type = :type, #schema = :schema"
_MARK_NAMES = {f"#{name}": name for name in ATTEMPTS.marks}
_MARKS = {f":{name}": value for name, value in ATTEMPTS.marks.items()}

_RETRIES = 5
_REMEMBER_ATTEMPTS = dt.timedelta(hours=24)


class SessionPrefix(StrEnum):
    """The prefixes of the keys in the sessions table."""

    TOKEN = "TOKEN#"  # noqa: S105 - a key prefix, not a secret
    SESSION = "SESSION#"
    ATTEMPTS = "ATTEMPTS#"
    LINK = "LINK#"


class DynamoSessions:
    """Implements `choriste.application.access.ports.Sessions`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def save_token(self, token: AccessToken) -> None:
        """Store a token."""
        row = {**_key(SessionPrefix.TOKEN + token.token_hash), **TOKEN.attributes(token)}
        row["expires_at"] = _ttl(token.expires_at)
        self._client.put_item(TableName=self._table, Item=marshal(row))

    def token(self, token_hash: str) -> AccessToken | None:
        """Return the token with this hash, or None."""
        item = _get(self._client, self._table, SessionPrefix.TOKEN + token_hash)
        return TOKEN.read(item) if item else None

    def save_session(self, session: Session) -> None:
        """Store a new session."""
        row = {**_key(SessionPrefix.SESSION + session.token_hash), **SESSION.attributes(session)}
        row |= _end(session.expires_at)
        self._client.put_item(TableName=self._table, Item=marshal(row))

    def extend_session(self, token_hash: str, *, expires_at: dt.datetime) -> None:
        """Move the end of a session that still exists."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=marshal(_key(SessionPrefix.SESSION + token_hash)),
                UpdateExpression="SET open_until = :open_until, expires_at = :expires_at",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=marshal({f":{k}": v for k, v in _end(expires_at).items()}),
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise

    def session(self, token_hash: str) -> Session | None:
        """Return the session with this hash, or None."""
        item = _get(self._client, self._table, SessionPrefix.SESSION + token_hash)
        if not item:
            return None
        return replace(SESSION.read(item), expires_at=_instant(item["open_until"]))

    def end_sessions(self, token_hashes: Iterable[str]) -> None:
        """Delete sessions; unknown ones are passed over."""
        for token_hash in token_hashes:
            self._client.delete_item(
                TableName=self._table, Key=marshal(_key(SessionPrefix.SESSION + token_hash))
            )


class DynamoLinks:
    """Implements `choriste.application.access.ports.Links`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def save_link(self, link: OneTimeLink) -> None:
        """Store a new link."""
        row = {**_key(SessionPrefix.LINK + link.token_hash), **LINK.attributes(link)}
        row["expires_at"] = _ttl(link.expires_at)
        self._client.put_item(TableName=self._table, Item=marshal(row))

    def link(self, token_hash: str) -> OneTimeLink | None:
        """Return the link with this hash, or None."""
        item = _get(self._client, self._table, SessionPrefix.LINK + token_hash)
        return LINK.read(item) if item else None

    def take_link(self, token_hash: str) -> OneTimeLink | None:
        """Delete a link and return it: the table gives what it deleted to one caller only."""
        answer = self._client.delete_item(
            TableName=self._table,
            Key=marshal(_key(SessionPrefix.LINK + token_hash)),
            ReturnValues="ALL_OLD",
        )
        item = unmarshal(answer.get("Attributes", {}))
        return LINK.read(item) if item else None


class DynamoAttempts:
    """Implements `choriste.application.access.ports.Attempts`; a count is forgotten after a day."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def count(self, key: str, *, now: dt.datetime) -> Attempt:
        """Add one attempt unless a lock lasts; an ended lock or an old count starts again at one."""
        for _ in range(_RETRIES):
            try:
                return Attempt(self._add(key, now=now), None)
            except ClientError as error:
                if not is_condition_failure(error):
                    raise
            item = _get(self._client, self._table, SessionPrefix.ATTEMPTS + key)
            standing = ATTEMPTS.read(item) if item else {}
            until = _lock_of(standing)
            if until is not None and until > now:
                return Attempt(int(standing.get("attempts", 0)), until)
            self._forget(key, standing)
        raise StaleRecordError(kind="attempts", id=key)

    def lock(self, key: str, *, until: dt.datetime) -> dt.datetime:
        """Lock the key unless it already is; return when the lock in force ends."""
        answer = self._client.update_item(
            TableName=self._table,
            Key=marshal(_key(SessionPrefix.ATTEMPTS + key)),
            UpdateExpression=(
                f"SET locked_until = if_not_exists(locked_until, :until), expires_at = :ttl, {_MARKING}"
            ),
            ExpressionAttributeNames=_MARK_NAMES,
            ExpressionAttributeValues=marshal(
                {":until": until.isoformat(), ":ttl": _ttl(until + _REMEMBER_ATTEMPTS), **_MARKS}
            ),
            ReturnValues="ALL_NEW",
        )
        return _lock_of(ATTEMPTS.read(unmarshal(answer["Attributes"]))) or until

    def clear(self, key: str) -> None:
        """Forget the attempts of a key."""
        self._client.delete_item(TableName=self._table, Key=marshal(_key(SessionPrefix.ATTEMPTS + key)))

    def _add(self, key: str, *, now: dt.datetime) -> int:
        answer = self._client.update_item(
            TableName=self._table,
            Key=marshal(_key(SessionPrefix.ATTEMPTS + key)),
            UpdateExpression=f"ADD attempts :one SET expires_at = :ttl, {_MARKING}",
            ConditionExpression=(
                "attribute_not_exists(pk) OR (attribute_not_exists(locked_until) AND expires_at > :now)"
            ),
            ExpressionAttributeNames=_MARK_NAMES,
            ExpressionAttributeValues=marshal(
                {":one": 1, ":ttl": _ttl(now + _REMEMBER_ATTEMPTS), ":now": _ttl(now), **_MARKS}
            ),
            ReturnValues="ALL_NEW",
        )
        return int(unmarshal(answer["Attributes"])["attempts"])

    def _forget(self, key: str, standing: Item) -> None:
        """Delete what has ended, if it is still what was read."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=marshal(_key(SessionPrefix.ATTEMPTS + key)),
                ConditionExpression="attribute_not_exists(pk) OR expires_at = :ttl",
                ExpressionAttributeValues=marshal({":ttl": standing.get("expires_at", 0)}),
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise


def _key(pk: str) -> dict[str, str]:
    return {"pk": pk}


def _get(client: DynamoDBClient, table: str, pk: str) -> Item:
    """Return one item as it is now; empty where there is none."""
    answer = client.get_item(TableName=table, Key=marshal(_key(pk)), ConsistentRead=True)
    return unmarshal(answer.get("Item", {}))


def _end(moment: dt.datetime) -> dict[str, object]:
    return {"open_until": moment.isoformat(), "expires_at": _ttl(moment)}


def _ttl(moment: dt.datetime) -> int:
    return math.ceil(moment.timestamp())


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _lock_of(standing: Mapping[str, object]) -> dt.datetime | None:
    value = standing.get("locked_until")
    return _instant(str(value)) if value else None
