"""Link a refused invoice to the one draft that reissues it, when that draft is deposited.

Several drafts may be begun for one refused invoice, but only one of them becomes its successor: the first
that is deposited. It is written before anything is sent, so that of two deposits at the same moment one is
refused. A draft that was abandoned, or whose flow was refused, leaves its place to another.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.invoices.treat_invoice import entitled
from choriste.application.ports import Ports
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level
from choriste.domain.deposits.flow import FlowState
from choriste.domain.deposits.named_parties import designation_finding
from choriste.domain.drafts.draft import Draft
from choriste.domain.lifecycle import Role, Status, available
from choriste.domain.shared.errors import DraftInvalidError, StaleVersionError
from choriste.domain.shared.findings import Finding
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import Actor, Journey, position_of, take_step

_TRIES = 3


def reissued_finding(ports: Ports, head: InvoiceHead, *, by: InvoiceId | None = None) -> Finding | None:
    """Return why a refused invoice cannot be reissued (again), None when the draft `by` may, or any draft."""
    if head.taken_up_by is None or head.taken_up_by == by:
        return None
    taker = ports.drafts.get(head.taken_up_by)
    if taker is None or not _stands(ports, taker):
        return None
    return designation_finding("DRAFT-TAKEN-UP", found=taker.invoice.number, expected=str(taker.id))


def left_to_reissue(ports: Ports, closed: Draft) -> InvoiceId | None:
    """Return the refused invoice that a copy of a closed draft reissues.

    None where the closed draft did so itself: its copy is another invoice.
    """
    head = ports.invoices.get(closed.duplicate_of) if closed.duplicate_of is not None else None
    if head is None or (head.taken_up_by == closed.id and _stands(ports, closed)):
        return None
    return head.id


def link_reissue(ports: Ports, principal: Principal, draft: Draft) -> None:
    """Write on a refused invoice that this draft reissues it, with its status where the lifecycle knows one.

    Doing so twice changes nothing. Whoever acts beside the steps at this moment is let through first. Raises
    `DraftInvalidError` when another draft was first, `StaleVersionError` when others find no end.
    """
    for attempt in range(1, _TRIES + 1):
        head = ports.invoices.get(draft.duplicate_of) if draft.duplicate_of is not None else None
        if head is None or head.taken_up_by == draft.id:
            return
        refusal = reissued_finding(ports, head, by=draft.id)
        if refusal is not None:
            raise DraftInvalidError(findings=[refusal])
        journey = _taken(ports, principal, replace(head, taken_up_by=draft.id))
        try:
            ports.invoices.advance(
                journey.head, journey.changes, journey.audits, expected_version=head.version
            )
        except StaleVersionError:
            if attempt == _TRIES:
                raise
            continue
        return


def _stands(ports: Ports, taker: Draft) -> bool:
    """Say whether a draft that took an invoice up came, or may still come, to an invoice of its own."""
    if taker.status is Status.SUPPRIMEE:
        return False
    flow = ports.flows.get(taker.flow_id) if taker.flow_id is not None else None
    return flow is None or flow.state is not FlowState.REFUSED


def _taken(ports: Ports, principal: Principal, head: InvoiceHead) -> Journey:
    role = _reissuing_role(principal, head)
    if role is None:
        return Journey(replace(head, version=head.version + 1))
    actor = Actor(role=role, account=principal.id, name=principal.name)
    return take_step(head, action="duplicate", actor=actor, at=ports.clock.now())


def _reissuing_role(principal: Principal, head: InvoiceHead) -> Role | None:
    roles = (role for role in head.frame.depositors if entitled(principal, head, role, Level.MODIFY))
    position = position_of(head)
    able = (r for r in roles if any(row.name == "duplicate" for row in available(position, r)))
    return next(able, None)
