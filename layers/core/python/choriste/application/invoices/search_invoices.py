"""Search and count the invoices of one structure, or of all that the reader has rights on.

A page reads the keys of the shortest lists that hold what may pass, and the heads of its own rows. Where the
lists do not settle a criterion, heads are read until the page is full, of which one search reads a bounded
number: a page may then be short and say where to go on.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby, islice
from typing import Any, Final

from choriste.application.access.policy import lists_of, reads_whole_list, require_list
from choriste.application.deposits.ports import DepositPorts
from choriste.application.deposits.read_report import read_report
from choriste.application.invoices import list_sources
from choriste.application.invoices.access import may_see
from choriste.application.invoices.criteria import Criteria, Side
from choriste.application.invoices.list_sources import Group, Source
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Outcome
from choriste.domain.lifecycle.labels import status_label
from choriste.domain.parties.search import plain
from choriste.domain.shared.errors import BadRequestError
from choriste.domain.shared.ids import FlowId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.lists import (
    UNDATED,
    Queue,
    deposit_place,
    invoice_at,
    number_place,
    places_of,
    queue_of,
)
from choriste.i18n.catalogue import message

READ: Final = 2_000
"""How many heads one search reads at most: some seconds in a function."""

READ_BY_MANY: Final = 10_000
"""How many heads a request that turns many pages reads at most: what a function does well within its time."""

SORTED: Final = 500
"""How many invoices are sorted by what no list is kept by; with more, the search has to be narrower."""

COUNTED: Final = 10_000
"""How far invoices are counted: beyond, a number is said to be the least."""

_CHUNK: Final = 200


class SortBy(StrEnum):
    """What a list is sorted by."""

    DEPOSIT = "deposit"
    DUE = "due"
    """The day of payment; an invoice without one is last."""
    NUMBER = "number"
    PARTY = "party"
    AMOUNT = "amount"
    DATE = "date"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list, from the least up where it `rises`."""

    by: SortBy = SortBy.DEPOSIT
    rises: bool = False
    language: str = "fr"
    """The language whose names of the statuses are sorted."""


NEWEST: Final = Order()


@dataclass(frozen=True, slots=True)
class Total:
    """How many invoices pass; where it is not `exact`, there are at least so many."""

    number: int
    exact: bool


@dataclass(slots=True)
class Budget:
    """How many heads a request that turns many pages may still read."""

    left: int

    @property
    def is_spent(self) -> bool:
        """Whether another page would be one too many."""
        return self.left <= 0


def search_invoices(  # noqa: PLR0913 - a page of a search is these facts
    ports: InvoicePorts,
    principal: Principal,
    *,
    side: Side,
    criteria: Criteria,
    structure: str | None = None,
    order: Order = NEWEST,
    after: str | None = None,
    limit: int = 50,
    budget: Budget | None = None,
) -> Page[InvoiceHead]:
    """Return a page of the invoices that pass.

    Without a structure, those of every structure whose list the principal may read; one who is limited to
    services finds the invoices of those services only. Where few pass, a page ends after `READ` heads were
    read: it then has fewer rows than `limit`, or none, and `after` is where the search goes on. A
    `budget` is spent by what is read; ask for no page once it is spent. Raises
    `ForbiddenError`, and `BadRequestError` for an order that more than `SORTED` invoices would have to be put
    in.
    """
    search = replace(_search(ports, principal, side, criteria, structure), budget=budget)
    if order == NEWEST:
        return search.page(search.places(after, first=limit + 1), limit)
    if structure is not None and search.is_kept_by_day(order):
        return search.by_day(structure, after, limit)
    return search.ordered(order, after, limit)


def count_invoices(
    ports: InvoicePorts,
    principal: Principal,
    *,
    side: Side,
    criteria: Criteria,
    structure: str | None = None,
) -> Total:
    """Return how many invoices pass, counted from keys; else, as far as that goes, from a page of heads."""
    search = _search(ports, principal, side, criteria, structure)
    if search.is_settled():
        sources = (source for group in search.groups for source in group.sources)
        found = sum(ports.invoices.count(each.which, within=each.within, most=COUNTED) for each in sources)
        return Total(min(found, COUNTED), found < COUNTED)
    page = search.page(search.places(None, first=_CHUNK + 1), _CHUNK, most=_CHUNK)
    return Total(len(page.rows), page.after is None)


def count_queues(
    ports: InvoicePorts, principal: Principal, *, side: Side, structure: str
) -> dict[Queue, Total]:
    """Return how many invoices stand in each queue of a side that has a list."""
    sides = Queue if side in {Side.ISSUED, Side.RECEIVED} else (Queue.MINE,)
    return {
        queue: count_invoices(
            ports, principal, side=side, criteria=Criteria(queues=frozenset({queue})), structure=structure
        )
        for queue in sides
    }


def invoices_of_flow(
    ports: DepositPorts, principal: Principal, flow_id: FlowId, criteria: Criteria
) -> tuple[InvoiceHead, ...]:
    """Return the invoices that a deposited file became and that pass, in its order.

    Raises `NotFoundError`, also for somebody else's flow.
    """
    documents = read_report(ports, principal, flow_id).documents
    accepted = [document.invoice_id for document in documents if document.outcome is Outcome.ACCEPTED]
    heads = ports.invoices.heads(accepted)
    return tuple(head for head in heads if may_see(principal, head) and criteria.admits(head))


def heads_by_place(heads: Iterable[InvoiceHead]) -> tuple[InvoiceHead, ...]:
    """Return invoices, newest deposit first."""
    return tuple(sorted(heads, key=lambda head: deposit_place(head.deposited_at, head.id), reverse=True))


@dataclass(frozen=True, slots=True)
class _Search:
    """One search: who looks at which side of which structures, for what."""

    ports: InvoicePorts
    principal: Principal
    side: Side
    criteria: Criteria
    owners: Sequence[str]
    groups: Sequence[Group]
    """The lists to be read, of each structure."""
    budget: Budget | None = None

    def is_settled(self) -> bool:
        """Say whether whatever stands in the lists passes, and is seen."""
        return all(list_sources.is_whole(group, self.criteria) for group in self.groups) and all(
            reads_whole_list(self.principal, self.side.space, owner) for owner in self.owners
        )

    def places(self, after: str | None, *, first: int) -> Iterator[str]:
        """Yield the places that may pass, newest deposit first."""
        store = self.ports.invoices
        runs = [list_sources.places(store, group, after=after, first=first) for group in self.groups]
        return (place for place, _ in groupby(heapq.merge(*runs, reverse=True)))

    def page(self, places: Iterator[str], limit: int, *, most: int | None = None) -> Page[InvoiceHead]:
        """Return the first invoices that pass among the ones at places, and the last place looked at."""
        if most is None:
            most = READ if self.budget is None else min(READ, self.budget.left)
        found: list[InvoiceHead] = []
        read, last, size = 0, None, limit
        while chunk := list(islice(places, min(size, most - read))):
            read, size, last = read + len(chunk), _CHUNK, chunk[-1]
            heads = {head.id: head for head in self._passing(chunk)}
            if self.budget is not None:
                self.budget.left -= len(chunk)
            for place in chunk:
                if (head := heads.get(invoice_at(place))) is not None:
                    found.append(head)
                if len(found) == limit:
                    is_last = place == last and next(places, None) is None
                    return Page(tuple(found), None if is_last else place)
        is_over = next(places, None) is None
        return Page(tuple(found), None if is_over else last)

    def is_kept_by_day(self, order: Order) -> bool:
        """Say whether there is a list in the order: of what waits for a recipient, by the day of payment."""
        mine = self.criteria.queues == {Queue.MINE}
        return order.by is SortBy.DUE and order.rises and mine and self.side is Side.RECEIVED

    def by_day(self, owner: str, after: str | None, limit: int) -> Page[InvoiceHead]:
        """Return a page of what waits for a recipient, the soonest day of payment first."""
        source = list_sources.due_source(owner, self.criteria.payment_day)
        return self.page(self._along(source, after, first=limit + 1), limit)

    def ordered(self, order: Order, after: str | None, limit: int) -> Page[InvoiceHead]:
        """Return a page in an order that no list is kept by; the place to go on from is a row's number."""
        whole = self.page(self.places(None, first=SORTED + 1), SORTED, most=SORTED)
        if whole.after is not None:
            raise BadRequestError(field="/query/sort", expected=message("expected", "sort", most=SORTED))
        start = int(after) if after is not None and after.isdigit() else 0
        rows = sorted(whole.rows, key=_key(order, self.side), reverse=not order.rises)
        end = start + limit
        return Page(tuple(rows[start:end]), str(end) if end < len(rows) else None)

    def _along(self, source: Source, after: str | None, *, first: int) -> Iterator[str]:
        size = first
        while True:
            page = self.ports.invoices.places(source.which, within=source.within, after=after, limit=size)
            yield from page.rows
            after, size = page.after, _CHUNK
            if after is None:
                return

    def _passing(self, places: Sequence[str]) -> Iterator[InvoiceHead]:
        """Yield the invoices at places that pass as they are now: a list may be a second behind."""
        bases = {list_sources.base_of(self.side, owner): owner for owner in self.owners}
        for head in self.ports.invoices.heads([invoice_at(place) for place in places]):
            owner = next((bases[each] for each in places_of(head) if each in bases), None)
            if owner is not None and self._passes(head, owner):
                yield head

    def _passes(self, head: InvoiceHead, owner: str) -> bool:
        wanted = self.criteria.queues
        in_queue = not wanted or queue_of(head, owner) in wanted
        return in_queue and self.criteria.admits(head) and may_see(self.principal, head)


def _search(
    ports: InvoicePorts, principal: Principal, side: Side, criteria: Criteria, structure: str | None
) -> _Search:
    owners = _owners(principal, side, structure)
    groups = [list_sources.group_of(ports.invoices, side, owner, criteria) for owner in owners]
    return _Search(ports, principal, side, criteria, owners, groups)


def _owners(principal: Principal, side: Side, structure: str | None) -> tuple[str, ...]:
    if structure is None:
        return lists_of(principal, side.space)
    require_list(principal, side.space, structure)
    return (structure,)


def _key(order: Order, side: Side) -> Callable[[InvoiceHead], tuple[Any, str]]:
    """Return what sorts invoices in an order; of equals, the newest deposit is the last one up."""
    values: dict[SortBy, Callable[[InvoiceHead], object]] = {
        SortBy.DEPOSIT: lambda _head: "",
        SortBy.DUE: lambda head: head.payment_due.isoformat() if head.payment_due is not None else UNDATED,
        SortBy.NUMBER: lambda head: number_place(head.number),
        SortBy.PARTY: lambda head: plain((head.recipient if side is Side.ISSUED else head.supplier).name),
        SortBy.AMOUNT: lambda head: head.with_vat,
        SortBy.DATE: lambda head: head.issue_date,
        SortBy.STATUS: lambda head: plain(status_label(head.status, language=order.language)),
    }
    value = values[order.by]
    return lambda head: (value(head), deposit_place(head.deposited_at, head.id))
