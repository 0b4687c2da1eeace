"""What is done once a day: the managers of technical accounts about to expire are warned."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.connections.warn_of_expiry import warn_of_expiry
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start


@logger.inject_lambda_context
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return how many accounts the warnings of this run were about."""
    return {"warned": warn_of_expiry(platform_ports())}
