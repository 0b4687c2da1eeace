"""The first step of the intake machine: accept or refuse one document of a flow."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.application.deposits.integrate_document import integrate_document
from choriste.application.exchange.report_flow import report_flow
from choriste.application.shared.messages import known
from choriste.domain.shared.ids import FlowId
from choriste.runtime.observability import logger
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

settings()  # a missing variable stops the start


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return `outcome` (`accepted` or `refused`) and the `invoice_id`."""
    order = known(event)
    ports = platform_ports()
    document = integrate_document(ports, FlowId(order["flow_id"]), int(order["document"]))
    report_flow(ports, document.flow_id)  # to the partner that dropped it, once its last document is settled
    logger.info("settled", extra={"flow_id": document.flow_id, "outcome": document.outcome.value})
    return {"outcome": document.outcome.value, "invoice_id": document.invoice_id}
