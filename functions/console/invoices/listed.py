"""The list that an address asks for: its pages, an invoice's neighbours there, all that it lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from choriste.application.invoices.criteria import Side
from choriste.application.invoices.search_invoices import (
    READ_BY_MANY,
    Budget,
    count_invoices,
    search_invoices,
)
from choriste.application.invoices.treat_many import MOST_TREATED
from choriste.application.shared.ports import Page
from choriste.domain.access.user import Level, Space
from choriste.domain.parties.structure import Structure, StructureKind
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.runtime.ports import platform_ports
from functions.console.invoices.list_filter import asked_of, start_of
from functions.console.invoices.views import open_sides
from functions.console.web.asked import chosen_structure, structures_with
from functions.console.web.limits import INVOICES
from functions.console.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list shows, all its pages together; `is_cut` says that there is more than one request treats.

    `is_tired` says that more would have had to be looked through than one request does.
    """

    heads: tuple[InvoiceHead, ...]
    is_cut: bool
    is_tired: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """An invoice of a list, and the address of the list at the page that shows it."""

    id: InvoiceId
    back: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which invoice of a list one is, of how many where that is known, and those before and after it."""

    number: int
    total: int | None
    before: Near | None
    after: Near | None


def neighbours(visit: Visit, back: str, invoice_id: InvoiceId) -> Neighbours | None:
    """Return an invoice's neighbours in the list of an address, None where it no longer shows the invoice.

    On the first row of a page that is not the first, there is none before it: lists are read forwards.
    """
    there = _at(visit, back)
    found = _page(there, after=there.query.get("after"))
    heads = [head.id for head in found.rows] if found is not None else []
    if found is None or invoice_id not in heads:
        return None
    place, start = heads.index(invoice_id), start_of(there)
    after = Near(heads[place + 1], back) if place + 1 < len(heads) else None
    if after is None and found.after is not None:
        after = _first_of(there, found.after, start + len(heads))
    before = Near(heads[place - 1], back) if place else None
    return Neighbours(start + place + 1, _total(there), before, after)


def _first_of(there: Visit, after: str, start: int) -> Near | None:
    """Return the first invoice of the page that follows."""
    found = _page(there, after=after, limit=1)
    onward = urlencode({**there.query, "after": after, "from": str(start)})
    return Near(found.rows[0].id, onward) if found is not None and found.rows else None


def _total(there: Visit) -> int | None:
    side = chosen_side(there)
    if side is None:
        return None
    chosen = chosen_structure(there.query.get("structure"), structures_with(there, side.space, Level.CONSULT))
    total = count_invoices(
        platform_ports(),
        there.user.principal,
        structure=chosen.id,
        side=side,
        criteria=asked_of(there, side).criteria,
    )
    return total.number if total.exact else None


def listed(visit: Visit, back: str) -> Listed:
    """Return what the list of an address shows, from its first page on, as much as one request treats."""
    heads: list[InvoiceHead] = []
    place, budget = None, Budget(READ_BY_MANY)
    while len(heads) < MOST_TREATED and not budget.is_spent:
        found = _page(_at(visit, back), after=place, limit=MOST_TREATED - len(heads), budget=budget)
        if found is None:
            break
        heads, place = [*heads, *found.rows], found.after
        if place is None:
            break
    is_tired = place is not None and len(heads) < MOST_TREATED
    return Listed(tuple(heads), place is not None, is_tired)


def _at(visit: Visit, back: str) -> Visit:
    return replace(visit, query=dict(parse_qsl(back)))


def _page(
    visit: Visit, *, after: str | None, limit: int = INVOICES, budget: Budget | None = None
) -> Page[InvoiceHead] | None:
    side = chosen_side(visit)
    if side is None:
        return None
    try:
        chosen = chosen_structure(
            visit.query.get("structure"), structures_with(visit, side.space, Level.CONSULT)
        )
        return found_in(visit, side, chosen, after=after, limit=limit, budget=budget)
    except (BadRequestError, ForbiddenError, NotFoundError):
        return None


def chosen_side(visit: Visit) -> Side | None:
    """Return the side asked for among those open; None when none is open.

    Else the received ones come first, for they wait for somebody; but a company that may issue is here
    for what it issued.
    """
    sides = open_sides(visit.user.principal)
    asked = next((side for side in sides if side == visit.query.get("side")), None)
    if asked is not None or not sides:
        return asked
    receiving = structures_with(visit, Space.RECEIVE, Level.CONSULT)
    is_public = any(structure.kind is StructureKind.PUBLIC for structure in receiving)
    by_default = Side.RECEIVED if is_public else Side.ISSUED
    return by_default if by_default in sides else sides[0]


def found_in(  # noqa: PLR0913 - a page of a list is these facts
    visit: Visit,
    side: Side,
    structure: Structure,
    *,
    after: str | None,
    limit: int = INVOICES,
    budget: Budget | None = None,
) -> Page[InvoiceHead]:
    """Return a page of a list as its address narrows and sorts it; raises `BadRequestError`."""
    asked = asked_of(visit, side)
    return search_invoices(
        platform_ports(),
        visit.user.principal,
        structure=structure.id,
        side=side,
        criteria=asked.criteria,
        order=asked.order,
        after=after,
        limit=limit,
        budget=budget,
    )
