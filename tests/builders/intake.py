"""Takes deposits through the intake as the state machine does, step by step, with its retries."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from choriste.application.deposits.integrate_document import integrate_document
from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.application.invoices.deliver_invoice import deliver_invoice
from choriste.application.printouts.render_readable_copy import readable_copy_of
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel, Document, Flow, Outcome
from choriste.domain.shared.ids import FlowId
from choriste.domain.tracking.head import InvoiceHead
from choriste.runtime.ports import PlatformPorts
from tests.builders.faults import Killed
from tests.builders.ports import SUPPLIER, supplier

Result = TypeVar("Result")
TRIES = 5


def persistently(work: Callable[[], Result]) -> Result:
    """Do a step as a machine's Retry does: again after a failure or the end of its process, a few times."""
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except (RuntimeError, OSError, ClientError, Killed):
            if attempt == TRIES:
                raise
    raise AssertionError


def deposited(
    ports: PlatformPorts, content: bytes, *, filename: str = "invoice.xml", by: Principal | None = None
) -> Flow:
    """Deposit a file and run the intake of each of its documents; return the flow as it then is."""
    flow = persistently(
        lambda: (
            receive_deposit(
                ports,
                by or supplier(),
                structure=SUPPLIER,
                filename=filename,
                content=content,
                channel=Channel.API,
            ).flow
        )
    )
    for position in range(1, (flow.documents or 0) + 1):
        run_intake(ports, flow.id, position)
    return persistently(lambda: _flow(ports, flow.id))


def run_intake(ports: PlatformPorts, flow_id: FlowId, position: int) -> Document:
    """Run the machine's steps for one document; the duplicate's rendering is not what is tested here."""
    document = persistently(lambda: integrate_document(ports, flow_id, position))
    if document.outcome is Outcome.ACCEPTED:
        head = persistently(lambda: _head(ports, document))
        persistently(
            lambda: deliver_invoice(ports, head.id, readable_copy=readable_copy_of(head, b"%PDF-1.7"))
        )
    return document


def the_invoice(ports: PlatformPorts, flow: Flow) -> InvoiceHead:
    """Return the one invoice of a flow."""
    document = ports.flows.document(flow.id, 1)
    assert document is not None
    return _head(ports, document)


def _head(ports: PlatformPorts, document: Document) -> InvoiceHead:
    head = ports.invoices.get(document.invoice_id)
    assert head is not None
    return head


def _flow(ports: PlatformPorts, flow_id: FlowId) -> Flow:
    flow = ports.flows.get(flow_id)
    assert flow is not None
    return flow
