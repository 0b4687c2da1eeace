"""What is due, on two schedules: deadlines, which a law sets, and flows, which something may hold up.

With the action `resume`, everything that is unfinished, at once.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.operations.ports import EVERY_KIND, DueKind
from choriste.application.operations.resume_overdue import DEADLINES, resume_overdue
from choriste.runtime.messages import time_left
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start


_KINDS = {"deadlines": DEADLINES, "flows": frozenset({DueKind.FLOW})}


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Return how many items were taken up."""
    action = str(event.get("action"))
    resumed = resume_overdue(
        platform_ports(),
        at_once=action == "resume",
        kinds=_KINDS.get(action, EVERY_KIND),
        has_time=time_left(context),
    )
    return {"resumed": resumed}
