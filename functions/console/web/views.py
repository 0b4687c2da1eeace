"""What the pages show, made from the domain's objects in the visitor's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from choriste.application.deposits.read_report import IntegrationReport
from choriste.application.invoices.read_invoices import InvoiceView, Side
from choriste.application.shared.problems import problem_text
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level
from choriste.domain.deposits.flow import Document, Flow, FlowState, Outcome
from choriste.domain.invoice.reading import Syntax
from choriste.domain.lifecycle import (
    ENDED,
    REFUSED,
    TRANSITIONS,
    Carries,
    Frame,
    ReasonCode,
    Status,
    Transition,
    TransitionRefusedError,
)
from choriste.domain.lifecycle.editing import Field, recyclable_fields
from choriste.domain.lifecycle.labels import Kind, find_label, frame_label, label, reason_label, status_label
from choriste.domain.lifecycle.reasons import REASON_TEXT_LIMIT, Need
from choriste.domain.lifecycle.statuses import Phase, in_phase
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import ChoristeError
from choriste.domain.shared.findings import Finding, Severity
from choriste.domain.tracking.head import FileKind, InvoiceHead, PartyReference, StatusChange
from choriste.domain.tracking.journey import position_of
from choriste.i18n.catalogue import count, fill
from choriste.i18n.typography import typeset
from functions.console.web.rendering import text

_ATTENTION = in_phase(Phase.CORRECTION)
_PAID = frozenset({Status.MISE_EN_PAIEMENT, Status.COMPTABILISEE})
_FLOW_TONES = {
    FlowState.INTEGRATED: "good",
    FlowState.PARTLY_INTEGRATED: "attention",
    FlowState.REFUSED: "bad",
    FlowState.BLOCKED: "attention",
}
_OUTCOME_TONES = {Outcome.ACCEPTED: "good", Outcome.REFUSED: "bad", Outcome.PENDING: "busy"}
_RECYCLE = "recycle"


@dataclass(frozen=True, slots=True)
class Badge:
    """A state for people: its name, and a tone that says the same in colour."""

    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list to choose from."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """A line of the list of invoices; `partner` is the other side."""

    head: InvoiceHead
    partner: PartyReference
    badge: Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What the visitor may do with an invoice: which form it needs, and the tone of where it leads."""

    name: str
    label: str
    reasons: tuple[Choice, ...]
    wants_text: bool
    needs_text: bool
    corrects: frozenset[str]
    """The fields that it may correct: `recipient`, `service_code`, `engagement`."""
    names_party: bool
    leads_to: str
    text_limit: int = REASON_TEXT_LIMIT

    @property
    def is_plain(self) -> bool:
        """Whether one button is enough, with at most a remark that may be left out."""
        return not (self.reasons or self.needs_text or self.corrects or self.names_party)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A line of an invoice's history: a status with its badge, or an act beside the statuses by its name."""

    change: StatusChange
    badge: Badge | None
    act: str | None
    reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an invoice; `category` is its type in the words of whoever attached it."""

    name: str
    label: str
    size: int
    sha256: str
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding in the visitor's language."""

    finding: Finding
    message: str
    badge: Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document of a flow with what was found in it; `format` is None where none was recognised."""

    document: Document
    format: str | None
    badge: Badge
    findings: tuple[FindingRow, ...]
    has_invoice: bool


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A deposited file; `counts` says in words what became of its invoices."""

    flow: Flow
    badge: Badge
    counts: str


def status_badge(status: Status, *, language: str) -> Badge:
    """Return a status with its tone."""
    return Badge(status_label(status, language=language), _tone(status))


def invoice_row(head: InvoiceHead, *, side: Side, language: str) -> InvoiceRow:
    """Return an invoice as a line of the list that one side looks at."""
    partner = head.recipient if side is Side.ISSUED else head.supplier
    return InvoiceRow(head=head, partner=partner, badge=status_badge(head.status, language=language))


def action(
    row: Transition, *, frame: Frame, language: str, corrects: frozenset[Field] = frozenset()
) -> Action:
    """Return the form that a transition needs for an invoice of a frame, with what it may correct."""
    codes = sorted(row.reason.codes_for(frame)) if row.reason.need in {Need.CODE, Need.CODE_AND_TEXT} else []
    return Action(
        name=row.name,
        label=action_label(row.name, language=language) or row.name,
        reasons=tuple(Choice(code.value, reason_label(code, language=language)) for code in codes),
        wants_text=row.reason.need is not Need.NOTHING,
        needs_text=row.reason.need is Need.CODE_AND_TEXT,
        corrects=frozenset(f.name.lower() for f in corrects) if row.name == _RECYCLE else frozenset(),
        names_party=row.carries is Carries.PARTY,
        leads_to=_tone(row.target),
    )


def action_label(name: str, *, language: str) -> str | None:
    """Return what an action is called on its button; None for a name that is no action."""
    known = find_label(Kind.ACTION, name)
    return known.in_language(language) if known is not None else None


def act_label(name: str, *, language: str) -> str | None:
    """Return what an act (a comment, an attachment …) is called on its button; None for any other name."""
    known = find_label(Kind.ACT, name)
    return known.in_language(language) if known is not None else None


def refusal_text(error: ChoristeError, *, language: str) -> str:
    """Return why something was not done, with the names that people know in place of codes."""
    return typeset(_refusal(error, language=language), language=language)


def _refusal(error: ChoristeError, *, language: str) -> str:
    findings_of = error.parameters.get("findings")
    if isinstance(findings_of, list | tuple) and findings_of:
        return " ".join(each.message.in_language(language) for each in findings_of)
    values = {name: _named(value, language=language) for name, value in error.parameters.items()}
    if isinstance(error, TransitionRefusedError):
        refusal = find_label(Kind.REFUSAL, error.code)
        if refusal is not None:
            return fill(refusal, defaultdict(str, values)).in_language(language)
    return problem_text(error.code, values).detail.in_language(language)


def actions(view: InvoiceView, *, language: str) -> tuple[Action, ...]:
    """Return what the visitor may do, in the order of the table."""
    head = view.head
    corrects = recyclable_fields(position_of(head), reason=head.reason_code)
    return tuple(action(row, frame=head.frame, language=language, corrects=corrects) for row in view.actions)


def history(view: InvoiceView, *, language: str) -> tuple[HistoryRow, ...]:
    """Return the history, newest first."""
    rows = (
        HistoryRow(
            change=change,
            badge=None if change.is_act else status_badge(change.after, language=language),
            act=label(Kind.DONE, change.transition).in_language(language) if change.is_act else None,
            reason=_coded_reason(change, language=language),
            note=change.note.in_language(language) if change.note is not None else None,
        )
        for change in view.history
    )
    return tuple(rows)[::-1]


def files(head: InvoiceHead, *, language: str) -> tuple[FileRow, ...]:
    """Return the files of an invoice, with their kind in words."""
    labels = {kind: text(f"file.{kind.name.lower()}", language=language) for kind in FileKind}
    return tuple(
        FileRow(file.name, labels[file.kind], file.size, file.sha256, file.category) for file in head.files
    )


def severity_badge(severity: Severity, *, language: str) -> Badge:
    """Return a severity with its tone."""
    tone = "bad" if severity is Severity.FATAL else "attention"
    return Badge(text(f"severity.{severity}", language=language), tone)


def findings(found: Iterable[Finding], *, language: str) -> tuple[FindingRow, ...]:
    """Return findings, the fatal ones first."""
    rows = [
        FindingRow(
            finding=each,
            message=typeset(each.message.in_language(language), language=language),
            badge=severity_badge(each.severity, language=language),
        )
        for each in found
    ]
    return tuple(sorted(rows, key=lambda row: row.finding.severity is not Severity.FATAL))


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
        )
        for document in report.documents
    ]
    return tuple(sorted(rows, key=lambda row: row.document.outcome is not Outcome.REFUSED))


def status_choices(chosen: Status | None, *, language: str) -> tuple[Choice, ...]:
    """Return the statuses that ordinary invoices go through, by name."""
    common = {row.target for row in TRANSITIONS if Frame.A1 in row.frames} | {Status.DEPOSEE}
    choices = (Choice(each.value, status_label(each, language=language), each is chosen) for each in common)
    return tuple(sorted(choices, key=lambda choice: choice.label))


def frame_choices(chosen: str, *, language: str) -> tuple[Choice, ...]:
    """Return the billing frames in the order of their codes, to be named beside a file."""
    frames = (frame for frame in Frame if frame is not Frame.SANS_CADRE)
    return tuple(Choice(f.short, frame_label(f, language=language), f.short == chosen) for f in frames)


def structure_choices(structures: Iterable[Structure], *, chosen: str | None) -> tuple[Choice, ...]:
    """Return structures to choose from, by name."""
    ordered = sorted(structures, key=lambda structure: structure.name)
    return tuple(
        Choice(each.id, f"{each.name} ({each.identifier.value})", each.id == chosen) for each in ordered
    )


def open_sides(principal: Principal) -> tuple[Side, ...]:
    """Return the sides that the visitor has a right on; received invoices wait for somebody, so they lead."""
    return tuple(
        side
        for side in (Side.RECEIVED, Side.ISSUED, Side.VALIDATION, Side.WORKS)
        if principal.structures_with(side.space, Level.CONSULT)
    )


def _coded_reason(change: StatusChange, *, language: str) -> str | None:
    """Return the reason's name; a remark has none, its words stand alone."""
    if change.reason_code is None or (change.reason_code is ReasonCode.AUTRE and change.reason_text):
        return None
    return reason_label(change.reason_code, language=language)


def _tone(status: Status) -> str:
    if status in REFUSED:
        return "bad"
    if status in _ATTENTION:
        return "attention"
    if status in _PAID:
        return "good"
    return "quiet" if status in ENDED else "busy"


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


def _named(value: object, *, language: str) -> str:
    """Return the name of a code of the lifecycle, of several, or the value itself."""
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(_named(each, language=language) for each in value)
    for kind in (Kind.ACTION, Kind.ACT, Kind.STATUS, Kind.ROLE, Kind.REASON, Kind.FRAME, Kind.GUARD):
        known = find_label(kind, str(value))
        if known is not None:
            return known.in_language(language)
    return str(value)
