"""Read invoices: lists of one's own structures, one invoice with its history, and its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from choriste.application.access.policy import require_list
from choriste.application.invoices.access import actions_of, may_see, visible_invoice
from choriste.application.invoices.ports import FilePorts, InvoicePorts, Invoices
from choriste.application.shared.ports import Bucket, Page
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Space
from choriste.domain.lifecycle import Status, Transition
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead, Involvement, StatusChange

SCAN_ROWS = 200
SCAN_PAGES = 10
"""How much of a list one request reads at most: ten pages of 200 rows, some seconds in a function."""

_BUCKETS = {FileKind.ORIGINAL: Bucket.ARCHIVE, FileKind.ATTACHMENT: Bucket.ARCHIVE}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFilter:
    """What a list is narrowed to; None means no limit.

    `number` and `reference` (the recipient's accounting reference) match a part, whatever the case;
    `assignee` is an account.
    """

    statuses: frozenset[Status] | None = None
    number: str | None = None
    assignee: str | None = None
    reference: str | None = None

    def admits(self, head: InvoiceHead) -> bool:
        """Say whether an invoice passes."""
        by_status = self.statuses is None or head.status in self.statuses
        assigned = head.assignee.account if head.assignee is not None else None
        by_assignee = self.assignee is None or self.assignee == assigned
        texts = ((self.number, head.number), (self.reference, head.accounting_reference or ""))
        by_text = all(part is None or part.lower() in text.lower() for part, text in texts)
        return by_status and by_assignee and by_text


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice as its reader may see it: head, history oldest first, and the actions open to the reader."""

    head: InvoiceHead
    history: tuple[StatusChange, ...]
    actions: tuple[Transition, ...]


def list_invoices(  # noqa: PLR0913 - a page of a list is these facts
    ports: InvoicePorts,
    principal: Principal,
    *,
    structure: str,
    side: Side,
    narrowed: InvoiceFilter,
    after: str | None = None,
    limit: int = 50,
) -> Page[InvoiceHead]:
    """Return a page of a structure's invoices, newest first; raises `ForbiddenError`.

    Where few rows match, a page ends after `SCAN_PAGES` pages of the list were read: it then has fewer rows
    than `limit`, or none, and `after` is where the search goes on.
    A reader who is limited to services sees the invoices of those services only.
    """
    require_list(principal, side.space, structure)
    found: list[InvoiceHead] = []
    for page in _pages(ports, structure, side, after=after, first=max(limit, 1)):
        for head in page.rows:
            if narrowed.admits(head) and may_see(principal, head):
                found.append(head)
            if len(found) == limit:
                return Page(tuple(found), f"{head.deposited_at.isoformat(timespec='microseconds')}#{head.id}")
        after = page.after
    return Page(tuple(found), after)


def _pages(
    ports: InvoicePorts, structure: str, side: Side, *, after: str | None, first: int
) -> Iterator[Page[InvoiceHead]]:
    """Yield what one request reads of a list: as many rows as were asked for, then full pages."""
    for size in (min(first, SCAN_ROWS), *(SCAN_ROWS,) * (SCAN_PAGES - 1)):
        page = _QUERIES[side](ports.invoices, structure, after, size)
        yield page
        after = page.after
        if after is None:
            return


_Query = Callable[[Invoices, str, str | None, int], Page[InvoiceHead]]
_QUERIES: dict[Side, _Query] = {
    Side.ISSUED: lambda store, owner, after, limit: store.issued_by(owner, after=after, limit=limit),
    Side.RECEIVED: lambda store, owner, after, limit: store.received_by(owner, after=after, limit=limit),
    Side.VALIDATION: lambda store, owner, after, limit: store.involving(
        owner, Involvement.VALIDATE, after=after, limit=limit
    ),
    Side.WORKS: lambda store, owner, after, limit: store.involving(
        owner, Involvement.WORKS, after=after, limit=limit
    ),
}


def read_invoice(ports: InvoicePorts, principal: Principal, invoice_id: InvoiceId) -> InvoiceView:
    """Return an invoice; raises `NotFoundError`, also when the principal may not know of it."""
    return view_of(ports, principal, visible_invoice(ports.invoices, principal, invoice_id))


def view_of(ports: InvoicePorts, principal: Principal, head: InvoiceHead) -> InvoiceView:
    """Return an invoice whose head is at hand, as after a step that the reader has just taken."""
    return InvoiceView(head, ports.invoices.history(head.id), actions_of(principal, head))


def read_file(
    ports: FilePorts, principal: Principal, invoice_id: InvoiceId, name: str
) -> tuple[AttachedFile, bytes]:
    """Return a file of an invoice with its bytes; raises `NotFoundError`."""
    file, bucket = _find_file(ports, principal, invoice_id, name)
    return file, ports.files.get(bucket, file.key)


def file_address(
    ports: FilePorts, principal: Principal, invoice_id: InvoiceId, name: str, *, seconds: int = 300
) -> tuple[AttachedFile, str]:
    """Return a file of an invoice with an address to download it from for that long."""
    file, bucket = _find_file(ports, principal, invoice_id, name)
    return file, ports.files.download_address(bucket, file.key, filename=file.name, seconds=seconds)


def _find_file(
    ports: FilePorts, principal: Principal, invoice_id: InvoiceId, name: str
) -> tuple[AttachedFile, Bucket]:
    head = visible_invoice(ports.invoices, principal, invoice_id)
    file = next((file for file in head.files if file.name == name), None)
    if file is None:
        raise NotFoundError(kind="file", id=name)
    return file, _BUCKETS.get(file.kind, Bucket.DOCUMENTS)
