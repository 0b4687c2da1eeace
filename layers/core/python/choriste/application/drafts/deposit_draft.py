"""Deposit a draft: check it as the intake would, then send it on as any other invoice file.

A draft that would be refused is not sent: its faults are told at once and it stays open. Depositing twice,
or again after a break, gives the same flow. Of several drafts of one refused invoice, one can be deposited.
"""

from __future__ import annotations

import re
from dataclasses import replace

from choriste.application.deposits.integrate_document import preview_findings
from choriste.application.deposits.receive_deposit import Receipt, receive_deposit
from choriste.application.drafts.change_draft import open_draft
from choriste.application.drafts.link_reissue import link_reissue, reissued_finding
from choriste.application.drafts.ports import DraftPorts
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel, Submission
from choriste.domain.deposits.named_parties import parties_finding
from choriste.domain.drafts.draft import Draft
from choriste.domain.lifecycle import decide
from choriste.domain.shared.errors import DraftInvalidError
from choriste.domain.shared.findings import Finding, Severity
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.formats.invoice.cii import write_cii

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def check_draft(ports: DraftPorts, draft: Draft) -> tuple[Finding, ...]:
    """Return what the intake would find in a draft; what concerns a refused invoice comes first."""
    original = _original(ports, draft)
    number = draft.invoice.number
    taken = original is not None and original.number == number
    own = (parties_finding("DRAFT-NUMBER-TAKEN", found=number),) if taken else ()
    refusal = reissued_finding(ports, original, by=draft.id) if original is not None else None
    submission = Submission(
        depositor=draft.structure, account=draft.account, at=ports.clock.now(), parties=draft.parties
    )
    found = preview_findings(
        ports, write_cii(draft.invoice), filename=_filename(draft), submission=submission
    )
    return (*((refusal,) if refusal is not None else ()), *own, *found)


def deposit_draft(
    ports: DraftPorts,
    principal: Principal,
    draft_id: InvoiceId,
    *,
    channel: Channel,
    expected_version: int | None = None,
) -> tuple[Draft, Receipt]:
    """Deposit a draft and return it closed, with its flow.

    Raises `DraftInvalidError` with the findings that would refuse it, and what `change_draft` raises.
    """
    draft = open_draft(ports, principal, draft_id, expected_version=expected_version)
    decision = decide(draft.position, name="submit", role=draft.role)
    draft = replace(draft, account=principal.id, author=principal.name)
    fatal = [each for each in check_draft(ports, draft) if each.severity is Severity.FATAL]
    if fatal:
        raise DraftInvalidError(findings=fatal)
    link_reissue(ports, principal, draft)
    receipt = receive_deposit(
        ports,
        principal,
        structure=draft.structure,
        filename=_filename(draft),
        content=write_cii(draft.invoice),
        channel=channel,
        parties=draft.parties,
    )
    closed = replace(
        draft,
        version=draft.version + 1,
        status=decision.after.status,
        changed_at=ports.clock.now(),
        flow_id=receipt.flow.id,
    )
    ports.drafts.save(closed, expected_version=draft.version)
    return closed, receipt


def _filename(draft: Draft) -> str:
    return (_UNSAFE.sub("-", draft.invoice.number or "").strip("-") or "facture") + ".xml"


def _original(ports: DraftPorts, draft: Draft) -> InvoiceHead | None:
    return ports.invoices.get(draft.duplicate_of) if draft.duplicate_of is not None else None
