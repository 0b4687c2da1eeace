"""Read drafts: one, or the list of a structure."""

from __future__ import annotations

from choriste.application.access.policy import may_read_issued, require_read_issued
from choriste.application.drafts.ports import DraftPorts
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.drafts.draft import Draft
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import InvoiceId


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
