"""What the pages of deposits show, made from the domain's objects in the visitor's language."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.deposits.read_report import IntegrationReport
from choriste.application.drafts.correct_document import is_correctable, is_of_another
from choriste.domain.deposits.flow import Document, Flow, FlowState, Outcome
from choriste.domain.invoice.reading import Syntax
from choriste.i18n.catalogue import count
from functions.console.web.rendering import text
from functions.console.web.views import Badge, FindingRow, findings

_FLOW_TONES = {
    FlowState.INTEGRATED: "good",
    FlowState.PARTLY_INTEGRATED: "attention",
    FlowState.REFUSED: "bad",
    FlowState.BLOCKED: "attention",
}


_OUTCOME_TONES = {Outcome.ACCEPTED: "good", Outcome.REFUSED: "bad", Outcome.PENDING: "busy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document of a flow with what was found in it; `format` is None where none was recognised."""

    document: Document
    format: str | None
    badge: Badge
    findings: tuple[FindingRow, ...]
    has_invoice: bool
    is_correctable: bool
    is_of_another: bool


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A deposited file; `counts` says in words what became of its invoices."""

    flow: Flow
    badge: Badge
    counts: str


def flow_row(flow: Flow, *, language: str) -> FlowRow:
    """Return a flow with its state in words."""
    label = text(f"flow_state.{flow.state.name.lower()}", language=language)
    badge = Badge(label, _FLOW_TONES.get(flow.state, "busy"))
    return FlowRow(flow, badge, _counts(flow, language=language))


def document_rows(report: IntegrationReport, *, language: str) -> tuple[DocumentRow, ...]:
    """Return the documents of a flow, the refused ones first."""
    rows = [
        DocumentRow(
            document=document,
            format=_format(document),
            badge=Badge(
                text(f"outcome.{document.outcome}", language=language), _OUTCOME_TONES[document.outcome]
            ),
            findings=findings(document.findings, language=language),
            has_invoice=document.outcome is Outcome.ACCEPTED,
            is_correctable=is_correctable(document),
            is_of_another=is_of_another(document),
        )
        for document in report.documents
    ]
    return tuple(sorted(rows, key=lambda row: row.document.outcome is not Outcome.REFUSED))


def _format(document: Document) -> str | None:
    known = None if document.syntax is Syntax.UNKNOWN else document.syntax.value
    return " · ".join(filter(None, (known, document.profile))) or None


def _counts(flow: Flow, *, language: str) -> str:
    """Return how many invoices of a flow were accepted and refused, in words that agree in number."""
    if not flow.documents:
        return text("flows.counting" if flow.documents is None else "flows.no_invoice", language=language)
    parts = [
        count("console", f"flows.{outcome}", len(found), language)
        for outcome, found in (("accepted", flow.accepted), ("refused", flow.refused))
        if found
    ]
    return ", ".join(parts) or text("flows.counting", language=language)
