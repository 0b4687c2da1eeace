"""Deposit a draft: check it as the intake would, then send it on as any other invoice file.

A draft that would be refused is not sent: its faults are told at once and it stays open. Depositing twice,
or again after a break, gives the same flow. Of several drafts of one refused invoice, one can be deposited.
"""

from __future__ import annotations

import re
from dataclasses import replace

from choriste.application.integrate_document import foreseen_findings
from choriste.application.keep_draft import open_draft
from choriste.application.ports import Workshop
from choriste.application.receive_deposit import Receipt, receive_deposit
from choriste.application.take_up import take_up, taken_up_finding
from choriste.domain.designation import designation_finding
from choriste.domain.draft import Draft
from choriste.domain.errors import DraftInvalidError
from choriste.domain.findings import Finding, Severity
from choriste.domain.flow import Channel
from choriste.domain.head import InvoiceHead
from choriste.domain.identity.principal import Principal
from choriste.domain.ids import InvoiceId
from choriste.domain.lifecycle import decide
from choriste.formats.cii import write_cii

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def check_draft(shop: Workshop, draft: Draft) -> tuple[Finding, ...]:
    """Return everything that the intake would say of a draft, what concerns a refused invoice first."""
    original = _original(shop, draft)
    number = draft.invoice.number
    taken = original is not None and original.number == number
    own = (designation_finding("DRAFT-NUMBER-TAKEN", found=number),) if taken else ()
    refusal = taken_up_finding(shop, original, by=draft.id) if original is not None else None
    found = foreseen_findings(
        shop,
        write_cii(draft.invoice),
        filename=_filename(draft),
        depositor=draft.structure,
        account=draft.account,
        parties=draft.parties,
    )
    return (*((refusal,) if refusal is not None else ()), *own, *found)


def deposit_draft(
    shop: Workshop,
    principal: Principal,
    draft_id: InvoiceId,
    *,
    channel: Channel,
    expected_version: int | None = None,
) -> tuple[Draft, Receipt]:
    """Deposit a draft and return it closed, with its flow.

    Raises `DraftInvalidError` with the findings that would refuse it, and what `change_draft` raises.
    """
    draft = open_draft(shop, principal, draft_id, expected_version=expected_version)
    decision = decide(draft.position, name="submit", role=draft.role)
    draft = replace(draft, account=principal.id, author=principal.name)
    fatal = [each for each in check_draft(shop, draft) if each.severity is Severity.FATAL]
    if fatal:
        raise DraftInvalidError(findings=fatal)
    take_up(shop, principal, draft)
    receipt = receive_deposit(
        shop,
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
        changed_at=shop.clock.now(),
        flow_id=receipt.flow.id,
    )
    shop.drafts.save(closed, expected_version=draft.version)
    return closed, receipt


def _filename(draft: Draft) -> str:
    return (_UNSAFE.sub("-", draft.invoice.number or "").strip("-") or "facture") + ".xml"


def _original(shop: Workshop, draft: Draft) -> InvoiceHead | None:
    return shop.invoices.get(draft.duplicate_of) if draft.duplicate_of is not None else None
