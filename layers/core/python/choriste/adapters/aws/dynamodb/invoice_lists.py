"""The lists of invoices in the core table: which index each kind is a partition of, and the keys of its rows.

Three kinds of items stand in lists: an invoice's head, the guard of its number, and one link for each
validator, works actor and billing file. Each has at most one row in an index, so a kind of list is a kind of
item and an index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from choriste.adapters.aws.dynamodb.table import CoreTable, Item, marshal, unmarshal
from choriste.application.shared.ports import Page
from choriste.domain.tracking.head import InvoiceHead, Involvement
from choriste.domain.tracking.lists import InvoiceList, ListKind, Span, places_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a kind of list is: the index, its two attributes, and what its partitions begin with."""

    index: str
    key: str
    sort: str
    prefix: str


_HEADS: Final[Mapping[ListKind, _Slot]] = {
    ListKind.ISSUED: _Slot("by_supplier", "supplier_key", "deposit_key", "SUPPLIER#"),
    ListKind.RECEIVED: _Slot("by_recipient", "recipient_key", "deposit_key", "RECIPIENT#"),
    ListKind.ISSUED_QUEUE: _Slot("supplier_queues", "supplier_queue", "deposit_key", ""),
    ListKind.RECEIVED_QUEUE: _Slot("recipient_queues", "recipient_queue", "deposit_key", ""),
    ListKind.VALIDATED_QUEUE: _Slot("by_owner", "owner_key", "owner_sort", "TURN#VALIDATE#"),
    ListKind.WORKS_QUEUE: _Slot("by_owner", "owner_key", "owner_sort", "TURN#WORKS#"),
    ListKind.DUE: _Slot("by_payment_day", "payer_key", "payment_key", ""),
    ListKind.BETWEEN: _Slot("by_parties", "parties_key", "deposit_key", ""),
    ListKind.SERVICE: _Slot("by_service", "service_key", "deposit_key", ""),
    ListKind.ASSIGNEE: _Slot("by_assignee", "assignee_key", "deposit_key", ""),
}
_GUARDS: Final[Mapping[ListKind, _Slot]] = {
    ListKind.ISSUED_NUMBER: _Slot("by_supplier", "supplier_key", "deposit_key", "NUMBER#"),
    ListKind.RECEIVED_NUMBER: _Slot("by_recipient", "recipient_key", "deposit_key", "NUMBER#"),
}
GUARD_ATTRIBUTES: Final = frozenset(name for slot in _GUARDS.values() for name in (slot.key, slot.sort))
"""What puts the guard of a number in lists; older ones stand in none."""

_LINKS: Final[Mapping[ListKind, _Slot]] = {
    ListKind.VALIDATED: _Slot("by_owner", "owner_key", "owner_sort", f"{Involvement.VALIDATE}#"),
    ListKind.WORKS: _Slot("by_owner", "owner_key", "owner_sort", f"{Involvement.WORKS}#"),
    ListKind.FILE: _Slot("by_owner", "owner_key", "owner_sort", f"{Involvement.FILE}#"),
}
_SLOTS: Final = {**_HEADS, **_GUARDS, **_LINKS}
_SOONEST_FIRST: Final = frozenset({ListKind.DUE, ListKind.ISSUED_NUMBER, ListKind.RECEIVED_NUMBER})


def head_rows(head: InvoiceHead) -> Item:
    """Return the attributes that put the head of an invoice in its lists."""
    return dict(_attributes(head, _HEADS))


def guard_rows(head: InvoiceHead) -> Item:
    """Return the attributes that put the guard of an invoice's number in the lists by number."""
    return dict(_attributes(head, _GUARDS))


def places(
    table: CoreTable, which: InvoiceList, *, within: Span | None, after: str | None, limit: int
) -> Page[str]:
    """Return a page of the places of a list: newest first, but by day or by number from the least one up."""
    slot, asked = _SLOTS[which.kind], _query(table, which, within, after)
    if asked is None:
        return Page((), None)
    # the last place seen is read again, and left out: an end of a range is included in it
    asked["Limit"] = limit if after is None else limit + 1
    answer = table.client.query(**asked)
    found = [place for row in answer["Items"] if (place := str(unmarshal(row)[slot.sort])) != after]
    is_more = "LastEvaluatedKey" in answer or len(found) > limit
    return Page(tuple(found[:limit]), found[:limit][-1] if found and is_more else None)


def count(table: CoreTable, which: InvoiceList, *, within: Span | None, most: int) -> int:
    """Return how many rows a list has, at most so many: keys are counted, nothing else is read."""
    asked, found = _query(table, which, within, None), 0
    while asked is not None and found < most:
        asked["Select"], asked["Limit"] = "COUNT", most - found
        answer = table.client.query(**asked)
        found += answer["Count"]
        if "LastEvaluatedKey" not in answer:
            break
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
    return found


def _attributes(head: InvoiceHead, slots: Mapping[ListKind, _Slot]) -> Iterator[tuple[str, str]]:
    for which, place in places_of(head).items():
        if (slot := slots.get(which.kind)) is not None:
            yield slot.key, _partition(slot, which)
            yield slot.sort, place


def _partition(slot: _Slot, which: InvoiceList) -> str:
    return slot.prefix + which.owner + (f"#{which.part}" if which.part else "")


def _query(
    table: CoreTable, which: InvoiceList, within: Span | None, after: str | None
) -> QueryInputTypeDef | None:
    """Return a query for a stretch of a list, None where it is empty: DynamoDB refuses a range backwards."""
    slot, rises = _SLOTS[which.kind], which.kind in _SOONEST_FIRST
    least, most = (within.least, within.most) if within is not None else (None, None)
    if after is not None:
        least, most = (_last(least, after), most) if rises else (least, _first(most, after))
    if least and most and least > most:
        return None
    condition, values = _range(slot, least, most)
    return {
        "TableName": table.name,
        "IndexName": slot.index,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": marshal({":list": _partition(slot, which), **values}),
        "ScanIndexForward": rises,
    }


def _range(slot: _Slot, least: str | None, most: str | None) -> tuple[str, dict[str, Any]]:
    condition = f"{slot.key} = :list"
    if least and most:
        return f"{condition} AND {slot.sort} BETWEEN :least AND :most", {":least": least, ":most": most}
    if most:
        return f"{condition} AND {slot.sort} <= :most", {":most": most}
    if least:
        return f"{condition} AND {slot.sort} >= :least", {":least": least}
    return condition, {}


def _last(*given: str | None) -> str | None:
    return max((one for one in given if one), default=None)


def _first(*given: str | None) -> str | None:
    return min((one for one in given if one), default=None)
