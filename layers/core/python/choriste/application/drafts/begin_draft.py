"""Begin a draft: an invoice in preparation, which belongs to a structure.

Whoever may issue for the structure may work on it. A closed draft is copied into a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from choriste.application.access.policy import require_issue
from choriste.application.drafts.draft_fields import filled_in
from choriste.application.drafts.ports import DraftPorts
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.drafts.draft import FRAME_BY_DEFAULT, Draft, DraftReading
from choriste.domain.invoice.entry import DraftFields
from choriste.domain.invoice.model import Invoice
from choriste.domain.lifecycle import Origin, initial
from choriste.domain.shared.ids import InvoiceId, new_invoice_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSource:
    """What a draft begins with: an invoice (empty, or a refused one's), and whom it takes up."""

    invoice: Invoice = field(default_factory=Invoice)
    parties: NamedParties = field(default_factory=NamedParties)
    origin: Origin = Origin.DRAFT
    duplicate_of: InvoiceId | None = None
    read: DraftReading | None = None


def begin_draft(
    ports: DraftPorts,
    principal: Principal,
    *,
    structure: str,
    fields: DraftFields,
    source: DraftSource | None = None,
) -> Draft:
    """Store a new draft of a structure; raises `ForbiddenError`, or `NotFoundError` for no such structure."""
    require_issue(principal, structure)
    start, now = source or DraftSource(), ports.clock.now()
    draft = Draft(
        id=new_invoice_id(now),
        version=1,
        status=initial(start.parties.frame or FRAME_BY_DEFAULT, origin=start.origin),
        structure=structure,
        account=principal.id,
        author=principal.name,
        created_at=now,
        changed_at=now,
        invoice=filled_in(ports, structure, start.invoice, fields),
        parties=start.parties,
        duplicate_of=start.duplicate_of,
        read=start.read,
    )
    ports.drafts.save(draft, expected_version=0)
    return draft
