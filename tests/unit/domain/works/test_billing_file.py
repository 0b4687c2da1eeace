"""The billing file as it stands: who may answer a piece, and which amount counts for it."""

from __future__ import annotations

from decimal import Decimal

from choriste.domain.lifecycle import Frame, Role, Status
from choriste.domain.works.billing_file import admitted_amount, answers_by
from tests.builders.console import an_invoice_head

STATEMENT = an_invoice_head(1, frame=Frame.A4, status=Status.MISE_A_DISPOSITION_MOE)
REQUEST = an_invoice_head(2, frame=Frame.A10, status=Status.ASSOCIEE, without_vat=Decimal("1000.00"))


def test_piece_is_answered_by_those_who_deposit_what_follows_it() -> None:
    assert answers_by(frozenset({Role.MOE}), STATEMENT) == (Frame.A15, Frame.A16)
    assert answers_by(frozenset({Role.SUPPLIER}), STATEMENT) == ()
    assert answers_by(frozenset({Role.MOE, Role.MOA}), STATEMENT) == (Frame.A15, Frame.A16, Frame.A19)


def test_piece_that_was_answered_awaits_nothing() -> None:
    assert answers_by(frozenset({Role.MOE}), REQUEST) == ()


def test_amount_of_a_subcontractor_is_the_last_one_admitted_for_it() -> None:
    first = an_invoice_head(3, adjusted=((REQUEST.id, Decimal("900.00")),))
    last = an_invoice_head(4, adjusted=((REQUEST.id, Decimal("850.50")),))

    assert admitted_amount(REQUEST, [REQUEST, first, last]) == Decimal("850.50")
    assert admitted_amount(REQUEST, [REQUEST]) == Decimal("1000.00")
