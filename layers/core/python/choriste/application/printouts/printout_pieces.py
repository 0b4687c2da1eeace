"""What the printouts of works and subcontracting say: pieces of a billing file, requests for payment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from choriste.application.printouts.printout_contents import actor_of, kind_of
from choriste.documents.issue.actors import Actor
from choriste.documents.issue.subcontractor import ContractorDecision, SubcontractorRequest
from choriste.documents.issue.wording import wording
from choriste.documents.issue.works import WorksAmount, WorksDocument, WorksStep
from choriste.domain.access.user import Language
from choriste.domain.invoice.model import AllowanceCharge, CreditTransfer, Invoice, Line
from choriste.domain.lifecycle import Frame, Status
from choriste.domain.lifecycle.labels import Kind, label
from choriste.domain.shared.findings import Message
from choriste.domain.tracking.head import InvoiceHead, StatusChange
from choriste.domain.tracking.journey import party_of
from choriste.i18n.catalogue import message
from choriste.i18n.formats import legal_date

_NAMED = 5
_REVERSE_CHARGE = "AE"
_CO_CONTRACTED = frozenset({Frame.A13, Frame.A14})

_DECISIONS = {
    Status.REFUSEE_1: ContractorDecision.REFUSED,
    Status.REFUSEE_2: ContractorDecision.REFUSED,
    Status.VALIDEE_1: ContractorDecision.ACCEPTED,
    Status.VALIDEE_2: ContractorDecision.ACCEPTED,
    Status.ABSENCE_VALIDATION_1_HORS_DELAI: ContractorDecision.TACIT,
    Status.ABSENCE_VALIDATION_2_HORS_DELAI: ContractorDecision.TACIT,
}
_SECOND = frozenset(
    {Status.A_VALIDER_2, Status.REFUSEE_2, Status.VALIDEE_2, Status.ABSENCE_VALIDATION_2_HORS_DELAI}
)


def works_document_of(
    head: InvoiceHead, invoice: Invoice, *, history: Iterable[StatusChange], language: Language
) -> WorksDocument:
    """Return a piece of a billing file with its rows and the steps that people took on it."""
    is_co_contractor = head.frame in _CO_CONTRACTED
    period = invoice.period
    return WorksDocument(
        kind=kind_of(head),
        number=head.number,
        issued_on=head.issue_date,
        technical_id=str(head.id),
        deposited_at=head.deposited_at,
        currency=head.currency,
        amount_due=head.due,
        contractor=actor_of(head.validator_1 if is_co_contractor else head.supplier),
        co_contractor=actor_of(head.supplier) if is_co_contractor else None,
        project_manager=actor_of(head.moe, service=head.moe_service),
        authority=actor_of(head.moa or head.recipient, service=head.service_code),
        market=head.contract,
        billing_file=str(head.billing_file or head.id),
        period_start=period.start if period is not None else None,
        period_end=period.end if period is not None else None,
        works=tuple(_row(line, language) for line in invoice.lines),
        deductions=tuple(_deductions(invoice)),
        admitted=tuple(WorksAmount(label=str(piece), now=amount) for piece, amount in head.adjusted),
        totals=tuple(_totals(head, invoice)),
        steps=tuple(_steps(head, history)),
        comment=" ".join(note.text for note in invoice.notes if note.text) or None,
    )


def _row(line: Line, language: Language) -> WorksAmount:
    """Return a line of the invoice: its name, its quantity at its price, its amount."""
    words, price = wording(language), line.price.net if line.price is not None else None
    quantity = words.number(line.quantity) if line.quantity is not None else None
    shown = (quantity, words.amount(price) if price is not None else None)
    priced = " × ".join(part for part in shown if part)
    unit = words.of("unit", line.unit)
    priced += f" / {unit}" if priced and unit else ""
    item = line.item
    detail = " · ".join(part for part in (item.description if item else None, priced, line.note) if part)
    return WorksAmount(
        label=(item.name if item else None) or line.id or "", detail=detail or None, now=line.net_amount
    )


def _deductions(invoice: Invoice) -> Iterator[WorksAmount]:
    """Yield the document's allowances as negative amounts, then its charges."""
    for sign, rows in ((-1, invoice.allowances), (1, invoice.charges)):
        for row in rows:
            yield WorksAmount(label=_reason(row), now=sign * (row.amount or Decimal(0)))


def _reason(row: AllowanceCharge) -> str:
    return row.reason or row.reason_code or "—"


def _totals(head: InvoiceHead, invoice: Invoice) -> Iterator[tuple[Message, Decimal]]:
    yield _named("total.without_vat"), head.without_vat
    yield _named("total.vat"), head.vat
    yield _named("total.with_vat"), head.with_vat
    paid = invoice.totals.paid if invoice.totals is not None else None
    if paid:
        yield _named("total.paid"), -paid
    yield _named("amount_due"), head.due


def _named(code: str) -> Message:
    return message("documents.issue", code)


def _steps(head: InvoiceHead, history: Iterable[StatusChange]) -> Iterator[WorksStep]:
    for change in history:
        actor = actor_of(party_of(head, change.role)) if change.role.is_person else None
        if actor is not None and not change.is_act:
            yield WorksStep(at=change.at, actor=actor, act=label(Kind.STATUS, change.after.value))


def subcontractor_request_of(
    head: InvoiceHead, invoice: Invoice, *, history: Iterable[StatusChange]
) -> SubcontractorRequest:
    """Return a subcontractor's request and where the answers of contractor and co-contractor stand.

    With two validators the first is the co-contractor, the second the lead contractor.
    """
    first, second = actor_of(head.validator_1), actor_of(head.validator_2)
    last = _last_answer(head, history)
    account = _account(invoice)
    return SubcontractorRequest(
        number=head.number,
        issued_on=head.issue_date,
        technical_id=str(head.id),
        deposited_at=head.deposited_at,
        subcontractor=_known(actor_of(head.supplier)),
        contractor=_known(second or first),
        co_contractor=first if second is not None else None,
        authority=_known(actor_of(head.moa or head.recipient, service=head.service_code)),
        currency=head.currency,
        without_vat=head.without_vat,
        vat=None if _is_reverse_charged(invoice) else head.vat,
        due=head.due,
        market=head.contract,
        works=_works(invoice),
        account=account.account if account is not None else None,
        bic=account.bic if account is not None else None,
        answer_by=legal_date(head.due_at) if _awaited(head) and head.due_at else None,
        decision=_DECISIONS[last.after] if last is not None else ContractorDecision.AWAITED,
        answering=second if (last.after if last is not None else head.status) in _SECOND else first,
        decided_on=legal_date(last.at) if last is not None else None,
        reason=last.reason_text if last is not None else None,
    )


def _last_answer(head: InvoiceHead, history: Iterable[StatusChange]) -> StatusChange | None:
    """Return the answer that counts: the last validator's, or a refusal of either; None while awaited."""
    answers = [change for change in history if not change.is_act and change.after in _DECISIONS]
    if not answers:
        return None
    last = answers[-1]
    refused = _DECISIONS[last.after] is ContractorDecision.REFUSED
    is_final = refused or head.validator_2 is None or last.after in _SECOND
    return last if is_final else None


def _awaited(head: InvoiceHead) -> bool:
    return head.status in {Status.A_VALIDER_1, Status.A_VALIDER_2}


def _is_reverse_charged(invoice: Invoice) -> bool:
    """Say whether the contractor owes the VAT: every row of the breakdown has category AE (UNTDID 5305)."""
    rows = invoice.vat_breakdown
    return bool(rows) and all(row.category == _REVERSE_CHARGE for row in rows)


def _works(invoice: Invoice) -> str | None:
    """Return the names of the first items, each once."""
    names = [line.item.name for line in invoice.lines if line.item is not None and line.item.name]
    different = list(dict.fromkeys(names))
    return ", ".join(different[:_NAMED]) + (" …" if len(different) > _NAMED else "") or None


def _account(invoice: Invoice) -> CreditTransfer | None:
    transfers = invoice.payment.credit_transfers if invoice.payment is not None else ()
    return next(iter(transfers), None)


def _known(actor: Actor | None) -> Actor:
    return actor or Actor(name="—")
