"""What a billing file holds against a document: each fault alone, and nothing against a right one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from choriste.domain.lifecycle import Frame, Role, Status
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead, PartyReference
from choriste.domain.works.checks import FaultCode, WorksDocument, works_faults
from tests.builders.console import TOWN, WORKSHOP, an_invoice_head

MOE = PartyReference(identifier="1", name="Atelier MOE", structure="moe")
STATEMENT = an_invoice_head(1, frame=Frame.A4, status=Status.MISE_A_DISPOSITION_MOE, moe=MOE)
REQUEST = an_invoice_head(
    2, frame=Frame.A10, status=Status.MISE_A_DISPOSITION_MOE, moe=MOE, billing_file=STATEMENT.id
)


def _document(**changes: Any) -> WorksDocument:
    right = WorksDocument(
        frame=Frame.A15,
        role=Role.MOE,
        supplier=WORKSHOP,
        recipient=TOWN,
        moe="moe",
        previous=(STATEMENT.id,),
    )
    return replace(right, **changes)


def _faults(document: WorksDocument, piece: InvoiceHead = STATEMENT) -> list[FaultCode]:
    return [fault.code for fault in works_faults(document, [piece], [REQUEST, STATEMENT])]


def test_right_answer_meets_no_fault() -> None:
    assert _faults(_document(adjusted=(REQUEST.id,))) == []


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"previous": (InvoiceId(9), STATEMENT.id)}, FaultCode.PREVIOUS_UNKNOWN),
        ({"frame": Frame.A8, "role": Role.SUPPLIER}, FaultCode.MAY_NOT_FOLLOW),
        ({"recipient": "another town"}, FaultCode.OTHER_CONTRACT),
        ({"recipient": None}, FaultCode.OTHER_CONTRACT),
        ({"supplier": "another company"}, FaultCode.OTHER_CONTRACT),
        ({"moe": "another office"}, FaultCode.OTHER_ACTOR),
        ({"adjusted": (STATEMENT.id,)}, FaultCode.NOT_ADJUSTABLE),
        ({"adjusted": (InvoiceId(9),)}, FaultCode.NOT_ADJUSTABLE),
        ({"adjusted": (REQUEST.id,), "role": Role.SUPPLIER}, FaultCode.NOT_ADJUSTABLE),
    ],
)
def test_document_that_does_not_fit_meets_its_fault(document: dict[str, Any], fault: FaultCode) -> None:
    assert _faults(_document(**document)) == [fault]


def test_piece_is_answered_once() -> None:
    answered = replace(STATEMENT, status=Status.ASSOCIEE)

    assert _faults(_document(), answered) == [FaultCode.ALREADY_ANSWERED]


@pytest.mark.parametrize(("overdue", "faults"), [(False, [FaultCode.NOT_YET]), (True, [])])
def test_general_account_is_replaced_only_once_it_is_overdue(
    *, overdue: bool, faults: list[FaultCode]
) -> None:
    final = replace(STATEMENT, frame=Frame.A7, overdue=overdue)

    assert _faults(_document(frame=Frame.A22, role=Role.SUPPLIER), final) == faults


def test_works_actors_answer_the_piece_of_any_subcontractor() -> None:
    request = replace(REQUEST, supplier=PartyReference(identifier="2", name="Sub", structure="sub"))

    assert _faults(_document(previous=(request.id,)), request) == []


def test_amounts_of_another_file_are_not_adjusted() -> None:
    elsewhere = replace(REQUEST, billing_file=InvoiceId(7))

    found = works_faults(_document(adjusted=(elsewhere.id,)), [STATEMENT], [elsewhere])

    assert [fault.code for fault in found] == [FaultCode.NOT_ADJUSTABLE]
