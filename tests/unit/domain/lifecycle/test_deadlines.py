"""Legal deadlines: which runs when, and what the clock then does."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from choriste.domain.lifecycle import Frame, Position, Role, Status, available
from choriste.domain.lifecycle.deadlines import DEADLINES, Deadline, deadline_of, due_after, silence_note
from tests.builders.lifecycle import reachable

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)


def _at(frame: Frame, status: Status) -> Position:
    return Position(frame=frame, status=status)


@pytest.mark.parametrize(
    ("frame", "status", "days"),
    [
        (Frame.A9, Status.A_VALIDER_1, 15),
        (Frame.A9, Status.A_VALIDER_2, 15),
        (Frame.A12, Status.A_VALIDER_1, 15),
        (Frame.A4, Status.MISE_A_DISPOSITION_MOE, 7),
        (Frame.A7, Status.MISE_A_DISPOSITION_MOE, 30),
        (Frame.A17, Status.MISE_A_DISPOSITION_MOA, 30),
        (Frame.A22, Status.MISE_A_DISPOSITION_MOA, 10),
    ],
)
def test_deadline_gives_the_legal_number_of_days(frame: Frame, status: Status, days: int) -> None:
    due = due_after(None, _at(frame, status), at=NOW, due=None)

    assert due == NOW + dt.timedelta(days=days)


def test_deadline_never_runs_for_the_optional_step_of_an_ordinary_invoice() -> None:
    assert deadline_of(Frame.A1, Status.A_VALIDER_1) is None


def test_deadline_goes_on_while_the_same_actor_keeps_the_document() -> None:
    due = NOW + dt.timedelta(days=2)
    before = _at(Frame.A4, Status.MISE_A_DISPOSITION_MOE)

    assert due_after(before, _at(Frame.A4, Status.PRISE_EN_COMPTE_MOE), at=NOW, due=due) == due


def test_deadline_starts_again_with_the_right_validator() -> None:
    before = _at(Frame.A9, Status.ERREUR_FOURNISSEUR_SUR_VALIDEUR)

    due = due_after(before, _at(Frame.A9, Status.A_VALIDER_1), at=NOW, due=None)

    assert due == NOW + dt.timedelta(days=15)


def test_deadline_ends_with_the_wait() -> None:
    before = _at(Frame.A9, Status.A_VALIDER_1)

    assert due_after(before, _at(Frame.A9, Status.VALIDEE_1), at=NOW, due=NOW) is None


def test_deadline_is_unique_for_a_frame_and_status() -> None:
    doubles = [
        (frame, status)
        for frame, status in product(Frame, Status)
        if sum(frame in row.frames and status in row.statuses for row in DEADLINES) > 1
    ]

    assert doubles == []


def test_deadline_outcomes_are_what_the_clock_may_do_and_all_of_it() -> None:
    wrong = [
        position
        for position in reachable()
        if [row.name for row in available(position, Role.CLOCK)]
        != (
            [deadline.outcome]
            if (deadline := deadline_of(position.frame, position.status)) and deadline.outcome
            else []
        )
    ]

    assert wrong == []


def test_deadline_that_opens_an_act_opens_it_only_once_passed() -> None:
    waiting = _at(Frame.A7, Status.MISE_A_DISPOSITION_MOE)
    passed = Position(frame=Frame.A7, status=Status.MISE_A_DISPOSITION_MOE, overdue=True)

    assert "replace" not in {row.name for row in available(waiting, Role.SUPPLIER)}
    assert "replace" in {row.name for row in available(passed, Role.SUPPLIER)}


@pytest.mark.parametrize("deadline", DEADLINES, ids=lambda deadline: deadline.code)
def test_deadline_that_passed_names_the_silent_party(deadline: Deadline) -> None:
    note = silence_note(deadline, name="Bâtisseurs SA", identifier="12345678200010")

    for text in (note.fr, note.en):
        assert "Bâtisseurs SA (SIRET 12345678200010)" in text
        assert str(deadline.days) in text
