"""What the list of invoices shows: its tabs, its headings that sort, its rows and how many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from choriste.application.invoices.criteria import Side
from choriste.application.invoices.search_invoices import Order, SortBy, Total
from choriste.domain.parties.structure import Structure
from choriste.domain.tracking.head import InvoiceHead, PartyReference
from choriste.domain.tracking.lists import Queue
from choriste.i18n.catalogue import count
from choriste.i18n.formats import legal_date, number_text
from functions.console.invoices.list_filter import FIELDS, TABS, start_of, tabs_of
from functions.console.web.rendering import text
from functions.console.web.views import Badge, Choice, status_badge
from functions.console.web.visit import Visit

COLUMNS: Final = (SortBy.NUMBER, SortBy.PARTY, SortBy.DATE, SortBy.DUE, SortBy.AMOUNT, SortBy.STATUS)
_SOON: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """A line of the list of invoices; `partner` is the other side, `left` the time to the day of payment."""

    head: InvoiceHead
    address: str
    partner: PartyReference
    badge: Badge
    left: str | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A queue of a side: its name, how many stand in it where that is known, and where it leads."""

    label: str
    number: str
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column, which sorts by it; `sorted` is what `aria-sort` says, or empty."""

    label: str
    address: str
    sorted: str
    is_number: bool


def tabs(visit: Visit, side: Side, chosen: str, counts: Mapping[Queue, Total]) -> tuple[Tab, ...]:
    """Return the tabs of a side."""
    found = []
    for name in tabs_of(side):
        totals = [counts[queue] for queue in TABS[name] if queue in counts]
        number = _number(_sum(totals), language=visit.language) if totals else ""
        queue = None if name == "all" else name
        address = visit.address(queue=queue, after=None, sort=None, **{"from": None})
        label = text(f"invoices.queue.{name}", language=visit.language)
        found.append(Tab(label, number, address, name == chosen))
    return tuple(found)


def headings(visit: Visit, side: Side, order: Order) -> tuple[Heading, ...]:
    """Return the headings of the columns; a click sorts by one, a second the other way round."""
    found = []
    for column in COLUMNS:
        is_sorted = order.by is column
        turned = f"-{column}" if is_sorted and order.rises else column.value
        name = column.value if column is not SortBy.PARTY else _partner_word(side)
        found.append(
            Heading(
                text(f"invoices.column.{name}", language=visit.language),
                visit.address(sort=turned, after=None, **{"from": None}),
                ("ascending" if order.rises else "descending") if is_sorted else "",
                column is SortBy.AMOUNT,
            )
        )
    return tuple(found)


def rows(
    visit: Visit, heads: Sequence[InvoiceHead], side: Side, *, now: dt.datetime
) -> tuple[InvoiceRow, ...]:
    """Return invoices as lines of the list that one side looks at; each leads back to it as it stands."""
    suffix = urlencode({"back": back_to(visit, side)})
    return tuple(
        InvoiceRow(
            head=head,
            address=f"/invoices/{head.id}?{suffix}",
            partner=head.recipient if side is Side.ISSUED else head.supplier,
            badge=status_badge(head.status, language=visit.language),
            left=_left(head, now=now, language=visit.language),
            is_late=_is_late(head, now=now),
        )
        for head in heads
    )


def back_to(visit: Visit, side: Side) -> str:
    """Return the list as it stands, for the pages that lead back to it."""
    return urlencode({"side": side.value, **visit.query})


def stretch(visit: Visit, shown: int, total: Total) -> str:
    """Return which rows are shown, of how many: `1–50 of 307`, `51–52`."""
    start = start_of(visit)
    if not shown:
        return ""
    first, last = (number_text(n, language=visit.language) for n in (start + 1, start + shown))
    if total.number < start + shown:
        return text("invoices.stretch", language=visit.language, first=first, last=last)
    of = _number(total, language=visit.language)
    return text("invoices.stretch_of", language=visit.language, first=first, last=last, total=of)


def addresses(visit: Visit, after: str | None, shown: int) -> dict[str, str]:
    """Return where the list leads: to its first page, the next, without its filters, and to its exports."""
    listed = urlencode({name: value for name, value in visit.query.items() if name not in {"after", "from"}})
    return {
        "first": visit.address(after=None, **{"from": None}),
        "onward": visit.address(after=after, **{"from": str(start_of(visit) + shown)}),
        "unfiltered": visit.address(after=None, **{"from": None}, **dict.fromkeys(FIELDS)),
        **{form: f"/invoices/export/{form}?{listed}" for form in ("csv", "xlsx")},
    }


def service_choices(structure: Structure, chosen: str) -> tuple[Choice, ...]:
    """Return the services of a structure to choose from, by name."""
    found = (
        Choice(each.code, f"{each.name} ({each.code})", each.code == chosen) for each in structure.services
    )
    return tuple(sorted(found, key=lambda choice: choice.label.casefold()))


def _sum(totals: Sequence[Total]) -> Total:
    return Total(sum(each.number for each in totals), all(each.exact for each in totals))


def _number(total: Total, *, language: str) -> str:
    number = number_text(total.number, language=language)
    return number if total.exact else text("invoices.at_least", language=language, number=number)


def _partner_word(side: Side) -> str:
    return "recipient" if side is Side.ISSUED else "supplier"


def _is_open(head: InvoiceHead) -> bool:
    return status_badge(head.status, language="fr").tone not in {"good", "bad"}


def _is_late(head: InvoiceHead, *, now: dt.datetime) -> bool:
    return _has_due(head) and head.payment_due is not None and head.payment_due < legal_date(now)


def _has_due(head: InvoiceHead) -> bool:
    """Say whether somebody must still pay it: nobody pays a credit note."""
    return _is_open(head) and not head.is_credit_note


def _left(head: InvoiceHead, *, now: dt.datetime, language: str) -> str | None:
    """Return how long it is to the day of payment, where that is soon or was; nothing once it has ended."""
    if head.payment_due is None or not _has_due(head):
        return None
    days = (head.payment_due - legal_date(now)).days
    if days < 0:
        return count("console", "invoices.late", -days, language)
    return count("console", "invoices.left", days, language) if days <= _SOON.days else None
