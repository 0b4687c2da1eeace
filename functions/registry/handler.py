"""Structures whose check at the Sirene registry is due, in slices: each run checks what its time allows."""

from __future__ import annotations

import time
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.parties.check_registry import Slice, check_registry
from choriste.domain.access.principal import Principal
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start

_LEFT: Final = 30_000
"""Milliseconds that one more question and its changes may take."""


@logger.inject_lambda_context
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Return how many structures came to what; the log has the same counts."""
    part = Slice(has_time=lambda: context.get_remaining_time_in_millis() > _LEFT, sleep=time.sleep)
    counts = dict(check_registry(platform_ports(), Principal.platform("registry"), part))
    logger.info("structures checked", extra={"counts": counts})
    return {"checked": counts}
