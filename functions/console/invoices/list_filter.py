"""What the address of the list of invoices asks for: a side, a queue, filters, an order, a place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from choriste.application.invoices.criteria import Between, Criteria, Side
from choriste.application.invoices.name_party import other_party
from choriste.application.invoices.search_invoices import NEWEST, Order, SortBy
from choriste.domain.lifecycle import Status
from choriste.domain.tracking.lists import Queue
from choriste.runtime.ports import platform_ports
from functions.console.web.visit import Visit

TABS: Final[dict[str, frozenset[Queue]]] = {
    "all": frozenset(),
    "mine": frozenset({Queue.MINE}),
    "waiting": frozenset({Queue.OTHERS, Queue.CORRECTION}),
    "refused": frozenset({Queue.REFUSED}),
}
"""The tabs of a list and the queues that each shows; the first has everything."""

FIELDS: Final = (
    "words",
    "status",
    "service",
    "reference",
    "mine",
    "issued_from",
    "issued_to",
    "due_from",
    "due_to",
    "amount_from",
    "amount_to",
)
"""The fields of the form, by their names in the address."""

FURTHER: Final = FIELDS[2:]
"""Those that are folded away until one is used."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; `faults` are the fields whose content cannot be read."""

    criteria: Criteria
    order: Order
    tab: str
    status: Status | None = None
    faults: tuple[str, ...] = ()
    used: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_narrowed(self) -> bool:
        """Whether a field of the form is filled in."""
        return bool(self.used)

    @property
    def is_folded(self) -> bool:
        """Whether the further fields are all empty."""
        return not self.used & set(FURTHER)


def asked_of(visit: Visit, side: Side) -> Asked:
    """Read an address; what cannot be read narrows nothing, and is told as a fault."""
    reader = _Reader(visit)
    tab = visit.query.get("queue", "")
    tab = tab if tab in tabs_of(side) else "all"
    status = next((each for each in Status if each == visit.query.get("status")), None)
    words = reader.text("words") or reader.text("number")  # older addresses say number
    service, reference = reader.text("service"), reader.text("reference")
    criteria = Criteria(
        queues=TABS[tab],
        statuses=frozenset({status} if status is not None else ()),
        words=other_party(platform_ports(), visit.user.principal, words, side) if words else None,
        services=frozenset({service} if service else ()),
        accounting_reference=reference or None,
        assignee=visit.user.user.id if reader.text("mine") else None,
        issued=Between(reader.day("issued_from"), reader.day("issued_to")),
        payment_day=Between(reader.day("due_from"), reader.day("due_to")),
        with_vat=Between(reader.amount("amount_from"), reader.amount("amount_to")),
    )
    used = frozenset(name for name in FIELDS if reader.text(name))
    return Asked(criteria, _order(visit, side, tab), tab, status, tuple(reader.faults), used)


def start_of(visit: Visit) -> int:
    """Return how many rows of a list come before the page that an address shows."""
    typed = visit.query.get("from", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0  # noqa: PLR2004


def tabs_of(side: Side) -> tuple[str, ...]:
    """Return the tabs of a side; validators and works actors have what waits for them, and everything."""
    return tuple(TABS) if side in {Side.ISSUED, Side.RECEIVED} else ("all", "mine")


class _Reader:
    """Reads the fields of an address, and notes the ones that it cannot read."""

    def __init__(self, visit: Visit) -> None:
        self._query = visit.query
        self.faults: list[str] = []

    def text(self, name: str) -> str:
        return self._query.get(name, "").strip()

    def day(self, name: str) -> dt.date | None:
        text = self.text(name)
        try:
            return dt.date.fromisoformat(text) if text else None
        except ValueError:
            self.faults.append(name)
            return None

    def amount(self, name: str) -> Decimal | None:
        text = "".join(self.text(name).replace(",", ".").replace("€", "").split())
        try:
            found = Decimal(text) if text else None
        except InvalidOperation:
            found = Decimal("NaN")
        if found is not None and not found.is_finite():
            self.faults.append(name)
            return None
        return found


def _order(visit: Visit, side: Side, tab: str) -> Order:
    """Return the order of a list; what waits for a recipient begins with what must be paid first."""
    wanted = visit.query.get("sort", "")
    by = next((each for each in SortBy if each == wanted.removeprefix("-")), None)
    if by is None:
        is_by_day = side is Side.RECEIVED and tab == "mine"
        return Order(SortBy.DUE, rises=True, language=visit.language) if is_by_day else NEWEST
    rises = not wanted.startswith("-")
    return NEWEST if by is SortBy.DEPOSIT and not rises else Order(by, rises, visit.language)
