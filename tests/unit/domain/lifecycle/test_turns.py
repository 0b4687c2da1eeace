"""Turns agree with the table: whoever's turn it is must act, and nobody decides outside a turn."""

from __future__ import annotations

import pytest

from choriste.domain.lifecycle import Frame, Role, Status
from choriste.domain.lifecycle.next_actor import expected_actors
from choriste.domain.lifecycle.position import open_transitions
from choriste.domain.lifecycle.turns import ends_by_itself, turn_of
from tests.builders.lifecycle import reachable

DECIDING = frozenset({Role.VALIDATOR_1, Role.VALIDATOR_2, Role.MOE, Role.MOA})
CORRECTING = frozenset(status for status in Status if status.value.startswith("ERREUR_")) | {
    Status.A_COMPLETER,
    Status.A_RECYCLER,
}


def test_role_of_a_turn_is_the_one_expected_to_act() -> None:
    wrong = [
        (position.frame.short, position.status.value)
        for position in reachable()
        if (role := turn_of(position.frame, position.status)) is not None
        and open_transitions(position)
        and expected_actors(position) != {role}
    ]

    assert wrong == []


def test_decision_of_a_validator_or_of_the_works_chain_is_always_a_turn() -> None:
    outside = {
        (position.frame.short, position.status.value)
        for position in reachable()
        if expected_actors(position) & DECIDING
        and position.status not in CORRECTING
        and not position.frame.is_payable
        and position.status is not Status.DEPOSEE
        and turn_of(position.frame, position.status) is None
    }

    assert {status for _, status in outside} <= {"BROUILLON", "INTERPRETEE_OCR"}


def test_every_turn_is_reached_by_each_of_its_roles() -> None:
    reached = {turn_of(position.frame, position.status) for position in reachable()}

    assert reached == {None, Role.SUPPLIER, *DECIDING}


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (Frame.A9, Status.A_VALIDER_1),
        (Frame.A4, Status.PRISE_EN_COMPTE_MOE),
        (Frame.A22, Status.MISE_A_DISPOSITION_MOA),
    ],
)
def test_silence_ends_a_turn_where_the_law_gives_it_a_meaning(frame: Frame, status: Status) -> None:
    assert ends_by_itself(frame, status)


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (Frame.A1, Status.A_VALIDER_1),
        (Frame.A7, Status.MISE_A_DISPOSITION_MOE),
        (Frame.A4, Status.MISE_A_DISPOSITION_MOA),
    ],
)
def test_silence_ends_no_other_turn(frame: Frame, status: Status) -> None:
    assert not ends_by_itself(frame, status)
