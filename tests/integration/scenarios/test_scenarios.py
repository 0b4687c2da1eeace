"""Every scenario file, played by the use cases on stores in memory."""

from __future__ import annotations

import pytest

from choriste.local.scenarios.model import Scenario, scenarios
from tests.builders.stage import a_stage


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_scenario_ends_as_it_says(scenario: Scenario) -> None:
    stage = a_stage()

    stage.play(scenario)

    assert scenario.steps
