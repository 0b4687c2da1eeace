"""Deliver an invoice: attach its duplicate and take it on until somebody has to act.

An ordinary invoice reaches its recipient, an already-paid one is in payment at once, one that must be
validated waits for its validator. A works document ends the wait of the pieces that it answers.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.await_decision import follow_waits
from choriste.application.ports import Workshop
from choriste.domain.errors import NotFoundError, StaleVersionError
from choriste.domain.findings import Message
from choriste.domain.head import AttachedFile, InvoiceHead
from choriste.domain.ids import InvoiceId
from choriste.domain.lifecycle import Status, TransitionRefusedError
from choriste.domain.lifecycle.works import ending_of
from choriste.domain.tracking import PLATFORM, Journey, take_step

_TRIES = 3


def deliver_invoice(shop: Workshop, invoice_id: InvoiceId, *, duplicate: AttachedFile) -> InvoiceHead:
    """Attach the duplicate and take the platform's steps; an invoice that went on already stays as it is.

    The pieces that it answers are settled first: a delivery that breaks off is repeated as a whole.
    """
    head = _found(shop, invoice_id)
    if head.status is not Status.DEPOSEE:
        follow_waits(shop, replace(head, status=Status.DEPOSEE), head)
        return head
    for piece in head.previous:
        _answer(shop, piece, by=head)
    journey = Journey(head.with_file(duplicate)).onward(at=shop.clock.now())
    shop.invoices.advance(journey.head, journey.changes, journey.audits, expected_version=head.version)
    follow_waits(shop, head, journey.head)
    return journey.head


def _answer(shop: Workshop, piece: InvoiceId, *, by: InvoiceHead) -> None:
    """End the wait of a piece; whoever acts on it at this moment is let through first."""
    for attempt in range(1, _TRIES + 1):
        try:
            _end(shop, _found(shop, piece), by=by)
        except StaleVersionError:
            if attempt == _TRIES:
                raise
            continue
        return


def _end(shop: Workshop, piece: InvoiceHead, *, by: InvoiceHead) -> None:
    if piece.answered_by is not None:
        return
    answered = replace(piece, answered_by=by.id, billing_file=piece.billing_file or by.billing_file)
    action = ending_of(piece.frame, follower=by.frame)
    try:
        journey = take_step(
            answered, action=action, actor=PLATFORM, at=shop.clock.now(), note=_answered_note(by)
        )
    except TransitionRefusedError:
        # refused or returned since the deposit was checked: the answer goes its own way
        return
    shop.invoices.advance(journey.head, journey.changes, journey.audits, expected_version=piece.version)
    follow_waits(shop, piece, journey.head)


def _answered_note(by: InvoiceHead) -> Message:
    return Message(
        fr=f"Pièce suivante : {by.number} ({by.frame.short}).",
        en=f"Next piece: {by.number} ({by.frame.short}).",
    )


def _found(shop: Workshop, invoice_id: InvoiceId) -> InvoiceHead:
    head = shop.invoices.get(invoice_id)
    if head is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    return head
