"""End a browser's session."""

from __future__ import annotations

from choriste.application.access.hashing import fingerprint
from choriste.application.access.ports import AccessPorts


def sign_out(token: str, *, access: AccessPorts) -> None:
    """End the session of this token at once; an unknown token is passed over."""
    access.sessions.end_sessions([fingerprint(token)])
