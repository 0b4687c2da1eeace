"""End a browser's session."""

from __future__ import annotations

from choriste.application.identity.hashing import fingerprint
from choriste.application.identity.ports import Gate


def sign_out(token: str, *, gate: Gate) -> None:
    """End the session of this token at once; an unknown token is passed over."""
    gate.sessions.end_sessions([fingerprint(token)])
