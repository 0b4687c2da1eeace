"""Every scenario file, played by the use cases on stores in memory."""

from __future__ import annotations

import pytest

from choriste.domain.lifecycle import TRANSITIONS, Frame, Role
from choriste.local.scenarios.model import Scenario, scenarios
from tests.builders.stage import a_stage

SYSTEM = frozenset({Role.PLATFORM, Role.CLOCK})


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_scenario_ends_as_it_says(scenario: Scenario) -> None:
    stage = a_stage()

    stage.play(scenario)

    assert scenario.steps


def test_scenarios_deposit_every_frame_and_take_every_step_of_the_system() -> None:
    frames, taken = set(), set()
    for scenario in scenarios():
        stage = a_stage()
        stage.play(scenario)
        for number in stage.invoices:
            frames.add(stage.head(number).frame)
            history = stage.shop.invoices.history(stage.head(number).id)
            taken |= {change.transition for change in history if change.role in SYSTEM}

    # a document without a frame is an A1 (handbook A8)
    assert set(Frame) - frames <= {Frame.SANS_CADRE}
    assert {row.name for row in TRANSITIONS if row.roles & SYSTEM} - taken == set()
