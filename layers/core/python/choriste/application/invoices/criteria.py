"""What a list of invoices is narrowed to, and which side of its invoices a structure looks at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from choriste.domain.access.user import Space
from choriste.domain.lifecycle import Frame, Status
from choriste.domain.parties.search import plain
from choriste.domain.tracking.head import InvoiceHead, PartyReference
from choriste.domain.tracking.lists import Queue, number_place

Value = TypeVar("Value", dt.date, dt.datetime, Decimal)


class Side(StrEnum):
    """Which side of its invoices a structure looks at."""

    ISSUED = "issued"
    RECEIVED = "received"
    VALIDATION = "validation"
    """Invoices of subcontractors and co-contractors that it validates."""
    WORKS = "works"
    """Works documents where it is project manager or contracting authority."""

    @property
    def space(self) -> Space:
        """The right that opens this list."""
        return {Side.RECEIVED: Space.RECEIVE, Side.WORKS: Space.WORKS}.get(self, Space.ISSUE)


@dataclass(frozen=True)
class Between(Generic[Value]):
    """An interval, both ends included; None leaves an end open."""

    least: Value | None = None
    most: Value | None = None

    @property
    def is_open(self) -> bool:
        """Whether it limits nothing."""
        return self.least is None and self.most is None

    def admits(self, value: Value) -> bool:
        """Say whether a value lies in the interval."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class PartyCriterion:
    """Which structures a party may be: by id, or, with `sirens`, any structure of their companies."""

    structures: frozenset[str] = frozenset()
    sirens: frozenset[str] = frozenset()

    def admits(self, party: PartyReference | None) -> bool:
        """Say whether a party is one of them; without any, everybody is."""
        if not self.structures and not self.sirens:
            return True
        return party is not None and (
            party.structure in self.structures or party.identifier[:9] in self.sirens
        )


@dataclass(frozen=True, slots=True)
class OtherParty:
    """The other party in somebody's words: a part of its name, or its number or the beginning of it.

    `structures` are the ones that answer to it, None where they are not known or too many.
    """

    text: str
    side: Side
    structures: frozenset[str] | None = None

    def is_part_of(self, number: str) -> bool:
        """Say whether it is a part of the number of an invoice, whatever the case."""
        return number_place(self.text) in number_place(number)

    def admits(self, head: InvoiceHead) -> bool:
        """Say whether the other party of an invoice answers to it."""
        party = head.recipient if self.side is Side.ISSUED else head.supplier
        digits = "".join(self.text.split())
        named = all(word in plain(party.name) for word in plain(self.text).split())
        by_number = digits.isdigit() and party.identifier.startswith(digits)
        return named or by_number or (self.structures is not None and party.structure in self.structures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a list is narrowed to; None, or an empty set, means no limit.

    `number` is a whole one, `number_begins` its beginning, `accounting_reference` a part of the recipient's
    reference, whatever the case. `deposited` and `moved` (the moment of the present status) are periods in
    UTC; `works` tells works documents from other invoices. `reference` is the purchase order or engagement,
    `assignee` an account. `payment_day` is when the invoice asks to be paid, `other` who it came from or went
    to, `words` a part of the number, or `other`.
    """

    queues: frozenset[Queue] = frozenset()
    number: str | None = None
    number_begins: str | None = None
    accounting_reference: str | None = None
    assignee: str | None = None
    payment_day: Between[dt.date] = field(default_factory=Between)
    other: OtherParty | None = None
    words: OtherParty | None = None
    statuses: frozenset[Status] = frozenset()
    frames: frozenset[Frame] = frozenset()
    credit_notes: bool | None = None
    works: bool | None = None
    downloaded: bool | None = None
    rejection_closed: bool | None = None
    deposited: Between[dt.datetime] = field(default_factory=Between)
    moved: Between[dt.datetime] = field(default_factory=Between)
    issued: Between[dt.date] = field(default_factory=Between)
    without_vat: Between[Decimal] = field(default_factory=Between)
    with_vat: Between[Decimal] = field(default_factory=Between)
    due: Between[Decimal] = field(default_factory=Between)
    contract: str | None = None
    reference: str | None = None
    services: frozenset[str] = frozenset()
    supplier: PartyCriterion = field(default_factory=PartyCriterion)
    recipient: PartyCriterion = field(default_factory=PartyCriterion)
    validator: PartyCriterion = field(default_factory=PartyCriterion)
    moe: PartyCriterion = field(default_factory=PartyCriterion)
    moa: PartyCriterion = field(default_factory=PartyCriterion)

    def admits(self, head: InvoiceHead) -> bool:
        """Say whether an invoice passes, its queue apart, which depends on who looks."""
        return self._by_kind(head) and self._by_text(head) and self._by_range(head) and self._by_party(head)

    def _by_kind(self, head: InvoiceHead) -> bool:
        wanted = (
            (self.credit_notes, head.is_credit_note),
            (self.works, head.frame.is_works),
            (self.downloaded, head.downloaded),
            (self.rejection_closed, head.rejection_closed),
        )
        by_status = not self.statuses or head.status in self.statuses
        by_frame = not self.frames or head.frame in self.frames
        return by_status and by_frame and all(asked in {None, found} for asked, found in wanted)

    def _by_text(self, head: InvoiceHead) -> bool:
        texts = (
            (self.number, head.number),
            (self.contract, head.contract),
            (self.reference, head.engagement),
        )
        by_service = not self.services or head.service_code in self.services
        assigned = head.assignee.account if head.assignee is not None else None
        return (
            by_service
            and self.assignee in {None, assigned}
            and (self.accounting_reference or "").lower() in (head.accounting_reference or "").lower()
            and begins(self.number_begins, head)
            and all(asked is None or asked.lower() == (found or "").lower() for asked, found in texts)
        )

    def _by_range(self, head: InvoiceHead) -> bool:
        by_time = self.deposited.admits(head.deposited_at) and self.moved.admits(head.status_at)
        by_amount = self.without_vat.admits(head.without_vat) and self.with_vat.admits(head.with_vat)
        day = head.payment_due
        by_time = by_time and (self.payment_day.admits(day) if day else self.payment_day.is_open)
        return by_time and self.issued.admits(head.issue_date) and by_amount and self.due.admits(head.due)

    def _by_party(self, head: InvoiceHead) -> bool:
        validators = (head.validator_1, head.validator_2)
        return (
            (self.other is None or self.other.admits(head))
            and (self.words is None or self.words.admits(head) or self.words.is_part_of(head.number))
            and self.supplier.admits(head.supplier)
            and self.recipient.admits(head.recipient)
            and any(self.validator.admits(each) for each in validators)
            and self.moe.admits(head.moe)
            and self.moa.admits(head.moa)
        )


def begins(text: str | None, head: InvoiceHead) -> bool:
    """Say whether the number of an invoice begins with a text, whatever the case."""
    return text is None or number_place(head.number).startswith(number_place(text))
