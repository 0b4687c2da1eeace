"""The waits for validators: start one, end one, keep its token, and let it lapse when nobody came.

One wait is one execution of the approval machine, named after the invoice and the version at which the
wait began. Repeated and late calls change nothing: whether a wait is still on, the invoice alone says.
"""

from __future__ import annotations

from choriste.application.ports import Workshop
from choriste.domain.errors import NotFoundError, StaleVersionError
from choriste.domain.head import InvoiceHead
from choriste.domain.ids import InvoiceId
from choriste.domain.lifecycle import Status
from choriste.domain.tracking import Journey, let_deadline_pass

AWAITING = frozenset({Status.A_VALIDER_1, Status.A_VALIDER_2})
"""The statuses at which the approval machine waits."""


def follow_waits(shop: Workshop, before: InvoiceHead, after: InvoiceHead) -> None:
    """End the wait that a step ended, and start the one that it began; to be called after the write."""
    if before.status is after.status:
        return
    if before.status in AWAITING:
        shop.approvals.answer(before.id, _began(shop, before), after.status.value)
    if after.status in AWAITING:
        shop.approvals.ask(after.id, _began(shop, after))


def restart_wait(shop: Workshop, head: InvoiceHead) -> None:
    """Start the machine of a wait that goes on; one that is running already stays as it is."""
    if head.status in AWAITING:
        shop.approvals.ask(head.id, _began(shop, head))


def keep_token(shop: Workshop, invoice_id: InvoiceId, version: int, token: str) -> str:
    """Keep the token of a wait, or end the wait at once when the invoice went on; return its status."""
    head = _found(shop, invoice_id)
    if head.status in AWAITING and _began(shop, head) == version:
        shop.approvals.remember(invoice_id, version, token)
        # whoever acted between the reading and the keeping found no token to answer
        head = _found(shop, invoice_id)
    if head.status not in AWAITING or _began(shop, head) != version:
        shop.approvals.answer_token(token, head.status.value)
    return head.status.value


def lapse_wait(shop: Workshop, invoice_id: InvoiceId, version: int) -> str:
    """Apply the legal deadline of a wait that outlived it, and return the status that follows.

    The sweeper normally did so before; whoever acts at this moment wins.
    """
    head, now = _found(shop, invoice_id), shop.clock.now()
    is_over = head.due_at is not None and head.due_at <= now
    if head.status not in AWAITING or _began(shop, head) != version or not is_over:
        return head.status.value
    try:
        return write_deadline(shop, head).status.value
    except StaleVersionError:
        return _found(shop, invoice_id).status.value


def write_deadline(shop: Workshop, head: InvoiceHead) -> InvoiceHead:
    """Write what follows when an invoice's deadline has passed; raises `StaleVersionError`."""
    journey: Journey = let_deadline_pass(head, at=shop.clock.now())
    shop.invoices.advance(journey.head, journey.changes, journey.audits, expected_version=head.version)
    follow_waits(shop, head, journey.head)
    return journey.head


def _began(shop: Workshop, head: InvoiceHead) -> int:
    """Return the version at which the invoice came to its present status; acts since then do not count."""
    steps = [c.version for c in shop.invoices.history(head.id) if not c.is_act and c.version <= head.version]
    return max(steps, default=head.version)


def _found(shop: Workshop, invoice_id: InvoiceId) -> InvoiceHead:
    head = shop.invoices.get(invoice_id)
    if head is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    return head
