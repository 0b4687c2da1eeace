"""Read flows and their integration reports: only the depositor's own people may."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.ports import Page, Ports
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level, Space
from choriste.domain.deposits.flow import Document, Flow, Outcome
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import FlowId, InvoiceId


@dataclass(frozen=True, slots=True)
class IntegrationReport:
    """What became of a flow (*compte rendu d'integration*): its state and each of its documents."""

    flow: Flow
    documents: tuple[Document, ...]


def read_report(ports: Ports, principal: Principal, flow_id: FlowId) -> IntegrationReport:
    """Return a flow's integration report; raises `NotFoundError`, also for somebody else's flow."""
    flow = ports.flows.get(flow_id)
    if flow is None or not principal.may(Space.ISSUE, Level.CONSULT, structure=flow.depositor):
        raise NotFoundError(kind="flow", id=flow_id)
    return IntegrationReport(flow=flow, documents=ports.flows.documents(flow_id))


def list_flows(
    ports: Ports, principal: Principal, *, structure: str, after: str | None = None, limit: int = 50
) -> Page[Flow]:
    """Return the flows that a structure deposited, newest first; raises `ForbiddenError`."""
    principal.require(Space.ISSUE, Level.CONSULT, structure=structure)
    return ports.flows.deposited_by(structure, after=after, limit=limit)


def invoice_of(ports: Ports, flow_id: FlowId, position: int) -> InvoiceId:
    """Return the invoice of an accepted document; raises `NotFoundError`. For the platform's own steps."""
    document = ports.flows.document(flow_id, position)
    if document is None or document.outcome is not Outcome.ACCEPTED:
        raise NotFoundError(kind="document", id=f"{flow_id}/{position}")
    return document.invoice_id
