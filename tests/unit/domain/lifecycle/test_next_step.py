"""What comes next: the table is in the order of the work, and only whoever must act has a next step."""

from __future__ import annotations

import pytest

from choriste.domain.lifecycle import Frame, Position, Role, Status, available
from choriste.domain.lifecycle.next_step import is_final, next_step


@pytest.mark.parametrize(
    ("frame", "status", "roles", "step"),
    [
        (Frame.A1, Status.MISE_A_DISPOSITION, {Role.RECIPIENT}, "certify-service"),
        (Frame.A1, Status.SERVICE_FAIT, {Role.RECIPIENT}, "mandate"),
        (Frame.A1, Status.MANDATEE, {Role.RECIPIENT}, "send-to-accountant"),
        (Frame.A1, Status.COMPTABILISEE, {Role.RECIPIENT}, "pay"),
        (Frame.A1, Status.SUSPENDUE, {Role.SUPPLIER}, "complete"),
        (Frame.A1, Status.SUSPENDUE, {Role.RECIPIENT}, None),
        (Frame.A1, Status.A_RECYCLER, {Role.SUPPLIER}, "recycle"),
        (Frame.A1, Status.MISE_A_DISPOSITION, {Role.SUPPLIER}, None),
        (Frame.A1, Status.MISE_EN_PAIEMENT, {Role.RECIPIENT}, None),
        (Frame.A9, Status.A_VALIDER_1, {Role.VALIDATOR_1}, "validate"),
        (Frame.A4, Status.MISE_A_DISPOSITION_MOE, {Role.MOE}, "take-charge"),
        (Frame.A4, Status.A_ASSOCIER_MOE, {Role.MOE}, "associate"),
    ],
)
def test_next_step_is_the_first_of_the_table_for_whoever_must_act(
    frame: Frame, status: Status, roles: set[Role], step: str | None
) -> None:
    row = next_step(Position(frame=frame, status=status), roles)

    assert (row.name if row is not None else None) == step


@pytest.mark.parametrize("unreported", [False, True])
def test_steps_after_which_nobody_owes_anything_are_final(*, unreported: bool) -> None:
    position = Position(frame=Frame.A1, status=Status.MISE_A_DISPOSITION, payment_unreported=unreported)

    final = {row.name for row in available(position, Role.RECIPIENT) if is_final(position, row)}

    assert final == {"pay", "reject", *(["book"] if unreported else [])}
