"""Read flows and their integration reports: only the depositor's own people may."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.access.policy import may_read_issued, require_read_issued
from choriste.application.deposits.ports import DepositPorts
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Document, Flow
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import FlowId


@dataclass(frozen=True, slots=True)
class IntegrationReport:
    """What became of a flow (*compte rendu d'integration*): its state and each of its documents."""

    flow: Flow
    documents: tuple[Document, ...]


def read_report(ports: DepositPorts, principal: Principal, flow_id: FlowId) -> IntegrationReport:
    """Return a flow's integration report; raises `NotFoundError`, also for somebody else's flow."""
    flow = ports.flows.get(flow_id)
    if flow is None or not may_read_issued(principal, flow.depositor):
        raise NotFoundError(kind="flow", id=flow_id)
    return IntegrationReport(flow=flow, documents=ports.flows.documents(flow_id))


def list_flows(
    ports: DepositPorts, principal: Principal, *, structure: str, after: str | None = None, limit: int = 50
) -> Page[Flow]:
    """Return the flows that a structure deposited, newest first; raises `ForbiddenError`."""
    require_read_issued(principal, structure)
    return ports.flows.deposited_by(structure, after=after, limit=limit)
