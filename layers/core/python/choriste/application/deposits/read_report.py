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

    def as_json(self) -> dict[str, object]:
        """Return the public form of the report."""
        flow = self.flow
        return {
            "flow_id": flow.id,
            "state": flow.state.value,
            "complete": flow.state.is_final,
            "channel": flow.channel.value,
            "filename": flow.filename,
            "size": flow.size,
            "sha256": flow.sha256,
            "received_at": flow.received_at.isoformat(),
            "counts": {
                "documents": flow.documents,
                "accepted": len(flow.accepted),
                "refused": len(flow.refused),
            },
            "findings": [finding.as_json() for finding in flow.all_findings],
            "documents": [_document_json(document) for document in self.documents],
        }


def _document_json(document: Document) -> dict[str, object]:
    return {
        "position": document.position,
        "filename": document.filename,
        "sha256": document.sha256,
        "outcome": document.outcome.value,
        "syntax": document.syntax.value,
        "profile": document.profile,
        "verdict": document.verdict.value if document.verdict is not None else None,
        "number": document.number,
        "invoice_id": document.invoice_id if document.outcome.value == "accepted" else None,
        "duplicate_of": document.duplicate_of,
        "findings": [finding.as_json() for finding in document.findings],
    }


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
