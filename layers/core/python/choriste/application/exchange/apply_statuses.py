"""Apply a status flow of a partner: each status is a step that its structure takes on an invoice.

The flow is a deposit like any other, with a document for each status, so that its report says what became of
each. A step is taken once: a flow that was broken off goes on where it stopped when its event comes again.
Source: docs/reference/exchange.md#statuses.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from choriste.application.deposits.deposited_file import clean_filename
from choriste.application.deposits.inbox_findings import repeated
from choriste.application.deposits.receive_deposit import Receipt, register_flow
from choriste.application.deposits.receive_inbox_object import drop_claim, receive_inbox_object
from choriste.application.exchange.partner_rights import principal_of_partner
from choriste.application.exchange.ports import ExchangePorts
from choriste.application.invoices.access import actions_of, acts_open_to, may_see
from choriste.application.invoices.act_on_invoice import record_reference
from choriste.application.invoices.treat_invoice import Treatment, treat_invoice
from choriste.application.shared.ports import Bucket
from choriste.application.shared.problems import problem_text
from choriste.domain.access.principal import Principal
from choriste.domain.codes.edi import status_of_edi
from choriste.domain.deposits.flow import Channel, Document, Flow, Outcome
from choriste.domain.exchange.partner import Partner
from choriste.domain.lifecycle import Status
from choriste.domain.lifecycle.next_actor import is_late
from choriste.domain.lifecycle.reasons import free_reason
from choriste.domain.shared.errors import ChoristeError, StaleVersionError
from choriste.domain.shared.findings import Finding, Severity, Verdict, worded
from choriste.domain.shared.ids import InvoiceId, new_flow_id, new_invoice_id
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import position_of
from choriste.formats.errors import UnreadableError
from choriste.formats.pivot import StatedStatus, read_statuses

_REMEMBERED: Final = dt.timedelta(days=14)
_YEARS: Final = 3
"""How many years back a number is looked for where the flow does not say the invoice's date."""


def receive_statuses(ports: ExchangePorts, partner: Partner, key: str, *, delivery: str) -> Receipt:
    """Take in a file of statuses and apply them; raises `StaleVersionError` when somebody acted meanwhile.

    `delivery` names this very version of the object; its size was looked at by the caller.
    """
    content = ports.files.get(Bucket.INBOX, key)
    flow, is_new = register_flow(ports, _wanted(ports, partner, key, content, delivery))
    if not (flow.drop or "").startswith(drop_claim(key)):
        return _repeated(ports, key, delivery=delivery, first=flow)
    if flow.documents is not None:
        return Receipt(flow=flow, is_new=is_new)
    ports.files.put(Bucket.ARCHIVE, flow.key, content, mime_type="application/xml")
    try:
        stated = read_statuses(content)
    except UnreadableError as error:
        return _refuse(ports, flow, error.finding)
    principal = principal_of_partner(ports, partner)
    documents = [_applied(ports, principal, flow, n, each) for n, each in enumerate(stated, start=1)]
    for document in ports.flows.add_documents(flow, documents):
        flow = ports.flows.settle(document, at=ports.clock.now(), alone=len(documents) == 1)
    return Receipt(flow=flow, is_new=is_new)


def _wanted(ports: ExchangePorts, partner: Partner, key: str, content: bytes, delivery: str) -> Flow:
    now = ports.clock.now()
    return Flow(
        id=new_flow_id(now),
        channel=Channel.S3,
        depositor=partner.structure,
        account=partner.code,
        filename=clean_filename(key.rpartition("/")[2]),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        key="",
        received_at=now,
        state_at=now,
        drop=drop_claim(key, delivery=delivery),
    )


def _repeated(ports: ExchangePorts, key: str, *, delivery: str, first: Flow) -> Receipt:
    """Refuse a file whose bytes came before under another name."""
    finding = repeated(first.id, first.filename, first.received_at)
    receipt = receive_inbox_object(ports, key, delivery=delivery, refusal=finding)
    return receipt or Receipt(flow=first, is_new=False)


def _refuse(ports: ExchangePorts, flow: Flow, finding: Finding) -> Receipt:
    refused = replace(flow, documents=0, findings=(finding,), state_at=ports.clock.now())
    ports.flows.refuse(refused)
    return Receipt(flow=refused, is_new=True)


def _applied(
    ports: ExchangePorts, principal: Principal, flow: Flow, order: int, stated: StatedStatus
) -> Document:
    """Return the document of a status: accepted once it is applied, else with what stood against it."""
    head = _invoice(ports, principal, stated)
    finding = _apply(ports, principal, stated, head, claim=f"status#{flow.id}#{order}")
    return Document(
        flow_id=flow.id,
        position=order,
        filename=flow.filename,
        size=flow.size,
        sha256=flow.sha256 or "",
        key=flow.key,
        invoice_id=head.id if head is not None else new_invoice_id(ports.clock.now()),
        number=stated.number,
        outcome=Outcome.ACCEPTED if finding is None else Outcome.REFUSED,
        verdict=Verdict.VALID if finding is None else Verdict.INVALID,
        findings=(finding,) if finding is not None else (),
    )


def _apply(
    ports: ExchangePorts, principal: Principal, stated: StatedStatus, head: InvoiceHead | None, *, claim: str
) -> Finding | None:
    """Take the step that a status asks for, once for its `claim`; return why it cannot be taken."""
    wanted = status_of_edi(stated.code)
    if head is None:
        found = f"{stated.number} ({stated.supplier} → {stated.recipient})"
        return worded("exchange", "EDI-INVOICE-UNKNOWN", line=stated.line, found=found)
    if wanted is None:
        return worded("exchange", "EDI-STATUS-UNKNOWN", line=stated.line, found=stated.code)
    if ports.idempotency.get(claim) is not None:
        return None
    try:
        finding = _step(ports, principal, stated, head, wanted)
    except StaleVersionError:
        raise
    except ChoristeError as error:
        finding = _refusal(error, stated)
    if finding is None:
        ports.idempotency.put(claim, wanted.value, until=ports.clock.now() + _REMEMBERED)
    return finding


def _step(
    ports: ExchangePorts, principal: Principal, stated: StatedStatus, head: InvoiceHead, wanted: Status
) -> Finding | None:
    actions = actions_of(principal, head)
    step = next((row.name for row in actions if row.target is wanted), None)
    if step is None:
        if is_late(position_of(head), target=wanted):
            return None  # status flows arrive in any order: it had that status, or went past it
        allowed = ", ".join(sorted({row.target.value for row in actions})) or "—"
        found = f"{head.status.value} → {wanted.value}"
        return worded("exchange", "EDI-STATUS-NOT-NOW", line=stated.line, found=found, expected=allowed)
    reason = free_reason(stated.comment) if stated.comment is not None else None
    treated = treat_invoice(ports, principal, head.id, Treatment(action=step, reason=reason))
    _keep_order(ports, principal, stated, treated)
    return None


def _keep_order(ports: ExchangePorts, principal: Principal, stated: StatedStatus, head: InvoiceHead) -> None:
    """Record the number of the payment order where the recipient may, and it is a new one."""
    wanted = stated.order
    if wanted is None or wanted == head.accounting_reference:
        return
    if "record-accounting-reference" in acts_open_to(principal, head):
        record_reference(ports, principal, head.id, wanted)


def _refusal(error: ChoristeError, stated: StatedStatus) -> Finding:
    return Finding(
        rule=error.code,
        severity=Severity.FATAL,
        message=problem_text(error.code, error.parameters).detail,
        line=stated.line,
        found=stated.code,
    )


def _invoice(ports: ExchangePorts, principal: Principal, stated: StatedStatus) -> InvoiceHead | None:
    """Return the invoice that a status is about: by its technical id, else by number and parties.

    None also for one that the partner may not see.
    """
    for invoice_id in _candidates(ports, stated):
        head = ports.invoices.get(invoice_id)
        if head is not None and head.number == stated.number and may_see(principal, head):
            return head
    return None


def _candidates(ports: ExchangePorts, stated: StatedStatus) -> Iterator[InvoiceId]:
    technical = stated.technical_id or ""
    if technical.isascii() and technical.isdigit() and len(technical) <= 16:  # noqa: PLR2004 - below 2**53
        yield InvoiceId(int(technical))
    this_year = ports.clock.now().year
    stated_year = (stated.issued_on or "")[:4]
    exact = stated_year.isascii() and stated_year.isdigit()
    years = (int(stated_year),) if exact else range(this_year, this_year - _YEARS, -1)
    for year in years:
        found = ports.invoices.numbered(
            supplier=stated.supplier, recipient=stated.recipient, year=year, number=stated.number
        )
        if found is not None:
            yield found
