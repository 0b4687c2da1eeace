"""The queues of an invoice, over every frame, status and setting that there is."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from choriste.domain.lifecycle import TRANSITIONS, Frame, Status
from choriste.domain.tracking.head import PartyReference
from choriste.domain.tracking.lists import InvoiceList, ListKind, Queue, places_of, queue_of, queues_holding
from tests.builders.console import TOWN, an_invoice_head

ELSE = PartyReference(identifier="44229377500031", name="Autre", structure="2009")


def test_status_is_found_in_the_queues_that_are_said_to_hold_it() -> None:
    flags = tuple(product((False, True), repeat=3))
    for row, (corrects, unreported, step) in product(TRANSITIONS, flags):
        frame, status = min(row.frames), row.target
        head = an_invoice_head(
            frame=frame,
            status=status,
            reject_corrects=corrects,
            payment_unreported=unreported,
            validation_step=step,
            validator_1=ELSE,
            validator_2=ELSE,
            moe=ELSE,
            moa=ELSE,
        )
        holding = queues_holding({status})
        for owner in (head.supplier.structure, head.recipient.structure, ELSE.structure):
            assert holding is None or queue_of(head, str(owner)) in holding, (frame, status, owner)


def test_treatment_moves_no_row_until_the_turn_passes() -> None:
    received = an_invoice_head(status=Status.MISE_A_DISPOSITION)

    treated = replace(received, status=Status.MANDATEE, version=5)
    paid = replace(received, status=Status.MISE_EN_PAIEMENT, version=7)

    assert places_of(treated) == places_of(received)
    left = {each.kind for each in places_of(received).keys() - places_of(paid).keys()}
    assert left == {ListKind.RECEIVED_QUEUE, ListKind.ISSUED_QUEUE, ListKind.DUE}


def test_validator_who_is_waited_for_has_it_in_the_own_queue() -> None:
    head = an_invoice_head(frame=Frame.A9, status=Status.A_VALIDER_1, validator_1=ELSE)

    assert InvoiceList(ListKind.VALIDATED_QUEUE, "2009", Queue.MINE) in places_of(head)
    assert queue_of(head, TOWN) is Queue.OTHERS
