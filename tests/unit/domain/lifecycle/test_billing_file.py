"""The billing file: what fits, what it ends, who sees which attachments, which amounts stand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from choriste.domain.lifecycle import Frame, Role, Status
from choriste.domain.works.billing_file import (
    BillingFault,
    BillingFile,
    BillingFileError,
    Ending,
    Piece,
)


def _piece(number: str, frame: Frame, role: Role, structure: str, **more: object) -> Piece:
    values = {"amount": Decimal("1000.00"), "attachments": (f"{number}.pdf",), **more}
    return Piece(number=number, frame=frame, role=role, structure=structure, **values)  # type: ignore[arg-type]


def _statement() -> BillingFile:
    """A month with the contractor's statement and a subcontractor's request, both with the MOE."""
    file = BillingFile(contract="M-1", contractor="contractor")
    for piece in (
        _piece("S-1", Frame.A4, Role.SUPPLIER, "contractor"),
        _piece("SUB-1", Frame.A10, Role.SUPPLIER, "subcontractor"),
    ):
        file, _ = file.deposit(piece)
        file = file.with_status(piece.number, Status.MISE_A_DISPOSITION_MOE)
    return file


def _answer(**more: object) -> Piece:
    values = {"answers": ("S-1", "SUB-1"), **more}
    return _piece("EA-1", Frame.A15, Role.MOE, "moe", **values)


def test_billing_file_answer_ends_the_pieces_it_answers() -> None:
    file, endings = _statement().deposit(_answer())

    assert endings == (Ending("S-1", "associate"), Ending("SUB-1", "associate"))
    answer = file.piece("EA-1")
    assert answer is not None
    assert answer.preceding == "S-1"


def test_billing_file_says_what_is_awaited_from_whom() -> None:
    awaited = _statement().awaited_from(Role.MOE)

    assert [(piece.number, frames) for piece, frames in awaited] == [
        ("S-1", (Frame.A15, Frame.A16)),
        ("SUB-1", (Frame.A15, Frame.A16)),
    ]
    assert _statement().awaited_from(Role.SUPPLIER) == ()


@pytest.mark.parametrize(
    ("role", "structure", "seen"),
    [
        (Role.SUPPLIER, "contractor", ("S-1.pdf", "SUB-1.pdf")),
        (Role.SUPPLIER, "subcontractor", ("SUB-1.pdf",)),
        (Role.MOE, "moe", ("S-1.pdf", "SUB-1.pdf")),
        (Role.MOA, "moa", ("S-1.pdf", "SUB-1.pdf")),
        (Role.RECIPIENT, "payer", ()),
    ],
)
def test_billing_file_attachments_are_seen_by_those_who_may(
    role: Role, structure: str, seen: tuple[str, ...]
) -> None:
    assert _statement().visible_attachments(role, structure) == seen


def test_billing_file_amount_of_a_subcontractor_is_adjusted_in_the_next_piece() -> None:
    file, _ = _statement().deposit(_answer(adjusted=(("SUB-1", Decimal("850.50")),)))

    assert file.admitted_amount("SUB-1") == Decimal("850.50")
    assert file.admitted_amount("S-1") == Decimal("1000.00")


@pytest.mark.parametrize(
    ("piece", "fault"),
    [
        (_piece("F-1", Frame.A1, Role.SUPPLIER, "contractor"), BillingFault.NOT_WORKS),
        (_piece("S-1", Frame.A4, Role.SUPPLIER, "contractor"), BillingFault.SAME_NUMBER),
        (_piece("EA-1", Frame.A15, Role.SUPPLIER, "contractor"), BillingFault.WRONG_DEPOSITOR),
        (_answer(answers=("S-9",)), BillingFault.UNKNOWN_PIECE),
        (
            _piece("DGD-1", Frame.A8, Role.SUPPLIER, "contractor", answers=("S-1",)),
            BillingFault.MAY_NOT_FOLLOW,
        ),
        (_answer(adjusted=(("S-1", Decimal(1)),)), BillingFault.NOT_ADJUSTABLE),
        (_answer(adjusted=(("S-9", Decimal(1)),)), BillingFault.UNKNOWN_PIECE),
    ],
)
def test_billing_file_refuses_what_does_not_fit(piece: Piece, fault: BillingFault) -> None:
    with pytest.raises(BillingFileError) as refused:
        _statement().deposit(piece)

    assert refused.value.fault is fault
    assert refused.value.code == fault.value


def test_billing_file_piece_is_answered_once() -> None:
    file = _statement().with_status("S-1", Status.ASSOCIEE)

    with pytest.raises(BillingFileError) as refused:
        file.deposit(_answer(answers=("S-1",)))

    assert refused.value.fault is BillingFault.ALREADY_ANSWERED


def test_billing_file_amount_of_an_unknown_piece_raises() -> None:
    with pytest.raises(BillingFileError):
        _statement().admitted_amount("S-9")
