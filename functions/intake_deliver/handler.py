"""The last steps of the intake machine: deliver an accepted invoice, or mark an incident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.invoices.deliver_invoice import deliver_invoice
from choriste.application.shared.messages import known
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start

Answer = dict[str, Any]


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> Answer:
    """Take the step named by `action`: `deliver` or `incident`."""
    return _ACTIONS[event["action"]](known(event))


def _deliver(event: dict[str, Any]) -> Answer:
    invoice_id = InvoiceId(int(event["invoice_id"]))
    described = event["readable_copy"]
    copy = AttachedFile(**{**described, "kind": FileKind(described["kind"])})
    head = deliver_invoice(platform_ports(), invoice_id, readable_copy=copy)
    return {"outcome": head.status.value}


def _incident(event: dict[str, Any]) -> Answer:
    """Show the incident on the flow; the sweeper resumes it, and an alarm counts these lines."""
    platform_ports().flows.block(FlowId(event["flow_id"]))
    logger.error("intake incident", extra={"flow_id": event["flow_id"], "error": event.get("error")})
    return {"outcome": "incident"}


_ACTIONS: dict[str, Callable[[dict[str, Any]], Answer]] = {"deliver": _deliver, "incident": _incident}
