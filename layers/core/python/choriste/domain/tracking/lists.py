"""The lists that an invoice stands in, and where: what a page shows is read from one of them.

What never changes (who, to whom, which number, which service) is written once, when the invoice is
registered. What changes is one queue for each side, and a step only moves an invoice between queues when the
turn passes to somebody else: five steps of a treatment cost a list nothing (docs/adr/0014-lists.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from choriste.domain.lifecycle import Role, Status
from choriste.domain.lifecycle.next_actor import expected_actors
from choriste.domain.lifecycle.statuses import STATUSES, Phase
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead, Involvement, involvements_of
from choriste.domain.tracking.journey import party_of, position_of


class Queue(StrEnum):
    """What one side has to do with an invoice; in transit, and once paid, it stands in no queue."""

    MINE = "mine"
    """It waits for this side."""
    OTHERS = "others"
    """It waits for somebody else to decide."""
    CORRECTION = "correction"
    """It waits for somebody else to complete or to correct it."""
    REFUSED = "refused"
    """It ended without being paid: refused, given up, replaced."""


class ListKind(StrEnum):
    """The kinds of lists; each has an owner, some a part of it."""

    ISSUED = "issued"
    RECEIVED = "received"
    VALIDATED = "validated"
    WORKS = "works"
    FILE = "file"
    """The pieces of a billing file; the owner is its first piece."""
    ISSUED_QUEUE = "issued-queue"
    RECEIVED_QUEUE = "received-queue"
    """What a structure issued or received, by `Queue`."""
    VALIDATED_QUEUE = "validated-queue"
    WORKS_QUEUE = "works-queue"
    """What waits for a validator, or for an actor of the works chain; these have no other queue."""
    DUE = "due"
    """What waits for a recipient, by the day when it must be paid."""
    BETWEEN = "between"
    """What a supplier sent a recipient; the part is the recipient."""
    SERVICE = "service"
    """What was received for a service, which is the part."""
    ASSIGNEE = "assignee"
    """What was assigned to an account, the owner."""
    ISSUED_NUMBER = "issued-number"
    RECEIVED_NUMBER = "received-number"
    """What a structure issued or received, by its number."""


@dataclass(frozen=True, slots=True)
class InvoiceList:
    """A list of invoices: whose, and of which part of its kind."""

    kind: ListKind
    owner: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a list, from one place to another, both included; None leaves an end open."""

    least: str | None = None
    most: str | None = None


UNDATED: Final = "9999-12-31"
"""Where an invoice that names no day of payment stands in the list by that day: last."""

_LINKED: Final = {
    Involvement.VALIDATE: ListKind.VALIDATED,
    Involvement.WORKS: ListKind.WORKS,
    Involvement.FILE: ListKind.FILE,
}
_FURTHER_TURNS: Final = {
    Role.VALIDATOR_1: ListKind.VALIDATED_QUEUE,
    Role.VALIDATOR_2: ListKind.VALIDATED_QUEUE,
    Role.MOE: ListKind.WORKS_QUEUE,
    Role.MOA: ListKind.WORKS_QUEUE,
}
_CORRECTED: Final = frozenset({Phase.CORRECTION, Phase.REFUSED})
_HOLDING: Final[Mapping[Phase, frozenset[Queue]]] = {
    **dict.fromkeys(
        (Phase.DRAFT, Phase.VALIDATION, Phase.WORKS, Phase.TREATMENT), frozenset({Queue.MINE, Queue.OTHERS})
    ),
    Phase.CORRECTION: frozenset({Queue.MINE, Queue.CORRECTION}),
    Phase.REFUSED: frozenset({Queue.MINE, Queue.CORRECTION, Queue.REFUSED}),
    Phase.ENDED: frozenset({Queue.REFUSED}),
    Phase.DELETED: frozenset({Queue.REFUSED}),
}
"""The queues of a phase; the State's correcting rejection still awaits its supplier."""

_UNQUEUED: Final = frozenset({Status.COMPTABILISEE, Status.MISE_EN_PAIEMENT})
"""What was paid, and what is in the accounts of a recipient that reports no payments, stands in no queue."""


def places_of(head: InvoiceHead) -> Mapping[InvoiceList, str]:
    """Return the lists that an invoice stands in, and its place in each; a place ends with `#` and its id."""
    place = deposit_place(head.deposited_at, head.id)
    found = dict.fromkeys(_lists(head), place)
    recipient = _recipient(head)
    if queue_of(head, recipient) is Queue.MINE:
        day = head.payment_due.isoformat() if head.payment_due is not None else UNDATED
        found[InvoiceList(ListKind.DUE, recipient)] = f"{day}#{place}"
    for kind, owner in (
        (ListKind.ISSUED_NUMBER, supplier_of(head)),
        (ListKind.RECEIVED_NUMBER, recipient),
    ):
        found[InvoiceList(kind, owner)] = f"{number_place(head.number)}#{place}"
    return found


def supplier_of(head: InvoiceHead) -> str:
    """Return the structure whose issued invoices one is among: the supplier, or else who deposited it."""
    return head.supplier.structure or head.depositor


def queue_of(head: InvoiceHead, structure: str) -> Queue | None:
    """Return the queue that an invoice stands in for a structure that issued or received it."""
    people = _waited_for(head)
    phase = STATUSES[head.status].phase
    if structure in people.values():
        return Queue.MINE
    if people:
        return Queue.CORRECTION if phase in _CORRECTED else Queue.OTHERS
    if phase is Phase.ENDED:
        return None if head.status is Status.MISE_EN_PAIEMENT else Queue.REFUSED
    return Queue.REFUSED if phase in {Phase.REFUSED, Phase.DELETED} else None


def queues_holding(statuses: Iterable[Status]) -> frozenset[Queue] | None:
    """Return the queues outside which no invoice of these statuses stands, None where there are none such."""
    found: frozenset[Queue] = frozenset()
    for status in statuses:
        queues = _HOLDING.get(STATUSES[status].phase)
        if queues is None or status in _UNQUEUED:
            return None
        found |= queues
    return found or None


def deposit_place(moment: dt.datetime, invoice: InvoiceId) -> str:
    """Return a place in a list by deposit: ISO 8601 in UTC to the microsecond, and the id."""
    return f"{moment.astimezone(dt.UTC).isoformat(timespec='microseconds')}#{invoice}"


def number_place(number: str) -> str:
    """Return how a number stands in the list by number: whatever the case and the spaces around it."""
    return number.strip().lower()


def invoice_at(place: str) -> InvoiceId:
    """Return the invoice that stands at a place."""
    return InvoiceId(int(place.rpartition("#")[2]))


def _lists(head: InvoiceHead) -> Iterator[InvoiceList]:
    """Yield the lists by the time of deposit."""
    supplier, recipient = supplier_of(head), _recipient(head)
    yield InvoiceList(ListKind.ISSUED, supplier)
    yield InvoiceList(ListKind.RECEIVED, recipient)
    yield InvoiceList(ListKind.BETWEEN, supplier, recipient)
    if head.service_code is not None:
        yield InvoiceList(ListKind.SERVICE, recipient, head.service_code)
    if head.assignee is not None:
        yield InvoiceList(ListKind.ASSIGNEE, head.assignee.account)
    for kind, owner in involvements_of(head):
        yield InvoiceList(_LINKED[kind], owner)
    yield from _queues(head, supplier, recipient)


def _queues(head: InvoiceHead, supplier: str, recipient: str) -> Iterator[InvoiceList]:
    if (queue := queue_of(head, supplier)) is not None:
        yield InvoiceList(ListKind.ISSUED_QUEUE, supplier, queue)
    if (queue := queue_of(head, recipient)) is not None:
        yield InvoiceList(ListKind.RECEIVED_QUEUE, recipient, queue)
    yield from _further_turn(head)


def _further_turn(head: InvoiceHead) -> Iterator[InvoiceList]:
    """Yield the queue of the validator or works actor who is waited for; of two, of who deposited it."""
    waited = {role: owner for role, owner in _waited_for(head).items() if role in _FURTHER_TURNS}
    mine = sorted(waited.items(), key=lambda each: (each[1] != head.depositor, each[0]))
    for role, structure in mine[:1]:
        yield InvoiceList(_FURTHER_TURNS[role], structure, Queue.MINE)


def _recipient(head: InvoiceHead) -> str:
    return str(head.recipient.structure)


def _waited_for(head: InvoiceHead) -> dict[Role, str]:
    """Return the structures whose people must act next, by role; the platform's own turn is nobody's."""
    found: dict[Role, str] = {}
    for role in sorted(expected_actors(position_of(head)) - {Role.PLATFORM}):
        party = party_of(head, role)
        found[role] = supplier_of(head) if role is Role.SUPPLIER else str(party.structure if party else None)
    return found
