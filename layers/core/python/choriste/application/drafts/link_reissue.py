"""Link a refused invoice to the one draft that reissues it, when that draft is deposited.

Several drafts may be begun for one refused invoice, but only one of them becomes its successor: the first
that is deposited. It is written before anything is sent, so that of two deposits at the same moment one is
refused. A draft that was abandoned, or whose flow was refused, leaves its place to another.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.drafts.ports import DraftPorts
from choriste.application.invoices.access import depositor_role
from choriste.application.invoices.write import change_invoice
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import FlowState
from choriste.domain.deposits.named_parties import parties_finding
from choriste.domain.drafts.draft import Draft
from choriste.domain.lifecycle import Status
from choriste.domain.shared.errors import DraftInvalidError
from choriste.domain.shared.findings import Finding
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import Actor, Journey


def reissued_finding(ports: DraftPorts, head: InvoiceHead, *, by: InvoiceId | None = None) -> Finding | None:
    """Return why a refused invoice cannot be reissued (again), None when the draft `by` may, or any draft."""
    if head.taken_up_by is None or head.taken_up_by == by:
        return None
    taker = ports.drafts.get(head.taken_up_by)
    if taker is None or not _stands(ports, taker):
        return None
    return parties_finding("DRAFT-TAKEN-UP", found=taker.invoice.number, expected=str(taker.id))


def left_to_reissue(ports: DraftPorts, closed: Draft) -> InvoiceId | None:
    """Return the refused invoice that a copy of a closed draft reissues.

    None where the closed draft did so itself: its copy is another invoice.
    """
    head = ports.invoices.get(closed.duplicate_of) if closed.duplicate_of is not None else None
    if head is None or (head.taken_up_by == closed.id and _stands(ports, closed)):
        return None
    return head.id


def link_reissue(ports: DraftPorts, principal: Principal, draft: Draft) -> None:
    """Write on a refused invoice that this draft reissues it, with its status where the lifecycle knows one.

    Doing so twice changes nothing; whoever acts on the invoice at this moment goes first. Raises
    `DraftInvalidError` when another draft was first, `StaleVersionError` when others act again and again.
    """

    def linked(head: InvoiceHead) -> Journey:
        journey = Journey.begin(head)
        if head.taken_up_by == draft.id:
            return journey
        refusal = reissued_finding(ports, head, by=draft.id)
        if refusal is not None:
            raise DraftInvalidError(findings=[refusal])
        return _linked(ports, principal, journey, replace(head, taken_up_by=draft.id))

    if draft.duplicate_of is not None:
        change_invoice(ports, draft.duplicate_of, linked)


def _stands(ports: DraftPorts, taker: Draft) -> bool:
    """Say whether a draft that took an invoice up came, or may still come, to an invoice of its own."""
    if taker.status is Status.SUPPRIMEE:
        return False
    flow = ports.flows.get(taker.flow_id) if taker.flow_id is not None else None
    return flow is None or flow.state is not FlowState.REFUSED


def _linked(ports: DraftPorts, principal: Principal, journey: Journey, head: InvoiceHead) -> Journey:
    role = depositor_role(principal, head, "duplicate")
    if role is None:
        return journey.revised(head)
    actor = Actor(role=role, account=principal.id, name=principal.name)
    return journey.edited(head).take_step(action="duplicate", actor=actor, at=ports.clock.now())
