"""Users with their rights, the seats of primary managers, and requests for access, in the core table.

A change is one transaction: each user on condition of its version, the seats that pass from one to another,
the request, and the acts of the history in the audit table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.heads import ABSENT, HEAD
from choriste.adapters.aws.dynamodb.history import act_operations
from choriste.adapters.aws.dynamodb.identity import (
    USER,
    IdentityPrefix,
    email_guard,
    manager_of,
    manager_seat,
    user_link,
)
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, RowFormat
from choriste.adapters.aws.dynamodb.table import (
    CoreTable,
    Item,
    Prefix,
    failed_conditions,
    marshal,
    shard_of,
    stamp,
    unmarshal,
)
from choriste.application.members.ports import Change, StoredUser
from choriste.application.shared.ports import Page
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.user import User, UserId
from choriste.domain.members.merger import Merger
from choriste.domain.members.request import AccessRequest, RequestId, RequestState
from choriste.domain.members.seats import seats_passed
from choriste.domain.members.transfer import ManagerTransfer
from choriste.domain.parties.structure import ServiceCode

REQUEST: Final = RecordFormat(kind="access-request", model=AccessRequest, upcasters=())
TRANSFER: Final = RecordFormat(kind="manager-transfer", model=ManagerTransfer, upcasters=())
MERGER: Final = RecordFormat(kind="merger", model=Merger, upcasters=())
REQUEST_LINK: Final = RowFormat(kind="request-link")

_WHOLE: Final = "*"
"""Stands for the whole structure where the code of a service would stand; no written code is this."""


class DynamoMembers:
    """Implements `choriste.application.members.ports.Members`."""

    def __init__(self, core: CoreTable, audit: CoreTable) -> None:
        self._core = core
        self._audit = audit

    def member(self, user_id: str) -> StoredUser | None:
        """Return a user, active or not, as it is now."""
        item = self._core.get(IdentityPrefix.USER + user_id, HEAD)
        return _stored(item) if item else None

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[StoredUser]:
        """Return who belongs to a structure or has a right in it, closed ones too, by id."""
        prefix = IdentityPrefix.USER.value
        rows, more = self._keys(
            IdentityPrefix.STRUCTURE + structure, prefix=prefix, after=after, limit=limit, newest=False
        )
        users = self._core.read_all([(key, HEAD) for key in rows], consistent=True)
        return Page(tuple(map(_stored, users)), more)

    def manager_of(self, structure: str) -> UserId | None:
        """Return the primary manager of a structure; of one older than its seat, by its users."""
        return manager_of(self._core, structure)

    def save(self, change: Change) -> None:
        """Write a change in one transaction."""
        operations = [
            *(operation for known, after in change.users for operation in self._user(known, after)),
            *self._seats(change),
            *(self._request(change.request) if change.request is not None else ()),
            *self._records(change),
            *act_operations(self._audit, change.acts),
        ]
        try:
            self._core.transact(operations)
        except ClientError as error:
            if not failed_conditions(error):
                raise
            raise StaleRecordError(kind="user", id=_named(change)) from error

    def _records(self, change: Change) -> Iterator[dict[str, Any]]:
        """Yield the writes of a transfer and of a merger."""
        if change.transfer is not None:
            transfer = change.transfer
            pk = Prefix.TRANSFER + transfer.structure
            item = {**_due(pk, transfer.settles_at), **TRANSFER.attributes(transfer)}
            yield self._next(pk, item, transfer.version)
        if change.merger is not None:
            merger = change.merger
            pk = Prefix.MERGER + merger.absorbed
            item = {**_due(pk, merger.due_at), **MERGER.attributes(merger)}
            yield self._next(pk, item, merger.version)

    def _next(self, pk: str, content: Item, version: int) -> dict[str, Any]:
        """Return the write of a record of that version, on condition that the one before it is stored."""
        item = {"pk": pk, "sk": HEAD, "version": version, **content}
        if version == 1:
            return self._core.put_operation(item, condition=ABSENT)
        return self._core.put_operation(item, condition="version = :known", known=version - 1)

    def transfer(self, structure: str) -> ManagerTransfer | None:
        """Return the newest transfer of a structure's role, open or not, or None."""
        item = self._core.get(Prefix.TRANSFER + structure, HEAD)
        return TRANSFER.read(item) if item else None

    def merger(self, absorbed: str) -> Merger | None:
        """Return the merger that a structure went into, or None."""
        item = self._core.get(Prefix.MERGER + absorbed, HEAD)
        return MERGER.read(item) if item else None

    def request(self, request_id: str) -> AccessRequest | None:
        """Return a request for access, or None."""
        item = self._core.get(Prefix.REQUEST + request_id, HEAD)
        return REQUEST.read(item) if item else None

    def waiting(self, structure: str, services: frozenset[ServiceCode] | None) -> tuple[RequestId, ...]:
        """Return the requests that wait in a structure, or in some services of it, oldest first."""
        pk = IdentityPrefix.STRUCTURE + structure
        parts = [""] if services is None else [f"{_written(service)}#" for service in services]
        found = [
            link["sk"].rpartition("#")[2]
            for part in parts
            for link in self._core.partition(pk, prefix=f"{Prefix.REQUEST}waiting#{part}")
        ]
        return tuple(map(RequestId, sorted(found)))

    def closed(
        self, structure: str, service: ServiceCode | None, *, after: str | None, limit: int
    ) -> Page[RequestId]:
        """Return the requests that have ended, newest first."""
        prefix = f"{Prefix.REQUEST}closed#{_written(service)}#"
        rows, more = self._keys(
            IdentityPrefix.STRUCTURE + structure, prefix=prefix, after=after, limit=limit, newest=True
        )
        return Page(tuple(RequestId(key.removeprefix(prefix)) for key in rows), more)

    def requests_of(self, user_id: str) -> tuple[RequestId, ...]:
        """Return the requests that a user made, newest first."""
        links = self._core.partition(IdentityPrefix.USER + user_id, prefix=Prefix.REQUEST.value)
        return tuple(RequestId(link["sk"].removeprefix(Prefix.REQUEST)) for link in reversed(links))

    def _keys(
        self, pk: str, *, prefix: str, after: str | None, limit: int, newest: bool
    ) -> tuple[list[str], str | None]:
        """Return the sort keys of a page of a partition, and the rest of the last one where more follow."""
        asked: Any = {
            "TableName": self._core.name,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": marshal({":pk": pk, ":prefix": prefix}),
            "ScanIndexForward": not newest,
            "Limit": limit,
            "ConsistentRead": True,
        }
        if after is not None:
            asked["ExclusiveStartKey"] = marshal({"pk": pk, "sk": f"{prefix}{after}"})
        answer = self._core.client.query(**asked)
        keys = [str(unmarshal(item)["sk"]) for item in answer["Items"]]
        more = "LastEvaluatedKey" in answer and keys
        return keys, keys[-1].removeprefix(prefix) if more else None

    def _user(self, known: StoredUser, after: User) -> Iterator[dict[str, Any]]:
        """Yield the writes of one user: the record, and the rows that come and go with rights and address."""
        pk = IdentityPrefix.USER + after.id
        item = {"pk": pk, "sk": HEAD, "version": known.version + 1, **USER.attributes(after)}
        yield self._core.put_operation(item, condition="version = :known", known=known.version)
        for structure in sorted(after.structures - known.user.structures):
            yield self._core.put_operation(user_link(structure, after.id))
        for structure in sorted(known.user.structures - after.structures):
            yield self._delete(user_link(structure, after.id))
        if after.email != known.user.email:
            yield self._core.put_operation(email_guard(after.email, after.id), condition=ABSENT)
            yield self._delete(email_guard(known.user.email, after.id))

    def _seats(self, change: Change) -> Iterator[dict[str, Any]]:
        """Yield the writes of the seats that are taken, or pass from one user to another."""
        for seat in seats_passed([(known.user, after) for known, after in change.users]):
            row = manager_seat(seat.structure, seat.to)
            if seat.since is None:
                yield self._core.put_operation(row, condition=ABSENT)
            else:
                held = f"{ABSENT} OR #user = :holder"
                operation = self._core.put_operation(row, condition=held, holder=seat.since)
                operation["Put"]["ExpressionAttributeNames"] = {"#user": "user"}
                yield operation

    def _request(self, request: AccessRequest) -> Iterator[dict[str, Any]]:
        """Yield the writes of a request: itself, its place in the structure, and its requester's link."""
        pk = Prefix.REQUEST + request.id
        item = {**_due(pk, request.due_at), **REQUEST.attributes(request)}
        yield self._next(pk, item, request.version)
        if request.version == 1:
            yield self._core.put_operation(_requester_link(request))
        yield self._core.put_operation(_place(request, closed=request.state is not RequestState.WAITING))
        if request.state is not RequestState.WAITING:
            yield self._delete(_place(request, closed=False))

    def _delete(self, row: Item) -> dict[str, Any]:
        key = {"pk": row["pk"], "sk": row["sk"]}
        return {"Delete": {"TableName": self._core.name, "Key": marshal(key)}}


def _stored(item: Item) -> StoredUser:
    return StoredUser(USER.read(item), int(item["version"]))


def _due(pk: str, due_at: dt.datetime | None) -> Item:
    """Return the attributes by which the sweeper finds an item; none where nothing is due."""
    if due_at is None:
        return {}
    return {"due_shard": shard_of("due", pk), "due_at": f"{stamp(due_at)}#{pk}"}


def _requester_link(request: AccessRequest) -> Item:
    pk = IdentityPrefix.USER + request.requester
    return {"pk": pk, "sk": Prefix.REQUEST + request.id, **REQUEST_LINK.attributes()}


def _place(request: AccessRequest, *, closed: bool) -> Item:
    """Return the row by which a structure finds a request: apart by service, and by whether it waits."""
    part = f"{'closed' if closed else 'waiting'}#{_written(request.service)}"
    return {
        "pk": IdentityPrefix.STRUCTURE + request.structure,
        "sk": f"{Prefix.REQUEST}{part}#{request.id}",
        **REQUEST_LINK.attributes(),
    }


def _written(service: ServiceCode | None) -> str:
    """Return a service's code as it stands in keys: none is the beginning of another's."""
    return quote(service, safe="") if service is not None else _WHOLE


def _named(change: Change) -> str:
    """Return what a refused change was about, for its error."""
    if change.users:
        return change.users[0][1].id
    if change.request is not None:
        return change.request.id
    return change.transfer.structure if change.transfer is not None else ""
