"""Drafts in the core table: one item each, listed by its structure."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import ClientError

from choriste.adapters.aws.dynamodb.records.formats import RecordFormat
from choriste.adapters.aws.dynamodb.records.upcasters import draft_of_schema_1, draft_of_schema_2
from choriste.adapters.aws.dynamodb.table import CoreTable, Prefix, is_condition_failure, stamp
from choriste.application.shared.ports import Page
from choriste.domain.drafts.draft import Draft
from choriste.domain.shared.errors import StaleVersionError, TooLargeError
from choriste.domain.shared.ids import InvoiceId

DRAFT: Final = RecordFormat(kind="draft", model=Draft, upcasters=(draft_of_schema_1, draft_of_schema_2))

_HEAD: Final = "HEAD"
LARGEST: Final = 350_000
"""Bytes of a compressed draft; an item may have 400 KB, its keys included."""


class DynamoDrafts:
    """Implements `choriste.application.drafts.ports.Drafts`."""

    def __init__(self, table: CoreTable) -> None:
        self._table = table

    def get(self, draft_id: InvoiceId) -> Draft | None:
        """Return a draft."""
        item = self._table.get(_pk(draft_id), _HEAD)
        return DRAFT.read(item) if item else None

    def save(self, draft: Draft, *, expected_version: int) -> None:
        """Write a draft, new when `expected_version` is 0; raises `StaleVersionError` if it has moved on."""
        content = DRAFT.attributes(draft)
        if len(content["body"]) > LARGEST:
            raise TooLargeError(size=len(content["body"]), limit=LARGEST)
        item = {
            "pk": _pk(draft.id),
            "sk": _HEAD,
            "version": draft.version,
            "owner_key": Prefix.DRAFT + draft.structure,
            "owner_sort": f"{stamp(draft.created_at)}#{draft.id}",
            **content,
        }
        free, mine = "attribute_not_exists(pk)", "version = :expected"
        values = {"expected": expected_version} if expected_version else {}
        put = self._table.put_operation(item, condition=mine if values else free, **values)["Put"]
        try:
            self._table.client.put_item(**put)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            self._explain(draft)

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[Draft]:
        """Return the drafts of a structure, newest first."""
        items, more = self._table.newest(
            "by_owner",
            key=("owner_key", Prefix.DRAFT + structure),
            sort="owner_sort",
            after=after,
            limit=limit,
        )
        return Page(tuple(DRAFT.read(item) for item in items), more)

    def _explain(self, draft: Draft) -> None:
        """Distinguish a repeat of this write (nothing to do) from a conflicting one."""
        current = self.get(draft.id)
        if current is not None and current != draft:
            raise StaleVersionError(version=current.version, status=current.status.value)


def _pk(draft_id: InvoiceId) -> str:
    return f"{Prefix.DRAFT}{draft_id}"
