"""Read drafts: one, or the list of a structure."""

from __future__ import annotations

from choriste.application.access.policy import may_read_issued, require_read_issued
from choriste.application.drafts.ports import DraftPorts
from choriste.application.shared.ports import Bucket, Page
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


def page_key(draft_id: InvoiceId, number: int) -> str:
    """Return where the picture of a page is kept that a draft began from."""
    return f"drafts/{draft_id}/{number}.jpg"


def read_page(ports: DraftPorts, principal: Principal, draft_id: InvoiceId, number: int) -> bytes:
    """Return the picture (JPEG) of a page that a draft began from; raises `NotFoundError`."""
    draft = read_draft(ports, principal, draft_id)
    if draft.read is None or not 1 <= number <= draft.read.pages:
        raise NotFoundError(kind="file", id=f"{draft_id}/{number}")
    return ports.files.get(Bucket.DOCUMENTS, page_key(draft_id, number))


def list_drafts(
    ports: DraftPorts, principal: Principal, *, structure: str, after: str | None = None, limit: int = 50
) -> Page[Draft]:
    """Return a page of a structure's drafts, newest first; raises `ForbiddenError`."""
    require_read_issued(principal, structure)
    return ports.drafts.of_structure(structure, after=after, limit=limit)
