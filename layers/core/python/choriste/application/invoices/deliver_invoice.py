"""Deliver an invoice: attach its readable copy and take it on until somebody has to act.

An ordinary invoice reaches its recipient, an already-paid one is in payment at once, one that must be
validated waits for its validator. A works document ends the wait of the pieces that it answers.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.approvals.await_decision import restart_wait
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.invoices.write import change_invoice
from choriste.domain.lifecycle import Status, TransitionRefusedError
from choriste.domain.shared.findings import Message
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, InvoiceHead
from choriste.domain.tracking.journey import PLATFORM, Journey
from choriste.domain.works.chain import ending_of
from choriste.i18n.catalogue import message


def deliver_invoice(
    ports: InvoicePorts, invoice_id: InvoiceId, *, readable_copy: AttachedFile
) -> InvoiceHead:
    """Attach the readable copy and take the platform's steps; an invoice that went on already stays as it is.

    The pieces that it answers are settled first: a delivery that breaks off is repeated as a whole.
    """

    def delivered(head: InvoiceHead) -> Journey:
        journey = Journey.begin(head)
        if head.status is not Status.DEPOSEE:
            return journey
        for piece in head.previous:
            _end_wait(ports, piece, by=head)
        return journey.edited(head.with_file(readable_copy)).onward(at=ports.clock.now())

    journey = change_invoice(ports, invoice_id, delivered)
    if journey.is_empty:
        # a delivery that broke off after the write has not started the wait
        restart_wait(ports, journey.head)
    return journey.head


def _end_wait(ports: InvoicePorts, piece: InvoiceId, *, by: InvoiceHead) -> None:
    """End the wait of a piece that a document answers; whoever acts on it at this moment goes first."""

    def ended(head: InvoiceHead) -> Journey:
        journey = Journey.begin(head)
        if head.answered_by is not None:
            return journey
        answered = replace(head, answered_by=by.id, billing_file=head.billing_file or by.billing_file)
        action = ending_of(head.frame, follower=by.frame)
        try:
            return journey.edited(answered).take_step(
                action=action, actor=PLATFORM, at=ports.clock.now(), note=_answered_note(by)
            )
        except TransitionRefusedError:
            # refused or returned since the deposit was checked: the answer is delivered all the same
            return journey

    change_invoice(ports, piece, ended)


def _answered_note(by: InvoiceHead) -> Message:
    return message("invoices", "next-piece", number=by.number, frame=by.frame.short)
