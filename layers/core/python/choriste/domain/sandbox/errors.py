"""What a sandbox refuses."""

from __future__ import annotations

from choriste.domain.shared.errors import ChoristeError


class SandboxClosedError(ChoristeError):
    """What would let a test structure meet people or structures from outside its sandbox; no parameter."""

    code = "sandbox-closed"
