"""The head of a tracked invoice: what lists show and decisions need; lines and originals stay in files."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from choriste.domain.deposits.flow import Channel
from choriste.domain.invoice.reading import Syntax
from choriste.domain.lifecycle import Frame, ReasonCode, Role, Status
from choriste.domain.shared.findings import Message
from choriste.domain.shared.ids import EventId, FlowId, InvoiceId, event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyReference:
    """A party of the invoice: `structure` is the id of its structure here, None when it has none."""

    identifier: str
    name: str
    structure: str | None = None


@dataclass(frozen=True, slots=True)
class Assignee:
    """The colleague who takes care of an invoice (docs/reference/b2g-lifecycle.md#acts)."""

    account: str
    name: str


class FileKind(StrEnum):
    """The kinds of files attached to an invoice; values are the codes shown to clients.

    `OWN_DOCUMENT` is the supplier's own PDF, taken out of the data that embed it; BR-FR-17 calls it so.
    """

    ORIGINAL = "ORIGINAL"
    READABLE_COPY = "DUPLICATA FACTUR-X"
    ATTACHMENT = "PIECE_JOINTE"
    OWN_DOCUMENT = "LISIBLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file of an invoice: its name for people, where it is kept, its size in bytes and its SHA-256.

    `category` is its type in the words of whoever attached it.
    """

    kind: FileKind
    name: str
    key: str
    size: int
    sha256: str
    mime_type: str
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceHead:
    """A tracked invoice.

    `version` counts status changes and edits from 1; writing demands the version that was read.
    `audit_hash` is the hash of the last audit row. `due_at` is when somebody, or the platform itself,
    must have acted. Amounts are in `currency`. `is_state`, `validation_step` and `payment_unreported` are
    the recipient's settings at the time of the deposit.

    Works documents: `previous` are the pieces that it answers, `answered_by` the one that answers it,
    `billing_file` the first piece of its file, `adjusted` the amounts without VAT that it admits for other
    pieces, `moe_available_at` when it was made available to the project manager
    (docs/reference/works-contracts.md#what-a-billing-file-shares).

    `taken_up_by` is the draft that was deposited in place of a refused invoice
    (docs/reference/b2g-lifecycle.md#refuse-or-recycle). `downloaded` says that the recipient's system fetched
    the invoice, `rejection_closed` that the depositor dealt with its rejection. `payment_due` is the day when
    the invoice asks to be paid (BT-9), None where it names none.
    """

    id: InvoiceId
    version: int
    frame: Frame
    status: Status
    status_at: dt.datetime
    number: str
    issue_date: dt.date
    type_code: str
    currency: str
    without_vat: Decimal
    vat: Decimal
    with_vat: Decimal
    due: Decimal
    supplier: PartyReference
    recipient: PartyReference
    service_code: str | None
    engagement: str | None
    contract: str | None
    flow_id: FlowId
    position: int
    channel: Channel
    depositor: str
    account: str
    deposited_at: dt.datetime
    syntax: Syntax
    profile: str | None
    validator_1: PartyReference | None = None
    validator_2: PartyReference | None = None
    moe: PartyReference | None = None
    moa: PartyReference | None = None
    is_state: bool = False
    validation_step: bool = False
    reject_corrects: bool = False
    overdue: bool = False
    payment_unreported: bool = False
    moe_service: str | None = None
    moe_available_at: dt.datetime | None = None
    previous: tuple[InvoiceId, ...] = ()
    answered_by: InvoiceId | None = None
    billing_file: InvoiceId | None = None
    adjusted: tuple[tuple[InvoiceId, Decimal], ...] = ()
    assignee: Assignee | None = None
    accounting_reference: str | None = None
    files: tuple[AttachedFile, ...] = ()
    due_at: dt.datetime | None = None
    reason_code: ReasonCode | None = None
    reason_text: str | None = None
    taken_up_by: InvoiceId | None = None
    downloaded: bool = False
    rejection_closed: bool = False
    payment_due: dt.date | None = None
    audit_hash: str = ""

    @property
    def is_credit_note(self) -> bool:
        """Whether the type code (UNTDID 1001, as EN 16931 lists them) is one of a credit note."""
        return self.type_code in CREDIT_NOTE_TYPES

    def signed(self, amount: Decimal) -> Decimal:
        """Return an amount of the invoice as money for its supplier: below zero on every credit note.

        EN 16931 writes a credit note's amounts without a sign; a few suppliers write one all the same.
        """
        return -abs(amount) if self.is_credit_note else amount

    def file(self, kind: FileKind) -> AttachedFile | None:
        """Return the first file of a kind."""
        return next((file for file in self.files if file.kind is kind), None)

    def with_file(self, file: AttachedFile) -> InvoiceHead:
        """Return the head with this file, in place of one of the same name."""
        kept = tuple(known for known in self.files if known.name != file.name)
        return replace(self, files=(*kept, file))


class Involvement(StrEnum):
    """Why an invoice stands in a list beside those of its supplier and its recipient."""

    VALIDATE = "VALIDATE"
    WORKS = "WORKS"
    FILE = "FILE"


def involvements_of(head: InvoiceHead) -> frozenset[tuple[Involvement, str]]:
    """Return the further lists that an invoice stands in, each with its owner.

    Validators and works actors own lists by their structure, a billing file by the id of its first piece.
    """
    validators, actors = (head.validator_1, head.validator_2), (head.moe, head.moa)
    found = {(Involvement.VALIDATE, party.structure) for party in validators if party is not None}
    found |= {(Involvement.WORKS, party.structure) for party in actors if party is not None}
    if head.frame.is_works:
        found.add((Involvement.FILE, str(head.billing_file or head.id)))
    return frozenset((kind, owner) for kind, owner in found if owner is not None)


CREDIT_NOTE_TYPES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """One row of an invoice's history; the same row is the outbox entry that events are published from.

    `actor` is an account id and `actor_name` what users are shown; neither travels in events. `note` is
    what the platform says of the change (who kept silent, which piece answered), `text` what a person
    wrote. A row whose `before` and `after` are the same is an act beside the transitions.
    """

    invoice_id: InvoiceId
    version: int
    at: dt.datetime
    transition: str
    before: Status | None
    after: Status
    role: Role
    actor: str
    actor_name: str
    reason_code: ReasonCode | None = None
    reason_text: str | None = None
    note: Message | None = None
    text: str | None = None

    @property
    def is_act(self) -> bool:
        """Whether it left the status alone."""
        return self.before is self.after

    @property
    def id(self) -> EventId:
        """The event id: the same change always has the same one, so consumers can drop repeats."""
        return event_id(self.invoice_id, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """A link of an invoice's audit chain: `hash` covers the previous hash and the canonical body."""

    invoice_id: InvoiceId
    version: int
    previous: str
    body: str
    hash: str


def audit_row(change: StatusChange, *, previous: str) -> AuditRow:
    """Return the link that follows `previous` (empty for the first) for a status change."""
    said = {"note": change.note.fr if change.note is not None else None, "text": change.text}
    body = json.dumps(
        {
            **{name: words for name, words in said.items() if words is not None},
            "invoice": change.invoice_id,
            "version": change.version,
            "at": change.at.isoformat(),
            "transition": change.transition,
            "before": change.before,
            "after": change.after,
            "role": change.role,
            "actor": change.actor,
            "reason_code": change.reason_code,
            "reason_text": change.reason_text,
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    digest = hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()
    return AuditRow(
        invoice_id=change.invoice_id, version=change.version, previous=previous, body=body, hash=digest
    )


def broken_link(rows: tuple[AuditRow, ...]) -> int | None:
    """Return the version of the first row that does not follow from the one before it, or None."""
    previous = ""
    for row in rows:
        digest = hashlib.sha256(f"{previous}\n{row.body}".encode()).hexdigest()
        if row.previous != previous or row.hash != digest:
            return row.version
        previous = row.hash
    return None
