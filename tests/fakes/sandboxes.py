"""Sandboxes in memory: the twin of the DynamoDB adapter."""

from __future__ import annotations

from threading import RLock

from choriste.domain.access.errors import StaleRecordError
from choriste.domain.sandbox.sandbox import Sandbox


class MemorySandboxes:
    """The sandboxes of developers."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._sandboxes: dict[str, Sandbox] = {}

    def get(self, sandbox_id: str) -> Sandbox | None:
        """Return a sandbox, or None."""
        return self._sandboxes.get(sandbox_id)

    def save(self, sandbox: Sandbox) -> None:
        """Store the next version of a sandbox."""
        with self._lock:
            known = self._sandboxes.get(sandbox.id)
            if sandbox.version != (known.version if known is not None else 0) + 1:
                raise StaleRecordError(kind="sandbox", id=sandbox.id)
            self._sandboxes[sandbox.id] = sandbox
