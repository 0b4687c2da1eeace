"""Keep drafts: begin, change, read, list and abandon an invoice that is being prepared.

A draft belongs to a structure; whoever may issue for it may work on it. What may be done at which status is
the lifecycle's table: a closed draft is taken up in a new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from choriste.application.access.policy import may_read_issued, require_issue, require_read_issued
from choriste.application.drafts.ports import DraftPorts
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.named_parties import Designations
from choriste.domain.drafts.draft import FRAME_BY_DEFAULT, Draft
from choriste.domain.invoice.entry import Entry, with_entry
from choriste.domain.invoice.model import Invoice
from choriste.domain.lifecycle import Origin, decide, initial
from choriste.domain.parties.structure import Structure, StructureIdentifier
from choriste.domain.shared.errors import DraftClosedError, NotFoundError, StaleVersionError
from choriste.domain.shared.ids import InvoiceId, new_invoice_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a draft begins with: an invoice (empty, or a refused one's), and whom it takes up."""

    invoice: Invoice = field(default_factory=Invoice)
    parties: Designations = field(default_factory=Designations)
    origin: Origin = Origin.DRAFT
    duplicate_of: InvoiceId | None = None


def begin_draft(
    ports: DraftPorts,
    principal: Principal,
    *,
    structure: str,
    entry: Entry,
    beginning: Beginning | None = None,
) -> Draft:
    """Store a new draft of a structure; raises `ForbiddenError`, or `NotFoundError` for no such structure."""
    require_issue(principal, structure)
    start, now = beginning or Beginning(), ports.clock.now()
    draft = Draft(
        id=new_invoice_id(now),
        version=1,
        status=initial(start.parties.frame or FRAME_BY_DEFAULT, origin=start.origin),
        structure=structure,
        account=principal.id,
        author=principal.name,
        created_at=now,
        changed_at=now,
        invoice=_entered(ports, structure, start.invoice, entry),
        parties=start.parties,
        duplicate_of=start.duplicate_of,
    )
    ports.drafts.save(draft, expected_version=0)
    return draft


def read_draft(ports: DraftPorts, principal: Principal, draft_id: InvoiceId) -> Draft:
    """Return a draft; raises `NotFoundError`, also when the principal may not know of it."""
    draft = ports.drafts.get(draft_id)
    if draft is None or not may_read_issued(principal, draft.structure):
        raise NotFoundError(kind="draft", id=draft_id)
    return draft


def list_drafts(
    ports: DraftPorts, principal: Principal, *, structure: str, after: str | None = None, limit: int = 50
) -> Page[Draft]:
    """Return a page of a structure's drafts, newest first; raises `ForbiddenError`."""
    require_read_issued(principal, structure)
    return ports.drafts.of_structure(structure, after=after, limit=limit)


def change_draft(  # noqa: PLR0913 - who changes which draft to what, from which version
    ports: DraftPorts,
    principal: Principal,
    draft_id: InvoiceId,
    *,
    entry: Entry,
    parties: Designations,
    expected_version: int | None = None,
) -> Draft:
    """Write what was entered anew and return the draft as it then stands.

    Raises `NotFoundError`, `ForbiddenError`, `DraftClosedError`, or `StaleVersionError` when somebody else
    changed it since `expected_version`.
    """

    def entered(draft: Draft) -> Draft:
        invoice = _entered(ports, draft.structure, draft.invoice, entry)
        return replace(draft, invoice=invoice, parties=parties)

    return rewrite_draft(ports, principal, draft_id, entered, expected_version=expected_version)


def abandon_draft(
    ports: DraftPorts, principal: Principal, draft_id: InvoiceId, *, expected_version: int | None = None
) -> Draft:
    """Give a draft up: nothing was sent, its number stays free. Raises as `change_draft` does."""

    def abandoned(draft: Draft) -> Draft:
        decision = decide(draft.position, name="delete-draft", role=draft.role)
        return replace(draft, status=decision.after.status)

    return rewrite_draft(ports, principal, draft_id, abandoned, expected_version=expected_version)


def rewrite_draft(
    ports: DraftPorts,
    principal: Principal,
    draft_id: InvoiceId,
    change: Callable[[Draft], Draft],
    *,
    expected_version: int | None,
) -> Draft:
    """Write one change of an open draft, by somebody who may issue for its structure."""
    draft = open_draft(ports, principal, draft_id, expected_version=expected_version)
    changed = replace(
        change(draft),
        version=draft.version + 1,
        account=principal.id,
        author=principal.name,
        changed_at=ports.clock.now(),
    )
    ports.drafts.save(changed, expected_version=draft.version)
    return changed


def open_draft(
    ports: DraftPorts, principal: Principal, draft_id: InvoiceId, *, expected_version: int | None
) -> Draft:
    """Return a draft that the principal may change now."""
    draft = read_draft(ports, principal, draft_id)
    require_issue(principal, draft.structure)
    if not draft.is_open:
        raise DraftClosedError(id=draft_id, status=draft.status.value)
    if expected_version is not None and draft.version != expected_version:
        raise StaleVersionError(version=draft.version, status=draft.status.value)
    return draft


def _entered(ports: DraftPorts, structure: str, invoice: Invoice, entry: Entry) -> Invoice:
    seller = ports.directory.structure(structure)
    if seller is None:
        raise NotFoundError(kind="structure", id=structure)
    return with_entry(invoice, entry, seller=seller, buyer=_recipient(ports, entry.recipient_siret))


def _recipient(ports: DraftPorts, siret: str | None) -> Structure | None:
    if siret is None:
        return None
    return ports.directory.structure_by_identifier(StructureIdentifier.siret(siret))
