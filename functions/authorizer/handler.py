"""Authorizer of the HTTP API: simple responses, payload 2.0.

Its answers must not be cached: a reset or a revocation counts from the next request on. The context
names who acts by id only; the function behind reads that actor's present rights.
"""

from __future__ import annotations

from typing import Any

from choriste.domain.access.errors import UnauthenticatedError
from choriste.runtime.identity import authenticate
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Say whether the request may pass, and as whom: `principal_kind`, `principal_id`."""
    del context
    try:
        principal = authenticate(event)
    except UnauthenticatedError:
        return {"isAuthorized": False, "context": {}}
    return {
        "isAuthorized": True,
        "context": {"principal_kind": principal.kind.value, "principal_id": principal.id},
    }
