"""The list that an address asks for: its pages, an invoice's neighbours there, all that it lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import parse_qsl

from choriste.application.invoices.criteria import Side
from choriste.application.invoices.search_invoices import search_invoices
from choriste.application.invoices.treat_many import MOST_TREATED
from choriste.application.shared.ports import Page
from choriste.domain.access.user import Level, Space
from choriste.domain.parties.structure import Structure, StructureKind
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.runtime.ports import platform_ports
from functions.console.invoices.list_filter import asked_of
from functions.console.invoices.views import open_sides
from functions.console.web.asked import chosen_structure, structures_with
from functions.console.web.limits import INVOICES
from functions.console.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list shows, all its pages together; `is_cut` says that there is more than one request treats."""

    heads: tuple[InvoiceHead, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The invoices before and after one in the list that it was opened from."""

    before: InvoiceId | None
    after: InvoiceId | None


def neighbours(visit: Visit, back: str, invoice_id: InvoiceId) -> Neighbours | None:
    """Return an invoice's neighbours in the list of an address, None where it no longer shows the invoice."""
    found = _page(_at(visit, back), after=dict(parse_qsl(back)).get("after"))
    if found is None:
        return None
    heads = [head.id for head in found.rows]
    if invoice_id not in heads:
        return None
    before = {after: each for each, after in pairwise(heads)}
    after = dict(pairwise(heads))
    return Neighbours(before.get(invoice_id), after.get(invoice_id))


def listed(visit: Visit, back: str) -> Listed:
    """Return what the list of an address shows, from its first page on, as much as one request treats."""
    heads: list[InvoiceHead] = []
    place: str | None = None
    while len(heads) < MOST_TREATED:
        found = _page(_at(visit, back), after=place, limit=MOST_TREATED - len(heads))
        if found is None:
            break
        heads, place = [*heads, *found.rows], found.after
        if place is None:
            break
    return Listed(tuple(heads), place is not None)


def _at(visit: Visit, back: str) -> Visit:
    return replace(visit, query=dict(parse_qsl(back)))


def _page(visit: Visit, *, after: str | None, limit: int = INVOICES) -> Page[InvoiceHead] | None:
    side = chosen_side(visit)
    if side is None:
        return None
    try:
        chosen = chosen_structure(
            visit.query.get("structure"), structures_with(visit, side.space, Level.CONSULT)
        )
        return found_in(visit, side, chosen, after=after, limit=limit)
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


def found_in(
    visit: Visit, side: Side, structure: Structure, *, after: str | None, limit: int = INVOICES
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
    )
