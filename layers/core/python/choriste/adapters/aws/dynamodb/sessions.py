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
from choriste.adapters.aws.dynamodb.records.upcasters import (
    link_of_schema_1,
    session_of_schema_1,
    session_of_schema_2,
    unchanged,
)
from choriste.adapters.aws.dynamodb.table import Item, is_condition_failure, marshal, unmarshal
from choriste.application.access.ports import A_DAY
from choriste.application.access.records import AccessToken, Attempt, Challenge, OneTimeLink, Session
from choriste.domain.access.errors import StaleRecordError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

TOKEN = RecordFormat(kind="token", model=AccessToken, upcasters=())
SESSION = RecordFormat(kind="session", model=Session, upcasters=(session_of_schema_1, session_of_schema_2))
SESSION_LIST = RowFormat(
    kind="session-list", names=frozenset({"expires_at"}), optional=frozenset({"hashes"}), upcasters=()
)
DEVICE = RowFormat(kind="device", names=frozenset({"known_until", "expires_at"}))
CHALLENGE = RecordFormat(kind="challenge", model=Challenge, upcasters=())
LINK = RecordFormat(kind="link", model=OneTimeLink, upcasters=(link_of_schema_1,))
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
_LISTED = dt.timedelta(days=1)
"""How long a list outlives the start of its newest session: longer than any session lives."""


class SessionPrefix(StrEnum):
    """The prefixes of the keys in the sessions table."""

    TOKEN = "TOKEN#"  # noqa: S105 - a key prefix, not a secret
    SESSION = "SESSION#"
    SESSION_LIST = "SESSIONS#"
    DEVICE = "DEVICE#"
    ATTEMPTS = "ATTEMPTS#"
    LINK = "LINK#"
    CHALLENGE = "CHALLENGE#"
    DEPARTURE = "DEPARTURE#"


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
        """Store a new session, and name it in the list of its user first: what is listed may be missing."""
        self._list(session)
        row = {**_key(SessionPrefix.SESSION + session.token_hash), **SESSION.attributes(session)}
        row |= _end(session.expires_at)
        self._client.put_item(TableName=self._table, Item=marshal(row))

    def _list(self, session: Session) -> None:
        marks = {f":{name}": value for name, value in SESSION_LIST.marks.items()}
        self._client.update_item(
            TableName=self._table,
            Key=marshal(_key(SessionPrefix.SESSION_LIST + session.user)),
            UpdateExpression=f"ADD hashes :hashes SET expires_at = :ttl, {_MARKING}",
            ExpressionAttributeNames=_MARK_NAMES,
            ExpressionAttributeValues=marshal(
                {":hashes": {session.token_hash}, ":ttl": _ttl(session.started_at + _LISTED), **marks}
            ),
        )

    def extend_session(self, token_hash: str, *, expires_at: dt.datetime) -> None:
        """Move the end of a session that still exists."""
        self._update_session(token_hash, _end(expires_at))

    def _update_session(self, token_hash: str, values: Mapping[str, object]) -> None:
        try:
            self._client.update_item(
                TableName=self._table,
                Key=marshal(_key(SessionPrefix.SESSION + token_hash)),
                UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in values),
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=marshal({f":{name}": value for name, value in values.items()}),
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise

    def session(self, token_hash: str) -> Session | None:
        """Return the session with this hash, or None."""
        item = _get(self._client, self._table, SessionPrefix.SESSION + token_hash)
        if not item:
            return None
        until = item.get("challenge_until")
        return replace(
            SESSION.read(item),
            expires_at=_instant(item["open_until"]),
            challenge=item.get("challenge"),
            challenge_until=_instant(until) if until else None,
        )

    def challenge_session(self, token_hash: str, challenge: str, *, until: dt.datetime) -> None:
        """Keep what a session has to answer, if it still exists."""
        self._update_session(token_hash, {"challenge": challenge, "challenge_until": until.isoformat()})

    def sessions_of(self, user_id: str) -> tuple[Session, ...]:
        """Return the sessions of a user, and take those that are gone off the list."""
        item = _get(self._client, self._table, SessionPrefix.SESSION_LIST + user_id)
        listed: set[str] = SESSION_LIST.read(item).get("hashes", set()) if item else set()
        found = [session for session in map(self.session, sorted(listed)) if session is not None]
        gone = listed - {session.token_hash for session in found}
        if gone:
            self._client.update_item(
                TableName=self._table,
                Key=marshal(_key(SessionPrefix.SESSION_LIST + user_id)),
                UpdateExpression="DELETE hashes :gone",
                ExpressionAttributeValues=marshal({":gone": gone}),
            )
        return tuple(sorted(found, key=lambda session: session.started_at))

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
        item = _take(self._client, self._table, SessionPrefix.LINK + token_hash)
        return LINK.read(item) if item else None


class DynamoChallenges:
    """Implements `choriste.application.access.ports.Challenges`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def save_challenge(self, challenge: Challenge) -> None:
        """Store a new challenge."""
        row = {**_key(SessionPrefix.CHALLENGE + challenge.token_hash), **CHALLENGE.attributes(challenge)}
        row["expires_at"] = _ttl(challenge.expires_at)
        self._client.put_item(TableName=self._table, Item=marshal(row))

    def take_challenge(self, token_hash: str) -> Challenge | None:
        """Delete a challenge and return it: the table gives what it deleted to one caller only."""
        item = _take(self._client, self._table, SessionPrefix.CHALLENGE + token_hash)
        return CHALLENGE.read(item) if item else None


class DynamoDevices:
    """Implements `choriste.application.access.ports.Devices`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def remember_device(self, key: str, *, until: dt.datetime) -> None:
        """Remember a browser until a moment."""
        content = DEVICE.attributes(known_until=until.isoformat(), expires_at=_ttl(until))
        row = {**_key(SessionPrefix.DEVICE + key), **content}
        self._client.put_item(TableName=self._table, Item=marshal(row))

    def knows_device(self, key: str, *, now: dt.datetime) -> bool:
        """Say whether a browser is remembered."""
        item = _get(self._client, self._table, SessionPrefix.DEVICE + key)
        return bool(item) and _instant(DEVICE.read(item)["known_until"]) > now


class DynamoAttempts:
    """Implements `choriste.application.access.ports.Attempts`; a count is forgotten after a day."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def count(self, key: str, *, now: dt.datetime, remember: dt.timedelta = A_DAY) -> Attempt:
        """Add one attempt unless a lock lasts; an ended lock or an old count starts again at one."""
        for _ in range(_RETRIES):
            try:
                return Attempt(self._add(key, now=now, remember=remember), None)
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
                {":until": until.isoformat(), ":ttl": _ttl(until + A_DAY), **_MARKS}
            ),
            ReturnValues="ALL_NEW",
        )
        return _lock_of(ATTEMPTS.read(unmarshal(answer["Attributes"]))) or until

    def clear(self, key: str) -> None:
        """Forget the attempts of a key."""
        self._client.delete_item(TableName=self._table, Key=marshal(_key(SessionPrefix.ATTEMPTS + key)))

    def _add(self, key: str, *, now: dt.datetime, remember: dt.timedelta) -> int:
        answer = self._client.update_item(
            TableName=self._table,
            Key=marshal(_key(SessionPrefix.ATTEMPTS + key)),
            UpdateExpression=f"ADD attempts :one SET expires_at = :ttl, {_MARKING}",
            ConditionExpression=(
                "attribute_not_exists(pk) OR (attribute_not_exists(locked_until) AND expires_at > :now)"
            ),
            ExpressionAttributeNames=_MARK_NAMES,
            ExpressionAttributeValues=marshal(
                {":one": 1, ":ttl": _ttl(now + remember), ":now": _ttl(now), **_MARKS}
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


def _take(client: DynamoDBClient, table: str, pk: str) -> Item:
    """Delete one item and return what it was; empty where there was none."""
    answer = client.delete_item(TableName=table, Key=marshal(_key(pk)), ReturnValues="ALL_OLD")
    return unmarshal(answer.get("Attributes", {}))


def _end(moment: dt.datetime) -> dict[str, object]:
    return {"open_until": moment.isoformat(), "expires_at": _ttl(moment)}


def _ttl(moment: dt.datetime) -> int:
    return math.ceil(moment.timestamp())


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _lock_of(standing: Mapping[str, object]) -> dt.datetime | None:
    value = standing.get("locked_until")
    return _instant(str(value)) if value else None
