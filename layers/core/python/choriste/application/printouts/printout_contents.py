"""What the printouts of invoices and flows say: follow-up slip, deposit certificate, integration report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from choriste.documents.issue.actors import Actor
from choriste.documents.issue.deposit_certificate import DepositCertificate
from choriste.documents.issue.follow_up import FollowUpEvent, FollowUpSlip
from choriste.documents.issue.integration_report import IntegrationReport, ReportedDocument
from choriste.documents.issue.wording import grouped
from choriste.domain.access.user import Language
from choriste.domain.deposits.flow import Document, Flow, Outcome
from choriste.domain.invoice.reading import Syntax
from choriste.domain.lifecycle import Frame, ReasonCode, Role
from choriste.domain.lifecycle.deadlines import deadline_of
from choriste.domain.lifecycle.labels import Kind, label
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.findings import Message, Verdict
from choriste.domain.tracking.head import AttachedFile, InvoiceHead, PartyReference, StatusChange
from choriste.domain.tracking.journey import party_of
from choriste.i18n.catalogue import message

_SIRET = 14


def kind_of(head: InvoiceHead) -> Message:
    """Return what a piece is called: a works piece by its frame, any other an invoice or a credit note."""
    if head.frame.is_works:
        return label(Kind.FRAME, head.frame.value)
    return message("documents.issue", "kind.credit" if head.is_credit_note else "kind.invoice")


def actor_of(party: PartyReference | None, *, service: str | None = None) -> Actor | None:
    """Return a party as documents name it, a SIRET in groups; None for nobody."""
    if party is None:
        return None
    number = party.identifier
    is_siret = len(number) == _SIRET and number.isdigit()
    return Actor(
        name=party.name, identifier=grouped(number, 3, 3, 3, 5) if is_siret else number, service=service
    )


def slip_of(
    head: InvoiceHead, history: Iterable[StatusChange], *, language: Language, made_at: dt.datetime
) -> FollowUpSlip:
    """Return an invoice's follow-up slip with every step, oldest first."""
    return FollowUpSlip(
        technical_id=str(head.id),
        number=head.number,
        kind=kind_of(head),
        status=label(Kind.STATUS, head.status.value),
        made_at=made_at,
        events=tuple(_event(head, change, language) for change in history),
        supplier=actor_of(head.supplier),
        recipient=actor_of(head.recipient),
        issued_on=head.issue_date,
        deposited_at=head.deposited_at,
        amount=head.due,
        currency=head.currency,
        frame=_frame(head.frame),
        engagement=head.engagement,
        service=head.service_code,
        market=head.contract,
    )


def _event(head: InvoiceHead, change: StatusChange, language: Language) -> FollowUpEvent:
    """Return a step; one that the clock took names who kept silent.

    Source: docs/reference/waits.md#who-was-silent.
    """
    by_person = change.role.is_person
    structure = actor_of(party_of(head, change.role)) if by_person else None
    is_program = structure is not None and structure.name == change.actor_name
    return FollowUpEvent(
        at=change.at,
        status=label(Kind.DONE, change.transition)
        if change.is_act
        else label(Kind.STATUS, change.after.value),
        structure=structure,
        person=change.actor_name if by_person and not is_program else None,
        reason=_reason(change, language),
        comment="\n".join(said for said in (change.reason_text, change.text) if said) or None,
        passed_over=_silent(head, change),
        note=change.note.in_language(language) if change.note is not None else None,
    )


def _silent(head: InvoiceHead, change: StatusChange) -> Actor | None:
    if change.role is not Role.CLOCK or change.before is None:
        return None
    deadline = deadline_of(head.frame, change.before)
    return actor_of(party_of(head, deadline.silent)) if deadline is not None else None


def _reason(change: StatusChange, language: Language) -> str | None:
    """Return the reason's name; where the words stand for themselves, they stand alone."""
    code = change.reason_code
    if code is None or (code is ReasonCode.AUTRE and change.reason_text):
        return None
    return label(Kind.REASON, code.value).in_language(language)


def certificate_of_invoice(
    head: InvoiceHead, original: AttachedFile, *, depositor: str | None, made_at: dt.datetime
) -> DepositCertificate:
    """Return the certificate of the file that an invoice came in."""
    return DepositCertificate(
        technical_id=str(head.id),
        number=head.number,
        kind=kind_of(head),
        deposited_at=head.deposited_at,
        made_at=made_at,
        filename=original.name,
        digest=original.sha256,
        size=original.size,
        supplier=actor_of(head.supplier),
        recipient=actor_of(head.recipient, service=head.service_code),
        issued_on=head.issue_date,
        amount=head.due,
        currency=head.currency,
        channel=head.channel.value,
        flow_id=head.flow_id,
        depositor=depositor,
        frame=_frame(head.frame),
    )


def certificate_of_flow(flow: Flow, *, depositor: str | None, made_at: dt.datetime) -> DepositCertificate:
    """Return the certificate of a deposited file, whatever became of what is in it.

    Raises `NotFoundError` for a file that was refused unread: nothing of it is kept.
    """
    if flow.sha256 is None:
        raise NotFoundError(kind="printout", id=flow.id)
    return DepositCertificate(
        technical_id=flow.id,
        number=flow.filename,
        kind=message("documents.issue", "report.name"),
        deposited_at=flow.received_at,
        made_at=made_at,
        filename=flow.filename,
        digest=flow.sha256,
        size=flow.size,
        channel=flow.channel.value,
        depositor=depositor,
    )


def report_of(
    flow: Flow, documents: Iterable[Document], *, depositor: str | None, made_at: dt.datetime
) -> IntegrationReport:
    """Return a flow's integration report."""
    return IntegrationReport(
        flow_id=flow.id,
        filename=flow.filename,
        received_at=flow.received_at,
        made_at=made_at,
        documents=tuple(map(_reported, documents)),
        findings=flow.all_findings,
        depositor=depositor,
        channel=flow.channel.value,
        size=flow.size,
        digest=flow.sha256,
    )


def _reported(document: Document) -> ReportedDocument:
    known = document.syntax.value if document.syntax is not Syntax.UNKNOWN else None
    return ReportedDocument(
        name=document.filename,
        verdict=_verdict(document),
        number=document.number,
        technical_id=str(document.invoice_id) if document.outcome is Outcome.ACCEPTED else None,
        format=", ".join(part for part in (known, document.profile) if part) or None,
        findings=document.findings,
    )


def _verdict(document: Document) -> Verdict | None:
    """Return what became of a document as its report says it: a valid one may be refused as a duplicate."""
    if document.outcome is Outcome.PENDING:
        return None
    if document.outcome is Outcome.ACCEPTED:
        return Verdict.VALID
    return Verdict.UNREADABLE if document.verdict is Verdict.UNREADABLE else Verdict.INVALID


def _frame(frame: Frame) -> Message:
    name = label(Kind.FRAME, frame.value)
    if frame is Frame.SANS_CADRE:
        return name
    return Message(fr=f"{frame.short} — {name.fr}", en=f"{frame.short} — {name.en}")
