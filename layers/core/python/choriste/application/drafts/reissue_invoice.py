"""Reissue a refused invoice as a draft: everything it said, under a new number.

Source: docs/reference/b2g-lifecycle.md#refuse-or-recycle.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from choriste.application.deposits.parse_named_parties import parties_error
from choriste.application.drafts.begin_draft import DraftSource, begin_draft
from choriste.application.drafts.link_reissue import reissued_finding
from choriste.application.drafts.ports import DraftPorts
from choriste.application.invoices.access import answers_for
from choriste.application.invoices.read_content import content_of
from choriste.application.invoices.read_invoices import read_invoice
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.named_parties import NamedParties, parties_finding
from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.entry import DraftFields, fields_of
from choriste.domain.lifecycle import Origin, TransitionRefusedError
from choriste.domain.lifecycle.editing import needs_new_number
from choriste.domain.lifecycle.errors import RefusalCode
from choriste.domain.shared.errors import ForbiddenError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead, PartyReference
from choriste.domain.tracking.journey import position_of


def reissue_invoice(ports: DraftPorts, principal: Principal, invoice_id: InvoiceId, *, number: str) -> Draft:
    """Begin a draft with what a refused invoice said, under another number, and return it.

    The refused invoice stays as it is until the draft is deposited. Raises `NotFoundError`,
    `ForbiddenError` unless the principal may issue for its depositor, `TransitionRefusedError` when the
    invoice was not refused for good, `BadRequestError` for its own number, or when it was taken up.
    """
    head = read_invoice(ports, principal, invoice_id).head
    if not answers_for(principal, head):
        raise ForbiddenError(right="duplicate", structure=head.supplier.structure, service=None)
    position = position_of(head)
    if not needs_new_number(position):
        raise TransitionRefusedError(
            RefusalCode.WRONG_STATUS, action="duplicate", status=head.status, frame=head.frame, allowed=()
        )
    taken = reissued_finding(ports, head)
    if taken is not None:
        raise parties_error("id", taken)
    if number.strip() in {"", head.number}:
        raise parties_error("number", parties_finding("DRAFT-NUMBER-TAKEN", found=head.number))
    invoice = content_of(ports, head)
    source = DraftSource(invoice=invoice, parties=_parties(head), origin=Origin.DRAFT, duplicate_of=head.id)
    entry = _renumbered(fields_of(invoice), number=number.strip(), today=ports.clock.now().date())
    return begin_draft(ports, principal, structure=_structure(head), fields=entry, source=source)


def _renumbered(entry: DraftFields, *, number: str, today: dt.date) -> DraftFields:
    """Return the entry as of today, under its new number, with as many days to pay as before."""
    due = entry.due_date
    if due is not None and entry.issue_date is not None:
        due = max(today + (due - entry.issue_date), today)
    return replace(entry, number=number, issue_date=today, due_date=due)


def _structure(head: InvoiceHead) -> str:
    return head.supplier.structure or head.depositor


def _parties(head: InvoiceHead) -> NamedParties:
    return NamedParties(
        frame=head.frame,
        validator=_siret(head.validator_1),
        validator2=_siret(head.validator_2),
        moe=_siret(head.moe),
        moe_service=head.moe_service,
        moa=_siret(head.moa) if head.moa is not None and head.moa != head.recipient else None,
        previous=head.previous,
        adjusted=head.adjusted,
    )


def _siret(party: PartyReference | None) -> str | None:
    return party.identifier if party is not None else None
