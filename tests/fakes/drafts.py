"""Drafts in memory: the twin of the DynamoDB adapter, for tests."""

from __future__ import annotations

from choriste.application.shared.ports import Page
from choriste.domain.drafts.draft import Draft
from choriste.domain.shared.errors import StaleVersionError
from choriste.domain.shared.ids import InvoiceId


class MemoryDrafts:
    """Implements the port `Drafts`."""

    def __init__(self) -> None:
        self._drafts: dict[InvoiceId, Draft] = {}

    def get(self, draft_id: InvoiceId) -> Draft | None:
        """Return a draft."""
        return self._drafts.get(draft_id)

    def save(self, draft: Draft, *, expected_version: int) -> None:
        """Write a draft; raises `StaleVersionError` if it has moved on."""
        current = self._drafts.get(draft.id)
        version = current.version if current is not None else 0
        if current != draft and version != expected_version:
            status = current.status.value if current is not None else ""
            raise StaleVersionError(version=version, status=status)
        self._drafts[draft.id] = draft

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[Draft]:
        """Return the drafts of a structure, newest first."""
        mine = [draft for draft in self._drafts.values() if draft.structure == structure]
        newest = sorted(mine, key=_place, reverse=True)
        rest = [draft for draft in newest if after is None or _place(draft) < after]
        rows = tuple(rest[:limit])
        return Page(rows, _place(rows[-1]) if len(rest) > limit else None)


def _place(draft: Draft) -> str:
    return f"{draft.created_at.isoformat(timespec='microseconds')}#{draft.id}"
