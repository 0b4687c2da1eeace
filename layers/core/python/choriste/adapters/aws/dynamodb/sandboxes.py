"""Sandboxes in the core table: one item each."""

from __future__ import annotations

from typing import Final

from choriste.adapters.aws.dynamodb.heads import ABSENT, HEAD, head_item, put_one
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.sandbox.sandbox import Sandbox

SANDBOX: Final = RecordFormat(kind="sandbox", model=Sandbox, upcasters=())

_PREFIX: Final = "SANDBOX#"


class DynamoSandboxes:
    """Implements `choriste.application.sandbox.ports.Sandboxes`."""

    def __init__(self, core: CoreTable) -> None:
        self._core = core

    def get(self, sandbox_id: str) -> Sandbox | None:
        """Return a sandbox, or None."""
        item = self._core.get(_PREFIX + sandbox_id, HEAD)
        return SANDBOX.read(item) if item else None

    def save(self, sandbox: Sandbox) -> None:
        """Store the next version of a sandbox."""
        row = head_item(_PREFIX + sandbox.id, SANDBOX, sandbox, version=sandbox.version)
        before = sandbox.version - 1
        stored = (
            put_one(self._core, row, condition="version = :before", before=before)
            if before
            else put_one(self._core, row, condition=ABSENT)
        )
        if not stored:
            raise StaleRecordError(kind="sandbox", id=sandbox.id)
