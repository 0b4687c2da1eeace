"""Which lists a search reads: the shortest that hold everything it may find.

Each candidate is a group of lists that together hold whatever passes. All of them lie within the list of one
side, so any is right; the shortest is cheapest. Keys alone are counted to find it (docs/adr/0014-lists.md).
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Final

from choriste.application.invoices.criteria import Between, Criteria, OtherParty, Side
from choriste.application.invoices.ports import Invoices
from choriste.domain.tracking.lists import (
    UNDATED,
    InvoiceList,
    ListKind,
    Queue,
    Span,
    number_place,
    queues_holding,
)

COUNTED: Final = 1_000
"""How many keys of a list are counted to compare it with another: 25 read units."""

LISTED: Final = 200
"""How many places of one number a search takes; more of them are no way to find anything."""

_NOTHING: Final = Criteria()
"""What limits nothing."""

_BASES: Final[Mapping[Side, ListKind]] = {
    Side.ISSUED: ListKind.ISSUED,
    Side.RECEIVED: ListKind.RECEIVED,
    Side.VALIDATION: ListKind.VALIDATED,
    Side.WORKS: ListKind.WORKS,
}
_QUEUES: Final[Mapping[Side, ListKind]] = {
    Side.ISSUED: ListKind.ISSUED_QUEUE,
    Side.RECEIVED: ListKind.RECEIVED_QUEUE,
    Side.VALIDATION: ListKind.VALIDATED_QUEUE,
    Side.WORKS: ListKind.WORKS_QUEUE,
}
_NUMBERS: Final = {Side.ISSUED: ListKind.ISSUED_NUMBER, Side.RECEIVED: ListKind.RECEIVED_NUMBER}


@dataclass(frozen=True, slots=True)
class Source:
    """A stretch of one list; `by_number` has its places behind the number."""

    which: InvoiceList
    within: Span | None = None

    @property
    def by_number(self) -> bool:
        """Whether it is in the order of the numbers."""
        return self.which.kind in _NUMBERS.values()


@dataclass(frozen=True, slots=True)
class Group:
    """Lists that together hold whatever passes, and the criteria that standing in them fulfils.

    One that `guesses` takes words for the beginning of a number, which they are if it holds anything.
    """

    sources: tuple[Source, ...]
    fulfils: frozenset[str] = frozenset()
    guesses: bool = False


def base_of(side: Side, owner: str) -> InvoiceList:
    """Return the list of everything that a structure sees on a side."""
    return InvoiceList(_BASES[side], owner)


def queue_lists(side: Side, owner: str, queues: frozenset[Queue]) -> tuple[InvoiceList, ...]:
    """Return the lists of some queues, none where one of them has no list.

    Validators and works actors have one list alone, of what waits for them.
    """
    if side not in _NUMBERS and queues != {Queue.MINE}:
        return ()
    return tuple(InvoiceList(_QUEUES[side], owner, queue) for queue in sorted(queues))


def group_of(invoices: Invoices, side: Side, owner: str, criteria: Criteria) -> Group:
    """Return the shortest group of lists for a search of one structure."""
    within = _period(criteria.deposited)
    found = list(_narrow(side, owner, criteria, within))
    if len(found) == 1 and not any(source.by_number for source in found[0].sources):
        return found[0]
    everything = Group((Source(base_of(side, owner), within),), frozenset({"deposited"}))
    sizes = ((_size(invoices, group), place, group) for place, group in enumerate(found))
    sized = [each for each in sizes if each[0] is not None]
    return min(sized, key=lambda each: each[:2])[2] if sized else everything


def is_whole(group: Group, criteria: Criteria) -> bool:
    """Say whether everything that stands in a group passes."""
    names = (each.name for each in fields(criteria))
    return {name for name in names if getattr(criteria, name) != getattr(_NOTHING, name)} <= group.fulfils


def places(invoices: Invoices, group: Group, *, after: str | None, first: int) -> Iterator[str]:
    """Yield the places of a group, newest deposit first, each once; `first` are wanted at least."""
    runs = [_run(invoices, source, after, first) for source in group.sources]
    merged = heapq.merge(*runs, reverse=True)
    return (place for place, _ in groupby(merged))


def due_source(owner: str, period: Between[dt.date]) -> Source:
    """Return what waits for a recipient, by the day of payment, within a period."""
    least = period.least.isoformat() if period.least is not None else None
    most = f"{period.most.isoformat()}~" if period.most is not None else None
    if least is not None and most is None:
        most = UNDATED  # an invoice without a day is in no period
    return Source(InvoiceList(ListKind.DUE, owner), Span(least, most) if least or most else None)


def _narrow(side: Side, owner: str, criteria: Criteria, within: Span | None) -> Iterator[Group]:
    def group(*lists: InvoiceList, fulfils: str) -> Group:
        return Group(tuple(Source(each, within) for each in lists), frozenset({"deposited", fulfils}))

    if lists := queue_lists(side, owner, criteria.queues):
        yield group(*lists, fulfils="queues")
    elif not criteria.queues and criteria.statuses:
        yield from _by_status(side, owner, criteria, within)
    if criteria.assignee is not None:
        yield group(InvoiceList(ListKind.ASSIGNEE, criteria.assignee), fulfils="")
    if criteria.services and side is Side.RECEIVED:
        lists = tuple(InvoiceList(ListKind.SERVICE, owner, each) for each in sorted(criteria.services))
        yield group(*lists, fulfils="services")
    if side in _NUMBERS:
        yield from _by_number(side, owner, criteria)
        yield from _by_party(side, owner, criteria, within)


def _by_status(side: Side, owner: str, criteria: Criteria, within: Span | None) -> Iterator[Group]:
    queues = queues_holding(criteria.statuses)
    if queues is not None and side in _NUMBERS:
        yield Group(tuple(Source(each, within) for each in queue_lists(side, owner, queues)))


def _by_number(side: Side, owner: str, criteria: Criteria) -> Iterator[Group]:
    if criteria.number is not None:
        yield Group((_numbered(side, owner, f"{number_place(criteria.number)}#"),))
    if criteria.number_begins is not None:
        yield Group((_numbered(side, owner, number_place(criteria.number_begins)),))


def _numbered(side: Side, owner: str, beginning: str) -> Source:
    return Source(InvoiceList(_NUMBERS[side], owner), Span(beginning, f"{beginning}\uffff"))


def _by_party(side: Side, owner: str, criteria: Criteria, within: Span | None) -> Iterator[Group]:
    def between(other: str) -> Source:
        supplier, recipient = (owner, other) if side is Side.ISSUED else (other, owner)
        return Source(InvoiceList(ListKind.BETWEEN, supplier, recipient), within)

    def known(party: OtherParty | None) -> frozenset[str]:
        return party.structures or frozenset() if party is not None else frozenset()

    partner = criteria.recipient if side is Side.ISSUED else criteria.supplier
    if partner.structures and not partner.sirens:
        yield Group(tuple(map(between, sorted(partner.structures))))
    if known(criteria.other):
        yield Group(tuple(map(between, sorted(known(criteria.other)))))
    if criteria.words is not None:
        by_number = _numbered(side, owner, number_place(criteria.words.text))
        named = known(criteria.words)
        yield Group((by_number, *map(between, sorted(named))), guesses=not named)


def _period(deposited: Between[dt.datetime]) -> Span | None:
    if deposited.is_open:
        return None
    least, most = deposited.least, deposited.most
    return Span(
        _moment(least) if least is not None else None, f"{_moment(most)}#~" if most is not None else None
    )


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _size(invoices: Invoices, group: Group) -> int | None:
    """Return how long a group is, as far as it matters; None where too many numbers begin alike, or none."""
    found = 0
    for source in group.sources:
        most = LISTED + 1 if source.by_number else COUNTED
        size = invoices.count(source.which, within=source.within, most=most)
        if source.by_number and size == most:
            return None
        found += size
    return found or (None if group.guesses else 0)


def _run(invoices: Invoices, source: Source, after: str | None, first: int) -> Iterator[str]:
    """Yield the places of one list, newest deposit first: as many as are wanted, then more at a time."""
    if source.by_number:
        page = invoices.places(source.which, within=source.within, after=None, limit=LISTED)
        stands = sorted(("#".join(place.rsplit("#", 2)[1:]) for place in page.rows), reverse=True)
        yield from (place for place in stands if after is None or place < after)
        return
    size = first
    while True:
        page = invoices.places(source.which, within=source.within, after=after, limit=size)
        yield from page.rows
        after, size = page.after, LISTED
        if after is None:
            return
