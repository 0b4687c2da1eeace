"""Read a billing file (*dossier de facturation*): its pieces in order, what stands for each, and its files.

Contractor, project manager and contracting authority are parties of every piece; a subcontractor or
co-contractor sees its own pieces only (docs/reference/works-contracts.md#what-a-billing-file-shares).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from choriste.application.invoices.access import may_see, roles_of
from choriste.application.invoices.ports import InvoicePorts
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle import Frame
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead
from choriste.domain.tracking.lists import InvoiceList, ListKind, invoice_at
from choriste.domain.works.billing_file import admitted_amount, answers_by
from choriste.domain.works.checks import file_of

_LIMIT = 200
"""Most pieces of one payment of a contract."""


@dataclass(frozen=True, slots=True)
class PieceView:
    """A piece as its reader sees it: what it asks, what was admitted for it, who may answer it how."""

    head: InvoiceHead
    admitted: Decimal
    answers: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class BillingView:
    """The pieces that the reader may see, oldest first, and every file that it may see and reuse."""

    id: InvoiceId
    pieces: tuple[PieceView, ...]
    files: tuple[tuple[InvoiceId, AttachedFile], ...]


def read_billing_file(ports: InvoicePorts, principal: Principal, file_id: InvoiceId) -> BillingView:
    """Return a billing file by the id of its first piece, or of any piece of it; raises `NotFoundError`."""
    first = ports.invoices.get(file_id)
    if first is None or not first.frame.is_works or not may_see(principal, first):
        raise NotFoundError(kind="billing-file", id=file_id)
    root = file_of(first)
    page = ports.invoices.places(InvoiceList(ListKind.FILE, str(root)), after=None, limit=_LIMIT)
    found = ports.invoices.heads([invoice_at(place) for place in reversed(page.rows)])
    heads = [head for head in found if file_of(head) == root]
    seen = [head for head in heads if may_see(principal, head)]
    roles = frozenset(role for head in seen for role in roles_of(principal, head))
    pieces = tuple(PieceView(head, admitted_amount(head, heads), answers_by(roles, head)) for head in seen)
    files = tuple((h.id, f) for h in seen for f in h.files if f.kind is not FileKind.READABLE_COPY)
    return BillingView(root, pieces, files)
