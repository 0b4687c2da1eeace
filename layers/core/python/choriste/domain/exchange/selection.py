"""Which changes of an invoice partners are told: statuses to both sides, the invoice to its recipient.

Source: docs/reference/exchange.md#what-is-sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from choriste.domain.codes.edi import edi_code
from choriste.domain.exchange.partner import Partner
from choriste.domain.lifecycle import Role, Status
from choriste.domain.tracking.head import InvoiceHead, StatusChange


def statuses_for(
    partner: Partner, head: InvoiceHead, history: Sequence[StatusChange]
) -> tuple[StatusChange, ...]:
    """Return the changes that a partner is told, oldest first: no status that it set itself.

    That its own file became an invoice it is told, since that names the technical id.
    The supplier's system learns every status that has an EDI code. The recipient's makes nearly all of them
    itself: it learns that an invoice was completed.
    """
    issues = partner.structure in {head.supplier.structure, head.depositor}
    return tuple(
        change
        for change in history
        if not change.is_act
        and (change.actor != partner.code or change.after is Status.DEPOSEE)
        and edi_code(change.after) is not None
        and (issues or change.after is Status.COMPLETEE)
    )


def deliveries_of(history: Sequence[StatusChange]) -> tuple[StatusChange, ...]:
    """Return the changes at which an invoice goes to its recipient's system, oldest first.

    It does when the platform makes it available, also after a recycling, and when it was completed: then
    with what was added. What the recipient takes back by itself is not sent again.
    """
    return tuple(
        change
        for change in history
        if (change.after is Status.MISE_A_DISPOSITION and change.role is Role.PLATFORM and not change.is_act)
        or (change.after is Status.COMPLETEE and not change.is_act)
    )
