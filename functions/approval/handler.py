"""The steps of the approval machine: keep the token of a wait, and end a wait that nobody answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.approvals.await_decision import keep_token
from choriste.application.approvals.expire_wait import Leftover, expire_wait
from choriste.application.shared.messages import known
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start

Answer = dict[str, Any]


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> Answer:
    """Take the step named by `action`: `ask` or `lapse`."""
    return _ACTIONS[event["action"]](known(event))


def _ask(event: dict[str, Any]) -> Answer:
    """Keep the token with which the decision will end the wait."""
    invoice_id, version = InvoiceId(int(event["invoice_id"])), int(event["version"])
    return {"outcome": keep_token(platform_ports(), invoice_id, version, str(event["token"]))}


def _lapse(event: dict[str, Any]) -> Answer:
    """End a wait that nobody answered; an alarm counts those that leave something for a person to look at."""
    invoice_id, version = InvoiceId(int(event["invoice_id"])), int(event["version"])
    expired = expire_wait(platform_ports(), invoice_id, version)
    said = {"invoice_id": invoice_id, "error": event.get("failure"), "left": expired.leftover.value}
    if expired.leftover is Leftover.NOTHING:
        logger.info("wait ended without an answer", extra=said)
    else:
        logger.error("approval lapsed", extra=said)
    return {"outcome": expired.status}


_ACTIONS: dict[str, Callable[[dict[str, Any]], Answer]] = {"ask": _ask, "lapse": _lapse}
