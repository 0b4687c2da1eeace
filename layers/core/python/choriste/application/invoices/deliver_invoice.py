"""Deliver an invoice: attach its readable copy and take it on until somebody has to act.

An ordinary invoice reaches its recipient, an already-paid one is in payment at once, one that must be
validated waits for its validator. A works document ends the wait of the pieces that it answers.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.approvals.await_decision import follow_waits
from choriste.application.ports import Ports
from choriste.domain.lifecycle import Status, TransitionRefusedError
from choriste.domain.shared.errors import NotFoundError, StaleVersionError
from choriste.domain.shared.findings import Message
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, InvoiceHead
from choriste.domain.tracking.journey import PLATFORM, Journey, take_step
from choriste.domain.works.chain import ending_of

_TRIES = 3


def deliver_invoice(ports: Ports, invoice_id: InvoiceId, *, readable_copy: AttachedFile) -> InvoiceHead:
    """Attach the readable copy and take the platform's steps; an invoice that went on already stays as it is.

    The pieces that it answers are settled first: a delivery that breaks off is repeated as a whole.
    """
    head = _found(ports, invoice_id)
    if head.status is not Status.DEPOSEE:
        follow_waits(ports, replace(head, status=Status.DEPOSEE), head)
        return head
    for piece in head.previous:
        _answer(ports, piece, by=head)
    journey = Journey(head.with_file(readable_copy)).onward(at=ports.clock.now())
    ports.invoices.advance(journey.head, journey.changes, journey.audits, expected_version=head.version)
    follow_waits(ports, head, journey.head)
    return journey.head


def _answer(ports: Ports, piece: InvoiceId, *, by: InvoiceHead) -> None:
    """End the wait of a piece; whoever acts on it at this moment is let through first."""
    for attempt in range(1, _TRIES + 1):
        try:
            _end(ports, _found(ports, piece), by=by)
        except StaleVersionError:
            if attempt == _TRIES:
                raise
            continue
        return


def _end(ports: Ports, piece: InvoiceHead, *, by: InvoiceHead) -> None:
    if piece.answered_by is not None:
        return
    answered = replace(piece, answered_by=by.id, billing_file=piece.billing_file or by.billing_file)
    action = ending_of(piece.frame, follower=by.frame)
    try:
        journey = take_step(
            answered, action=action, actor=PLATFORM, at=ports.clock.now(), note=_answered_note(by)
        )
    except TransitionRefusedError:
        # refused or returned since the deposit was checked: the answer goes its own way
        return
    ports.invoices.advance(journey.head, journey.changes, journey.audits, expected_version=piece.version)
    follow_waits(ports, piece, journey.head)


def _answered_note(by: InvoiceHead) -> Message:
    return Message(
        fr=f"Pièce suivante : {by.number} ({by.frame.short}).",
        en=f"Next piece: {by.number} ({by.frame.short}).",
    )


def _found(ports: Ports, invoice_id: InvoiceId) -> InvoiceHead:
    head = ports.invoices.get(invoice_id)
    if head is None:
        raise NotFoundError(kind="invoice", id=invoice_id)
    return head
