"""Change an open draft. What may be done at which status is the lifecycle's table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from choriste.application.access.policy import require_issue
from choriste.application.drafts.draft_fields import filled_in
from choriste.application.drafts.ports import DraftPorts
from choriste.application.drafts.read_drafts import read_draft
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.entry import DraftFields
from choriste.domain.invoice.kept import Kept, without
from choriste.domain.shared.errors import DraftClosedError, NotFoundError, StaleVersionError
from choriste.domain.shared.ids import InvoiceId


def change_draft(  # noqa: PLR0913 - who changes which draft to what, from which version
    ports: DraftPorts,
    principal: Principal,
    draft_id: InvoiceId,
    *,
    fields: DraftFields,
    parties: NamedParties,
    expected_version: int | None = None,
) -> Draft:
    """Write what was entered anew and return the draft as it then stands.

    Raises `NotFoundError`, `ForbiddenError`, `DraftClosedError`, or `StaleVersionError` when somebody else
    changed it since `expected_version`.
    """

    def entered(draft: Draft) -> Draft:
        invoice = filled_in(ports, draft.structure, draft.invoice, fields)
        return replace(draft, invoice=invoice, parties=parties)

    return rewrite_draft(ports, principal, draft_id, entered, expected_version=expected_version)


def drop_kept(
    ports: DraftPorts, principal: Principal, draft_id: InvoiceId, kept: Kept, *, expected_version: int
) -> Draft:
    """Take away a part that no entry changes and return the draft; raises what `change_draft` raises."""

    def bare(draft: Draft) -> Draft:
        own = ports.directory.structure(draft.structure)
        if own is None:
            raise NotFoundError(kind="structure", id=draft.structure)
        return replace(draft, invoice=without(draft.invoice, kept, own=own))

    return rewrite_draft(ports, principal, draft_id, bare, expected_version=expected_version)


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
        raise StaleVersionError(version=draft.version, status=draft.status.value, read=expected_version)
    return draft
