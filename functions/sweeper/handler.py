"""What is due, on a schedule; with the action `resume`, everything that is unfinished, at once."""

from __future__ import annotations

from typing import Any

from choriste.application.operations.resume_overdue import resume_overdue
from choriste.runtime.ports import platform_ports


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return how many items were taken up."""
    return {"resumed": resume_overdue(platform_ports(), at_once=event.get("action") == "resume")}
