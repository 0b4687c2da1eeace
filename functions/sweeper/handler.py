"""What is due, on a schedule; with the action `resume`, everything that is unfinished, at once."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.operations.resume_overdue import resume_overdue
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return how many items were taken up."""
    return {"resumed": resume_overdue(platform_ports(), at_once=event.get("action") == "resume")}
