"""Flows in memory: the twin of the DynamoDB adapter, for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from threading import RLock

from choriste.application.shared.ports import Page
from choriste.domain.deposits.flow import Document, Flow, Outcome
from choriste.domain.shared.errors import IdentifierTakenError, NotFoundError
from choriste.domain.shared.ids import FlowId


class MemoryFlows:
    """Implements `choriste.application.deposits.ports.Flows`; one lock makes each write atomic."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._flows: dict[FlowId, Flow] = {}
        self._guards: dict[tuple[str, str], FlowId] = {}
        self._documents: dict[tuple[FlowId, int], Document] = {}

    def open(self, flow: Flow) -> Flow:
        """Record a new flow, or return the one that stands for the same bytes and depositor."""
        with self._lock:
            guard = (flow.depositor, flow.mark)
            standing = self._flows.get(self._guards.get(guard, FlowId("")))
            if standing is not None and standing.stands_for(flow):
                return standing
            if flow.id in self._flows:
                raise IdentifierTakenError(id=flow.id)
            self._guards[guard] = flow.id
            self._flows[flow.id] = flow
            return flow

    def get(self, flow_id: FlowId) -> Flow | None:
        """Return a flow."""
        return self._flows.get(flow_id)

    def unfinished(self) -> tuple[Flow, ...]:
        """Return the flows that somebody must finish, oldest first."""
        return tuple(flow for flow in self._flows.values() if not flow.state.is_final)

    def add_documents(self, flow: Flow, documents: Sequence[Document]) -> tuple[Document, ...]:
        """Record what the file holds; documents recorded before keep their invoice ids."""
        with self._lock:
            recorded = tuple(
                self._documents.setdefault((flow.id, document.position), document) for document in documents
            )
            self._change(flow.id, documents=len(recorded))
        return recorded

    def refuse(self, flow: Flow) -> None:
        """Record that the file holds nothing that can be opened."""
        with self._lock:
            self._flows[flow.id] = replace(flow, documents=0)

    def document(self, flow_id: FlowId, position: int) -> Document | None:
        """Return one document of a flow."""
        return self._documents.get((flow_id, position))

    def with_document(self, flow_id: FlowId, position: int) -> tuple[Flow, Document] | None:
        """Return a flow and one document of it."""
        with self._lock:
            flow, document = self.get(flow_id), self.document(flow_id, position)
        return (flow, document) if flow is not None and document is not None else None

    def documents(self, flow_id: FlowId) -> tuple[Document, ...]:
        """Return all documents of a flow in order."""
        return tuple(document for (flow, _), document in sorted(self._documents.items()) if flow == flow_id)

    def accept(self, document: Document) -> None:
        """Record a document's acceptance, as `Invoices.register` does in its transaction."""
        self._documents[document.flow_id, document.position] = document

    def settle(self, document: Document, *, at: dt.datetime, alone: bool = False) -> Flow:
        """Record a refusal, or count an acceptance, in the document's flow."""
        del alone  # one write either way
        with self._lock:
            key = (document.flow_id, document.position)
            if document.outcome is Outcome.REFUSED:
                stored = self._documents[key]
                document = self._documents[key] = document if stored.outcome is Outcome.PENDING else stored
            flow = self._found(document.flow_id)
            counted = {
                Outcome.ACCEPTED: {"accepted": flow.accepted | {document.position}},
                Outcome.REFUSED: {"refused": flow.refused | {document.position}},
            }[document.outcome]
            return self._change(document.flow_id, blocked=False, state_at=at, **counted)

    def block(self, flow_id: FlowId) -> None:
        """Mark a flow as waiting for the operator."""
        self._change(flow_id, blocked=True)

    def deposited_by(self, structure: str, *, after: str | None, limit: int) -> Page[Flow]:
        """Return the flows of a depositor, newest first."""
        mine = [flow for flow in self._flows.values() if flow.depositor == structure]
        newest = sorted(mine, key=_place, reverse=True)
        rest = [flow for flow in newest if after is None or _place(flow) < after]
        rows = tuple(rest[:limit])
        return Page(rows, _place(rows[-1]) if len(rest) > limit else None)

    def _found(self, flow_id: FlowId) -> Flow:
        if flow_id not in self._flows:
            raise NotFoundError(kind="flow", id=flow_id)
        return self._flows[flow_id]

    def _change(self, flow_id: FlowId, **changes: object) -> Flow:
        with self._lock:
            self._flows[flow_id] = replace(self._found(flow_id), **changes)  # type: ignore[arg-type]
            return self._flows[flow_id]


def _place(flow: Flow) -> str:
    return f"{flow.received_at.isoformat(timespec='microseconds')}#{flow.id}"
