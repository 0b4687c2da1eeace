"""Abandon a draft: nothing was sent, and its number stays free."""

from __future__ import annotations

from dataclasses import replace

from choriste.application.drafts.change_draft import rewrite_draft
from choriste.application.drafts.ports import DraftPorts
from choriste.domain.access.principal import Principal
from choriste.domain.drafts.draft import Draft
from choriste.domain.lifecycle import decide
from choriste.domain.shared.ids import InvoiceId


def abandon_draft(
    ports: DraftPorts, principal: Principal, draft_id: InvoiceId, *, expected_version: int | None = None
) -> Draft:
    """Give a draft up: nothing was sent, its number stays free. Raises as `change_draft` does."""

    def abandoned(draft: Draft) -> Draft:
        decision = decide(draft.position, name="delete-draft", role=draft.role)
        return replace(draft, status=decision.after.status)

    return rewrite_draft(ports, principal, draft_id, abandoned, expected_version=expected_version)
