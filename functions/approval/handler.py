"""The steps that state machines ask for: route an invoice, or mark an incident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from choriste.application.deliver_invoice import deliver_invoice
from choriste.application.read_flows import invoice_of
from choriste.domain.head import AttachedFile, FileKind
from choriste.domain.ids import FlowId
from choriste.runtime.observability import logger
from choriste.runtime.workshop import workshop

Answer = dict[str, Any]


def handler(event: dict[str, Any], _context: object) -> Answer:
    """Take the step named by `action`."""
    return _ACTIONS[event["action"]](event)


def _route(event: dict[str, Any]) -> Answer:
    shop = workshop()
    invoice_id = invoice_of(shop, FlowId(event["flow_id"]), int(event["document"]))
    described = event["duplicate"]
    duplicate = AttachedFile(**{**described, "kind": FileKind(described["kind"])})
    head = deliver_invoice(shop, invoice_id, duplicate=duplicate)
    return {"outcome": head.status.value}


def _incident(event: dict[str, Any]) -> Answer:
    """Show the incident on the flow; the sweeper resumes it, and an alarm counts these lines."""
    workshop().flows.block(FlowId(event["flow_id"]))
    logger.error("intake incident", extra={"flow_id": event["flow_id"], "error": event.get("error")})
    return {"outcome": "incident"}


_ACTIONS: dict[str, Callable[[dict[str, Any]], Answer]] = {"route": _route, "incident": _incident}
