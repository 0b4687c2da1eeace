"""The transition table as a whole: its own consistency, and every status, frame and actor decided."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from choriste.domain.lifecycle import (
    ACTIONS,
    ENDED,
    TRANSITIONS,
    Carries,
    Frame,
    Guard,
    Position,
    RefusalCode,
    Role,
    Status,
    Transition,
    TransitionRefusedError,
    action_towards,
    available,
    decide,
    open_transitions,
)
from choriste.domain.lifecycle.transitions import transitions_from
from tests.builders.lifecycle import guards_at, reachable, reason_of

_FACTS = {
    Guard.NOT_STATE: "state_recipient",
    Guard.REJECT_CORRECTS: "reject_corrects",
    Guard.STEP_ON: "validation_step",
    Guard.STEP_OFF: "validation_step",
    Guard.SECOND: "second_validator",
    Guard.NO_SECOND: "second_validator",
    Guard.OVERDUE: "overdue",
}


def _positions(frame: Frame) -> list[Position]:
    """Every status of a frame, under every combination of the facts that some row reads there."""
    found = []
    for status in Status:
        read = sorted({_FACTS[guard] for guard in guards_at(Position(frame=frame, status=status))})
        found += [
            Position(frame=frame, status=status, **dict(zip(read, facts, strict=True)))
            for facts in product((False, True), repeat=len(read))
        ]
    return found


def test_table_speaks_of_the_57_official_statuses_and_26_frames() -> None:
    assert len(Status) == 57
    assert len(Frame) == 26


@pytest.mark.parametrize("frame", Frame)
def test_table_has_one_row_for_a_name_and_position(frame: Frame) -> None:
    doubles = [
        (name, position)
        for position in _positions(frame)
        for name, count in Counter(row.name for row in open_transitions(position)).items()
        if count > 1
    ]

    assert doubles == []


def test_table_rows_all_start_where_an_invoice_can_be() -> None:
    starts = {(position.frame, position.status) for position in reachable()}

    idle = [
        (row.name, frame.short, source.value)
        for row in TRANSITIONS
        for frame, source in product(row.frames, row.sources)
        if (frame, source) not in starts
    ]

    assert idle == []


@pytest.mark.parametrize("frame", Frame)
def test_every_combination_of_status_frame_and_actor_is_decided(frame: Frame) -> None:
    """An action that no row has here is refused to everybody; the others are tried in every role."""
    undecided = []

    for position in _positions(frame):
        here = {row.name for row in transitions_from(frame, position.status)}
        tries = {(name, Role.OPERATOR) for name in ACTIONS - here} | set(product(here, Role))
        for name, role in tries:
            row = next((row for row in available(position, role) if row.name == name), None)
            wanted = row.target if row else "refused"
            if _outcome(position, name, role, row) != wanted:
                undecided.append((position, name, role))

    assert undecided == []


def _outcome(position: Position, name: str, role: Role, row: Transition | None) -> Status | str:
    reason = reason_of(row.reason) if row else None
    try:
        return decide(position, name=name, role=role, reason=reason).after.status
    except TransitionRefusedError as refused:
        listed = tuple(row.name for row in available(position, role))
        return "refused" if refused.allowed == listed else "refused with a wrong list"


@pytest.mark.parametrize("frame", Frame)
def test_every_path_can_end(frame: Frame) -> None:
    onwards = {position: after for position, after in reachable().items() if position.frame is frame}
    ending = {position for position in onwards if position.status in ENDED}

    while more := {position for position in onwards.keys() - ending if onwards[position] & ending}:
        ending |= more

    assert onwards.keys() - ending == set()


def test_ended_invoices_move_no_more_but_to_be_duplicated_or_corrected() -> None:
    moves = {
        row.name for position in reachable() if position.status in ENDED for row in open_transitions(position)
    }

    assert moves == {"duplicate", "recycle"}


@pytest.mark.parametrize(
    ("name", "role", "code"),
    [
        ("fly", Role.RECIPIENT, RefusalCode.UNKNOWN_ACTION),
        ("take-charge", Role.MOE, RefusalCode.NOT_FOR_FRAME),
        ("complete", Role.SUPPLIER, RefusalCode.WRONG_STATUS),
        ("mandate", Role.SUPPLIER, RefusalCode.WRONG_ROLE),
        ("reject", Role.RECIPIENT, RefusalCode.REASON_MISSING),
    ],
)
def test_refusal_has_a_code_and_lists_what_is_allowed(name: str, role: Role, code: RefusalCode) -> None:
    position = Position(frame=Frame.A1, status=Status.MISE_A_DISPOSITION)

    with pytest.raises(TransitionRefusedError) as refused:
        decide(position, name=name, role=role)

    assert refused.value.code == code.value
    assert refused.value.allowed == tuple(row.name for row in available(position, role))


def test_refusal_by_a_condition_names_it() -> None:
    position = Position(frame=Frame.A1, status=Status.MISE_A_DISPOSITION, state_recipient=True)

    with pytest.raises(TransitionRefusedError) as refused:
        decide(position, name="send-back", role=Role.RECIPIENT)

    assert refused.value.code == RefusalCode.CONDITION.value
    assert refused.value.parameters["condition"] == "not-state"


@pytest.mark.parametrize(
    ("name", "carries"),
    [
        ("associate", Carries.DOCUMENT),
        ("correct-validator", Carries.PARTY),
        ("recycle", Carries.ROUTING),
        ("complete", Carries.COMPLEMENT),
        ("pay", Carries.NOTHING),
    ],
)
def test_action_says_what_must_come_with_it(name: str, carries: Carries) -> None:
    assert {row.carries for row in TRANSITIONS if row.name == name} == {carries}


def test_decision_says_what_to_publish() -> None:
    position = Position(frame=Frame.A1, status=Status.MISE_A_DISPOSITION)

    decision = decide(position, name="pay", role=Role.RECIPIENT)

    assert decision.emits == "invoice.payment-sent"


def test_action_towards_a_status_is_the_one_that_leads_there() -> None:
    position = Position(frame=Frame.A1, status=Status.SUSPENDUE)

    row = action_towards(position, role=Role.RECIPIENT, target=Status.MISE_A_DISPOSITION)

    assert row is not None
    assert row.name == "resume"
    assert action_towards(position, role=Role.SUPPLIER, target=Status.REJETEE) is None
