"""The steps that state machines ask for: route an invoice, mark an incident, wait for a decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from choriste.application.approvals.await_decision import Left, keep_token, lapse_wait
from choriste.application.invoices.deliver_invoice import deliver_invoice
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports

Answer = dict[str, Any]


def handler(event: dict[str, Any], _context: object) -> Answer:
    """Take the step named by `action`."""
    return _ACTIONS[event["action"]](event)


def _route(event: dict[str, Any]) -> Answer:
    ports = platform_ports()
    invoice_id = InvoiceId(int(event["invoice_id"]))
    described = event["duplicate"]
    duplicate = AttachedFile(**{**described, "kind": FileKind(described["kind"])})
    head = deliver_invoice(ports, invoice_id, duplicate=duplicate)
    return {"outcome": head.status.value}


def _incident(event: dict[str, Any]) -> Answer:
    """Show the incident on the flow; the sweeper resumes it, and an alarm counts these lines."""
    platform_ports().flows.block(FlowId(event["flow_id"]))
    logger.error("intake incident", extra={"flow_id": event["flow_id"], "error": event.get("error")})
    return {"outcome": "incident"}


def _ask(event: dict[str, Any]) -> Answer:
    """Keep the token with which the decision will end the wait."""
    invoice_id, version = InvoiceId(int(event["invoice_id"])), int(event["version"])
    return {"outcome": keep_token(platform_ports(), invoice_id, version, str(event["token"]))}


def _lapse(event: dict[str, Any]) -> Answer:
    """End a wait that nobody answered; an alarm counts those that leave something for a person to look at."""
    invoice_id, version = InvoiceId(int(event["invoice_id"])), int(event["version"])
    lapse = lapse_wait(platform_ports(), invoice_id, version)
    said = {"invoice_id": invoice_id, "error": event.get("failure"), "left": lapse.left.value}
    if lapse.left is Left.NOTHING:
        logger.info("wait ended without an answer", extra=said)
    else:
        logger.error("approval lapsed", extra=said)
    return {"outcome": lapse.status}


_ACTIONS: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "route": _route,
    "incident": _incident,
    "ask": _ask,
    "lapse": _lapse,
}
