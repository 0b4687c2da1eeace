"""State machines hold to the table: the walk finds each kind of fault, and the real machines have none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from choriste.domain.lifecycle import Frame, Status
from tests.infra.machine_walk import check_machine, transitions_named

MACHINES = sorted((Path(__file__).parents[4] / "infra").rglob("*.asl.json"))


def _task(transition: str, following: str, *, resource: str = "lambda:invoke") -> dict[str, object]:
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}",
        "Parameters": {"Payload": {"transition": transition}},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
        "Next": following,
    }


def _machine(**states: object) -> dict[str, object]:
    ends = {"Done": {"Type": "Succeed"}, "Failed": {"Type": "Fail"}}
    return {"StartAt": next(iter(states)), "States": {**states, **ends}}


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
@pytest.mark.parametrize("frame", Frame)
def test_machine_of_the_project_is_legal_for_every_frame(path: Path, frame: Frame) -> None:
    machine = json.loads(path.read_text(encoding="utf-8"))

    assert check_machine(machine, frame=frame, start=frozenset(Status)) == []


def test_machine_that_follows_the_table_has_no_complaint() -> None:
    machine = _machine(
        Ask=_task("ask-validation", "Wait"),
        Wait=_task("let-pass", "Route", resource="lambda:invoke.waitForTaskToken"),
        Route=_task("route", "Done"),
    )

    assert check_machine(machine, frame=Frame.A9) == []
    assert transitions_named(machine) == {"ask-validation", "let-pass", "route"}


def test_machine_may_rely_on_what_the_platform_does_by_itself() -> None:
    machine = _machine(Route=_task("route", "Deliver"), Deliver=_task("deliver", "Done"))

    assert check_machine(machine, frame=Frame.A1) == []


@pytest.mark.parametrize(
    ("state", "complaint"),
    [
        (_task("deliver", "Done"), "First: deliver is not legal for A2 from DEPOSEE"),
        (_task("fly", "Done"), "First: unknown transition fly"),
        (_task("pay-at-once", "Nowhere"), "Nowhere: no such state"),
        ({"Type": "Pass"}, "First: leads nowhere"),
        ({"Type": "Task", "Next": "Done"}, "First: a task without a catch"),
        ({"Type": "Pass", "Result": {"status": "PERDUE"}, "Next": "Done"}, "First: unknown status PERDUE"),
        (
            {
                "Type": "Choice",
                "Choices": [{"Variable": "$.status", "StringEquals": "PERDUE", "Next": "Done"}],
            },
            "First: unknown status PERDUE",
        ),
        (
            {
                "Type": "Choice",
                "Choices": [
                    {"Or": [{"Variable": "$.status", "StringEquals": "PERDUE"}], "Next": "Done"},
                ],
                "Default": "Failed",
            },
            "First: unknown status PERDUE",
        ),
    ],
)
def test_machine_faults_are_each_named(state: dict[str, object], complaint: str) -> None:
    assert complaint in check_machine(_machine(First=state), frame=Frame.A2)


def test_machine_state_that_nothing_reaches_is_named() -> None:
    machine = _machine(First={"Type": "Pass", "Next": "Done"})

    assert "Failed: nothing leads here" in check_machine(machine, frame=Frame.A1)


def test_machine_without_states_is_no_machine() -> None:
    assert check_machine({"StartAt": "First"}, frame=Frame.A1) == ["First: no such state"]
