"""What deposits and uploads are asked and answered with."""

from __future__ import annotations

from pydantic import Field

from choriste.application.deposits.read_report import IntegrationReport
from choriste.domain.deposits.flow import Channel, Document, FlowState, Outcome
from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.findings import Verdict
from functions.api.http.models import Answer, Body, Moment, ReportedFinding, finding_out
from functions.api.http.parties import PartiesBody


class UploadRequest(Body):
    """A file that is too large for a request: its name, its size in bytes, and whom it cannot name itself."""

    filename: str = Field(min_length=1, max_length=200)
    size: int = Field(gt=0)
    structure: str | None = None
    parties: PartiesBody | None = None


class ReportCounts(Answer):
    """How many documents a flow holds (null until it was opened), and what became of them."""

    documents: int | None
    accepted: int
    refused: int


class JudgingEdition(Answer):
    """An edition of a rule set that judged a document: its code, its name, the version of the artefact."""

    rule_set: str
    title: str
    version: str


class ReportedDocument(Answer):
    """One document of a flow: what it is, what became of it, and why.

    `invoice_id` is given once it was accepted, `duplicate_of` names the invoice that has its number already.
    `judged_by` are the editions of the rule sets that judged it, as they were on that day.
    """

    position: int
    filename: str
    sha256: str
    outcome: Outcome
    syntax: Syntax
    profile: str | None
    verdict: Verdict | None
    number: str | None
    invoice_id: int | None
    duplicate_of: int | None
    judged_by: list[JudgingEdition]
    findings: list[ReportedFinding]


class Report(Answer):
    """A flow and its integration report (*compte rendu d'intégration*); `complete` once nothing is pending.

    `sha256` is null for a file that was refused unread, or that repeats another flow.
    """

    flow_id: str
    state: FlowState
    complete: bool
    channel: Channel
    filename: str
    size: int
    sha256: str | None
    received_at: Moment
    counts: ReportCounts
    findings: list[ReportedFinding]
    documents: list[ReportedDocument]


class ReportPage(Answer):
    """A page of flows, newest first, without their documents."""

    deposits: list[Report]
    next: str | None


class UploadedAttachmentState(Answer):
    """What became of an uploaded attachment: taken, or refused with a problem code and its words."""

    accepted: bool
    code: str | None
    detail: str | None


class UploadedFlow(Answer):
    """What an uploaded deposit became: null while it has not arrived."""

    key: str
    flow_id: str | None


class UploadedAttachment(Answer):
    """What an uploaded attachment became: null while it has not arrived."""

    key: str
    invoice_id: int
    attachment: UploadedAttachmentState | None


def report_out(report: IntegrationReport) -> Report:
    """Return a report as an answer holds it."""
    flow = report.flow
    return Report(
        flow_id=flow.id,
        state=flow.state,
        complete=flow.state.is_final,
        channel=flow.channel,
        filename=flow.filename,
        size=flow.size,
        sha256=flow.sha256,
        received_at=flow.received_at,
        counts=ReportCounts(documents=flow.documents, accepted=len(flow.accepted), refused=len(flow.refused)),
        findings=[finding_out(finding) for finding in flow.all_findings],
        documents=[_document_out(document) for document in report.documents],
    )


def _document_out(document: Document) -> ReportedDocument:
    accepted = document.outcome is Outcome.ACCEPTED
    return ReportedDocument(
        position=document.position,
        filename=document.filename,
        sha256=document.sha256,
        outcome=document.outcome,
        syntax=document.syntax,
        profile=document.profile,
        verdict=document.verdict,
        number=document.number,
        invoice_id=document.invoice_id if accepted else None,
        duplicate_of=document.duplicate_of,
        judged_by=[JudgingEdition(**edition.as_json()) for edition in document.judged_by],
        findings=[finding_out(finding) for finding in document.findings],
    )
