"""Pages by number over lists that go on from a place.

A list of the platform goes on from the last row seen; a Chorus Pro client asks for a page by its number. Each
answer therefore leaves a bookmark where the next page begins, for an hour. A page that nobody left a bookmark
for is found by turning the pages before it, as far as one request reads.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from choriste.application.invoices.search_invoices import READ_BY_MANY, Budget, Total
from choriste.application.shared.ports import Page
from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message
from functions.chorus.operation import Call, Tells
from functions.chorus.reading import Field, Reader, group, number, text

Row = TypeVar("Row")

PAGE_SIZE: Final = 10
LARGEST_PAGE: Final = 2000
"""Rows in one answer at most; an answer of a function holds 6 MB."""

_BOOKMARK: Final = dt.timedelta(hours=1)
_ASKED: Final = {
    "page": Field("pageResultatDemandee", number),
    "size": Field("nbResultatsParPage", number),
    "most": Field("nbResultatsMaximum", number),
    "also_most": Field("getnbResultatsMaximum", number),
    "column": Field("triColonne", text()),
    "sense": Field("triSens", text()),
    "also_sense": Field("triSense", text()),
}


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """One page of a result. `total` counts what is known to be there: at least the pages so far and a row."""

    rows: Sequence[Row]
    page: int
    size: int
    pages: int
    total: int


Turn = Callable[[str | None, int, Budget], Page[Row]]
"""What reads a page of a list: the place to go on from, how many rows, and how much may still be read."""

PAGE: Final[Tells] = {
    "pageCourante": lambda found: found.page,
    "pages": lambda found: found.pages,
    "nbResultatsParPage": lambda found: found.size,
    "total": lambda found: found.total,
}
"""How an answer tells its page: at its top, or within `parametresRetour`."""

PAGED: Final[Tells] = {"parametresRetour": PAGE}


def page_field(name: str) -> Field:
    """Return the field of a request that asks for a page."""
    return Field(name, _page_reader())


def turned(call: Call, read: Turn[Row], *, key: str) -> Found[Row]:
    """Return the page that a request asks for under `paging`; `key` tells this list from others.

    Raises `BadRequestError` for a page that more than `READ_BY_MANY` rows would have to be read for.
    """
    asked, budget = _wish(call), Budget(READ_BY_MANY)
    name = _bookmark(call, key)
    at, after = 1, None
    if asked.page > 1 and (known := call.ports.idempotency.get(f"{name}#{asked.page}")) is not None:
        at, after = asked.page, known
    while True:
        page = read(after, asked.size, budget)
        if at == asked.page:
            return _found(call, asked, page, bookmark=f"{name}#{at + 1}")
        if page.after is None:
            return Found((), asked.page, asked.size, at, (at - 1) * asked.size + len(page.rows))
        if budget.is_spent:
            expected = message("expected", "page-far", most=READ_BY_MANY)
            raise BadRequestError(field="pageResultatDemandee", expected=expected)
        at, after = at + 1, page.after


def counted(call: Call, found: Found[Row], total: Total) -> Found[Row]:
    """Return a page with the number of all rows, where it is known exactly or shows that there are more."""
    asked = _wish(call)
    number = min(total.number, asked.most) if asked.most is not None else total.number
    if number < found.total or (not total.exact and number <= found.total):
        return found
    return replace(found, total=number, pages=-(-number // asked.size))


def page_of(call: Call, rows: Iterable[Row]) -> Found[Row]:
    """Return the page that a request asks for under `paging` of a list that is wholly at hand."""
    asked = _wish(call)
    every = tuple(rows)[: asked.most]
    start = (asked.page - 1) * asked.size
    pages = -(-len(every) // asked.size)
    return Found(every[start : start + asked.size], asked.page, asked.size, pages, len(every))


def in_order(call: Call, rows: Sequence[Row], fields: Mapping[str, Callable[[Row], object]]) -> list[Row]:
    """Return the rows of a page by the column that a request asks for, where it names one that they have."""
    asked = call.asked.get("paging") or {}
    column = (asked.get("column") or "").strip()
    value = fields.get(column[:1].lower() + column[1:])
    if value is None:
        return list(rows)
    sense = asked.get("sense") or asked.get("also_sense") or ""
    return sorted(rows, key=lambda row: _sortable(value(row)), reverse=not sense.lower().startswith("asc"))


@dataclass(frozen=True, slots=True)
class _Wish:
    page: int
    size: int
    most: int | None


def _page_reader() -> Reader:
    return group(_ASKED)


def _wish(call: Call) -> _Wish:
    asked = call.asked.get("paging") or {}
    most = asked.get("most") or asked.get("also_most")
    size = min(max(asked.get("size") or PAGE_SIZE, 1), LARGEST_PAGE)
    return _Wish(max(asked.get("page") or 1, 1), size, most if most and most > 0 else None)


def _found(call: Call, asked: _Wish, page: Page[Row], *, bookmark: str) -> Found[Row]:
    before = (asked.page - 1) * asked.size
    room = max(asked.most - before, 0) if asked.most is not None else asked.size
    rows, ends = page.rows[:room], room <= len(page.rows) and asked.most is not None
    more = page.after is not None and not ends
    if more and page.after is not None:
        until = call.ports.clock.now() + _BOOKMARK
        call.ports.idempotency.put(bookmark, page.after, until=until)
    pages = asked.page + 1 if more else asked.page if rows or asked.page > 1 else 0
    return Found(rows, asked.page, asked.size, pages, before + len(rows) + (1 if more else 0))


def _bookmark(call: Call, key: str) -> str:
    """Return under what the places of a search are kept: who searches what, in pages of which size."""
    asked: dict[str, Any] = {name: value for name, value in call.asked.items() if name != "paging"}
    told_of = json.dumps([call.principal.id, key, _wish(call).size, asked], default=str, sort_keys=True)
    return f"bookmark#{hashlib.sha256(told_of.encode()).hexdigest()}"


def _sortable(value: object) -> tuple[bool, str | float]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value is not None, f"{float(value) + 1e15:030.6f}"
    return value is not None, str(value).lower()
