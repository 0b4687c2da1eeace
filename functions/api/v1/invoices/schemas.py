"""What invoices are answered with: their public forms."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path

from choriste.application.invoices.access import acts_open_to
from choriste.application.invoices.next_actors import NextActors, next_actors
from choriste.application.invoices.read_invoices import InvoiceView
from choriste.domain.access.principal import Principal
from choriste.domain.codes.edi import edi_code
from choriste.domain.codes.reform import reform_code
from choriste.domain.deposits.flow import Channel
from choriste.domain.lifecycle import (
    Frame,
    ReasonCode,
    Role,
    Status,
    Transition,
)
from choriste.domain.lifecycle.transitions import Carries
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead, PartyReference, StatusChange
from choriste.domain.tracking.lists import Queue
from functions.api.http.models import (
    LARGEST_ID,
    Action,
    Amount,
    Answer,
    GivenReason,
    LocalizedText,
    Moment,
    Step,
    text_out,
)

InvoiceNumber = Annotated[int, Path(description="Technical id", ge=1, le=LARGEST_ID)]


class Party(Answer):
    """A party of an invoice: `structure` is the id of its structure here, null when it has none."""

    identifier: str
    name: str
    structure: str | None


class InvoiceAmounts(Answer):
    """The totals of an invoice, in its currency."""

    without_vat: Amount
    vat: Amount
    with_vat: Amount
    due: Amount


class InvoiceFile(Answer):
    """A file of an invoice; `href` leads to its bytes."""

    kind: FileKind
    name: str
    size: int
    sha256: str
    mime_type: str
    category: str | None
    href: str


class Invoice(Answer):
    """A tracked invoice as lists show it; `payment_day` is when it asks to be paid.

    Works documents: `previous` are the pieces that it answers, `answered_by` the one that answers it,
    `billing_file` the first piece of its file.
    """

    id: int
    version: int
    number: str
    issue_date: dt.date
    type_code: str
    credit_note: bool
    frame: Frame
    status: Status
    status_at: Moment
    edi_code: str | None
    reform_code: str | None
    currency: str
    amounts: InvoiceAmounts
    supplier: Party
    recipient: Party
    validators: list[Party]
    project_manager: Party | None
    project_manager_service: str | None
    contracting_authority: Party | None
    previous: list[int]
    answered_by: int | None
    billing_file: int | None
    made_available_to_project_manager_at: Moment | None
    assignee: str | None
    accounting_reference: str | None
    service_code: str | None
    engagement: str | None
    contract: str | None
    flow_id: str
    channel: Channel
    deposited_at: Moment
    due_at: Moment | None
    payment_day: dt.date | None
    reason: GivenReason | None
    files: list[InvoiceFile]


class InvoicePage(Answer):
    """A page of invoices; only a `next` of null is the end of the list."""

    invoices: list[Invoice]
    next: str | None


class QueueCount(Answer):
    """How many invoices stand in a queue; where it is not exact, there are at least so many."""

    queue: Queue
    count: int
    exact: bool


class QueueCounts(Answer):
    """The queues of one side of a structure's invoices."""

    queues: list[QueueCount]


class ActionReason(Answer):
    """Whether an action needs a reason, and which codes it takes."""

    mandatory: bool
    codes: list[ReasonCode]


class AvailableAction(Answer):
    """An action open to the reader, the status that it leads to, and what must come with it."""

    action: Action
    target: Status
    reason: ActionReason
    carries: Carries


class AwaitedActor(Answer):
    """Who is expected to act: a role, and its party where somebody was named."""

    role: Role
    party: Party | None


class Awaited(Answer):
    """Whose turn it is, by when, and what follows if nobody acts.

    `outcome` is the transition that the clock takes, `opens` the one that becomes possible then.
    """

    actors: list[AwaitedActor]
    due_at: Moment | None
    deadline: LocalizedText | None
    outcome: Action | None
    opens: Action | None


class HistoryEntry(Answer):
    """A row of the history; one whose `before` is its `after` is an act that leaves the status alone.

    `note` is what the platform says of it, `text` what a person wrote.
    """

    id: str
    version: int
    at: Moment
    action: Step
    before: Status | None
    after: Status
    role: Role
    actor: str
    reason: GivenReason | None
    note: LocalizedText | None
    text: str | None


class InvoiceDetails(Invoice):
    """An invoice with its history, newest first, and what its reader may do."""

    available_actions: list[AvailableAction]
    available_acts: list[str]
    awaits: Awaited
    history: list[HistoryEntry]


class Colleague(Answer):
    """A user whom an invoice may be assigned to."""

    account: str
    name: str


class Colleagues(Answer):
    """The users whom an invoice may be assigned to."""

    colleagues: list[Colleague]


def invoice_out(head: InvoiceHead) -> Invoice:
    """Return an invoice's head as an answer holds it."""
    return Invoice(**head_fields(head))


def details_out(view: InvoiceView, who: Principal) -> InvoiceDetails:
    """Return an invoice with its history and what its reader may do."""
    return InvoiceDetails(
        **head_fields(view.head),
        available_actions=[_action(row, view.head.frame) for row in view.actions],
        available_acts=list(acts_open_to(who, view.head)),
        awaits=_awaited(next_actors(view.head)),
        history=[_entry(change) for change in reversed(view.history)],
    )


def head_fields(head: InvoiceHead) -> dict[str, Any]:
    """Return the fields of `Invoice`."""
    return {**_identity(head), **_parties(head), **_works(head), **_routing(head)}


def _identity(head: InvoiceHead) -> dict[str, Any]:
    amounts = InvoiceAmounts(without_vat=head.without_vat, vat=head.vat, with_vat=head.with_vat, due=head.due)
    return {
        "id": head.id,
        "version": head.version,
        "number": head.number,
        "issue_date": head.issue_date,
        "payment_day": head.payment_due,
        "type_code": head.type_code,
        "credit_note": head.is_credit_note,
        "frame": head.frame,
        "status": head.status,
        "status_at": head.status_at,
        "edi_code": edi_code(head.status),
        "reform_code": reform_code(head.status, frame=head.frame),
        "currency": head.currency,
        "amounts": amounts,
        "reason": _reason(head.reason_code, head.reason_text),
        "files": [_file(head, file) for file in head.files],
    }


def _parties(head: InvoiceHead) -> dict[str, Any]:
    validators = (head.validator_1, head.validator_2)
    return {
        "supplier": _party(head.supplier),
        "recipient": _party(head.recipient),
        "validators": [_party(party) for party in validators if party is not None],
        "project_manager": _party(head.moe) if head.moe is not None else None,
        "project_manager_service": head.moe_service,
        "contracting_authority": _party(head.moa) if head.moa is not None else None,
        "assignee": head.assignee.name if head.assignee is not None else None,
    }


def _works(head: InvoiceHead) -> dict[str, Any]:
    return {
        "previous": list(head.previous),
        "answered_by": head.answered_by,
        "billing_file": (head.billing_file or head.id) if head.frame.is_works else None,
        "made_available_to_project_manager_at": head.moe_available_at,
    }


def _routing(head: InvoiceHead) -> dict[str, Any]:
    return {
        "accounting_reference": head.accounting_reference,
        "service_code": head.service_code,
        "engagement": head.engagement,
        "contract": head.contract,
        "flow_id": head.flow_id,
        "channel": head.channel,
        "deposited_at": head.deposited_at,
        "due_at": head.due_at,
    }


def _file(head: InvoiceHead, file: AttachedFile) -> InvoiceFile:
    return InvoiceFile(
        kind=file.kind,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        mime_type=file.mime_type,
        category=file.category,
        href=f"/v1/invoices/{head.id}/files/{file.name}",
    )


def _party(party: PartyReference) -> Party:
    return Party(identifier=party.identifier, name=party.name, structure=party.structure)


def _reason(code: ReasonCode | None, text: str | None) -> GivenReason | None:
    return GivenReason(code=code, text=text) if code is not None else None


def _action(row: Transition, frame: Frame) -> AvailableAction:
    reason = ActionReason(mandatory=row.reason.is_mandatory, codes=sorted(row.reason.codes_for(frame)))
    return AvailableAction(action=row.name, target=row.target, reason=reason, carries=row.carries)


def _awaited(turn: NextActors) -> Awaited:
    actors = [
        AwaitedActor(role=role, party=_party(party) if party is not None else None)
        for role, party in turn.actors
    ]
    return Awaited(
        actors=actors,
        due_at=turn.due_at,
        deadline=text_out(turn.deadline) if turn.deadline is not None else None,
        outcome=turn.outcome,
        opens=turn.opens,
    )


def _entry(change: StatusChange) -> HistoryEntry:
    return HistoryEntry(
        id=change.id,
        version=change.version,
        at=change.at,
        action=change.transition,
        before=change.before,
        after=change.after,
        role=change.role,
        actor=change.actor_name,
        reason=_reason(change.reason_code, change.reason_text),
        note=text_out(change.note) if change.note is not None else None,
        text=change.text,
    )
