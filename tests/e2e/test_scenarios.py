"""Every scenario file, played as users would play it: by HTTP, by S3 and by the command line."""

from __future__ import annotations

import pytest

from choriste.local.scenarios.model import Scenario, scenarios
from choriste.local.scenarios.play import Player
from tests.builders.platform_here import PlatformHere

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_scenario_ends_as_it_says(here: PlatformHere, scenario: Scenario) -> None:
    def advance(days: float) -> None:
        here.platform.clock.advance(days=days)
        here.platform.drain(timeout=120)

    player = Player(credentials=here.credentials, credentials_file=here.credentials_file, advance=advance)

    player.play(scenario)

    assert player.reports
    assert all(report["complete"] for report in player.reports)
