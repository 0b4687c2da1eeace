"""Who may reissue a refused invoice; apart from `reissue_invoice`, which reads XML and is heavier to load."""

from __future__ import annotations

from choriste.application.invoices.treat_invoice import entitled
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level
from choriste.domain.lifecycle import Status
from choriste.domain.lifecycle.rules import needs_new_number
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import position_of


def answers_for(principal: Principal, head: InvoiceHead) -> bool:
    """Say whether a principal answers for an invoice as its depositor."""
    return any(entitled(principal, head, role, Level.MODIFY) for role in head.frame.depositors)


def may_be_reissued(principal: Principal, head: InvoiceHead) -> bool:
    """Say whether a principal may reissue an invoice: it was refused for good, and not reissued before."""
    is_taken = head.taken_up_by is not None or head.status is Status.DUPLIQUE_APRES_REFUS
    return needs_new_number(position_of(head)) and not is_taken and answers_for(principal, head)
