"""Search invoices by what their heads say, over one structure or over all that the reader has rights on.

The lists are kept by the date of deposit, newest first, so a period of deposit bounds what is read; every
other criterion is tried on the rows. One search reads what `list_invoices` reads at most: where few rows
match, a page is short and says where to go on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from choriste.application.access.policy import lists_of
from choriste.application.deposits.ports import DepositPorts
from choriste.application.deposits.read_report import read_report
from choriste.application.invoices.access import may_see
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.invoices.read_invoices import InvoiceFilter, Side, list_invoices
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Outcome
from choriste.domain.lifecycle import Frame, Status
from choriste.domain.shared.ids import FlowId
from choriste.domain.tracking.head import InvoiceHead, PartyReference

Value = TypeVar("Value", dt.date, dt.datetime, Decimal)


@dataclass(frozen=True)
class Between(Generic[Value]):
    """An interval, both ends included; None leaves an end open."""

    least: Value | None = None
    most: Value | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a search is narrowed to; None, or an empty set, means no limit.

    `deposited` and `moved` (the moment of the present status) are periods in UTC; `works` tells works
    documents from other invoices. `reference` is the purchase order or engagement.
    """

    number: str | None = None
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
        """Say whether an invoice passes."""
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
        return by_service and all(
            asked is None or asked.lower() == (found or "").lower() for asked, found in texts
        )

    def _by_range(self, head: InvoiceHead) -> bool:
        by_time = self.deposited.admits(head.deposited_at) and self.moved.admits(head.status_at)
        by_amount = self.without_vat.admits(head.without_vat) and self.with_vat.admits(head.with_vat)
        return by_time and self.issued.admits(head.issue_date) and by_amount and self.due.admits(head.due)

    def _by_party(self, head: InvoiceHead) -> bool:
        validators = (head.validator_1, head.validator_2)
        return (
            self.supplier.admits(head.supplier)
            and self.recipient.admits(head.recipient)
            and any(self.validator.admits(each) for each in validators)
            and self.moe.admits(head.moe)
            and self.moa.admits(head.moa)
        )


def search_invoices(  # noqa: PLR0913 - a page of a search is these facts
    ports: InvoicePorts,
    principal: Principal,
    *,
    side: Side,
    criteria: Criteria,
    structure: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[InvoiceHead]:
    """Return a page of the invoices that pass, newest deposit first.

    Without a structure, those of every structure whose list the principal may read. Raises `ForbiddenError`.
    """
    owners = (structure,) if structure is not None else lists_of(principal, side.space)
    start = _earlier(after, _end(criteria.deposited))
    pages = [
        list_invoices(
            ports,
            principal,
            structure=owner,
            side=side,
            narrowed=_Filter(criteria=criteria),
            after=start,
            limit=limit,
        )
        for owner in owners
    ]
    return _bounded(_merged(pages, limit), criteria.deposited)


def invoices_of_flow(
    ports: DepositPorts, principal: Principal, flow_id: FlowId, criteria: Criteria
) -> tuple[InvoiceHead, ...]:
    """Return the invoices that a deposited file became and that pass, in its order.

    Raises `NotFoundError`, also for somebody else's flow.
    """
    documents = read_report(ports, principal, flow_id).documents
    accepted = (document.invoice_id for document in documents if document.outcome is Outcome.ACCEPTED)
    heads = (ports.invoices.get(each) for each in accepted)
    return tuple(
        head for head in heads if head is not None and may_see(principal, head) and criteria.admits(head)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filter(InvoiceFilter):
    criteria: Criteria

    def admits(self, head: InvoiceHead) -> bool:
        """Say whether an invoice passes, or is so old that the reading may end with it."""
        least = self.criteria.deposited.least
        return self.criteria.admits(head) or (least is not None and head.deposited_at < least)


def _place(head: InvoiceHead) -> str:
    return f"{head.deposited_at.isoformat(timespec='microseconds')}#{head.id}"


def _end(period: Between[dt.datetime]) -> str | None:
    """Return the place in a list after which the deposits up to the end of a period stand."""
    if period.most is None:
        return None
    return f"{period.most.astimezone(dt.UTC).isoformat(timespec='microseconds')}#~"


def _earlier(*places: str | None) -> str | None:
    return min((place for place in places if place is not None), default=None)


def _merged(pages: Sequence[Page[InvoiceHead]], limit: int) -> Page[InvoiceHead]:
    """Return the newest rows of several lists: none that a list not yet read so far could come before."""
    frontier = max((page.after for page in pages if page.after is not None), default=None)
    found = {head.id: head for page in pages for head in page.rows}
    rows = sorted(found.values(), key=_place, reverse=True)
    sure = [head for head in rows if frontier is None or _place(head) >= frontier]
    if len(sure) > limit:
        return Page(tuple(sure[:limit]), _place(sure[limit - 1]))
    return Page(tuple(sure), frontier)


def _bounded(page: Page[InvoiceHead], period: Between[dt.datetime]) -> Page[InvoiceHead]:
    """Return the page without what is older than a period; a list ends with the first such row."""
    least = period.least
    if least is None:
        return page
    kept = tuple(head for head in page.rows if head.deposited_at >= least)
    return Page(kept, page.after if len(kept) == len(page.rows) else None)


def heads_by_place(heads: Iterable[InvoiceHead]) -> tuple[InvoiceHead, ...]:
    """Return invoices, newest deposit first."""
    return tuple(sorted(heads, key=_place, reverse=True))
