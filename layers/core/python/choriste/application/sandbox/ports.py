"""What sandboxes ask of the outside."""

from __future__ import annotations

from typing import Protocol

from choriste.application.invoices.ports import InvoicePorts
from choriste.application.members.ports import MemberPorts
from choriste.application.shared.ports import IdempotencyStore
from choriste.domain.sandbox.sandbox import Sandbox


class Sandboxes(Protocol):
    """The sandboxes of developers."""

    def get(self, sandbox_id: str) -> Sandbox | None:
        """Return a sandbox, or None."""
        ...

    def save(self, sandbox: Sandbox) -> None:
        """Store the version after the stored one, version 1 of a new one; raise `StaleRecordError`."""
        ...


class SandboxPorts(MemberPorts, InvoicePorts, Protocol):
    """What it takes to open sandboxes and to play in them."""

    @property
    def sandboxes(self) -> Sandboxes:
        """The sandboxes of developers."""
        ...

    @property
    def idempotency(self) -> IdempotencyStore:
        """Keeps which sandbox has an answer kept back."""
        ...
