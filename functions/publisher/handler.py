"""Publish the outbox: nudged by the core table's stream, and by a schedule for what a nudge missed."""

from __future__ import annotations

from typing import Any

from choriste.application.publish_changes import publish_changes
from choriste.runtime.workshop import workshop


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Publish everything that waits; a failure is raised, so that the nudge is repeated."""
    return {"published": publish_changes(workshop()), "batchItemFailures": []}
