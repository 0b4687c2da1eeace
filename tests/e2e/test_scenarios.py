"""Every scenario file, played as users would play it: by HTTP, by S3 and by the command line.

What the functions ask of AWS meanwhile is noted: each must stay within its row of rights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from choriste.domain.printouts.printout import PrintoutKind
from choriste.local.scenarios.model import Scenario, scenarios
from choriste.local.scenarios.play import Player
from infra.permissions import PERMISSIONS, rights_of
from tests.builders.aws_calls import Right
from tests.builders.platform_here import PlatformHere, a_platform_here
from tests.builders.rights_used import rights_used

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Played:
    """What became of the scenarios: the reports or the failure of each, the printouts, the rights used."""

    reports: Mapping[str, Sequence[Mapping[str, Any]] | Exception]
    printouts: Mapping[str, set[int]]
    rights: Mapping[str, set[Right]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """All scenarios, played one after the other on one platform, and every printout asked for at the end.

    The platform starts once its calls are noted, as it keeps the functions that it starts with.
    """
    folder = tmp_path_factory.mktemp("platform")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("CHORISTE_LOG_LEVEL", "ERROR")
        with rights_used() as rights, a_platform_here(folder) as here:
            reports = {scenario.name: _play(here, scenario) for scenario in scenarios()}
            here.platform.drain(timeout=120)
            printouts = _ask_for_printouts(here)
            assert here.dead_letters() == {}
            yield Played(reports, printouts, rights)


def _play(here: PlatformHere, scenario: Scenario) -> Sequence[Mapping[str, Any]] | Exception:
    def advance(days: float) -> None:
        here.platform.clock.advance(days=days)
        here.platform.drain(timeout=120)

    player = Player(credentials=here.credentials, credentials_file=here.credentials_file, advance=advance)
    try:
        player.play(scenario)
    except Exception as error:  # noqa: BLE001 -- raised again by the test of this scenario
        return error
    return player.reports


def _ask_for_printouts(here: PlatformHere) -> dict[str, set[int]]:
    """Ask for every printout of the deposits and their invoices, and return the statuses by place."""
    partner, answered = here.partner(), {}
    for row in partner.call("/v1/deposits?limit=200")["deposits"]:
        report = partner.call(f"/v1/deposits/{row['flow_id']}")
        places = [f"/v1/deposits/{row['flow_id']}"]
        places += [f"/v1/invoices/{each['invoice_id']}" for each in report["documents"] if each["invoice_id"]]
        for place in places:
            paths = [f"{place}/printouts/{kind}" for kind in PrintoutKind]
            answered[place] = {here.ask("GET", path, by=partner).status for path in paths}
    return answered


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_scenario_ends_as_it_says(scenario: Scenario, played: Played) -> None:
    reports = played.reports[scenario.name]

    if isinstance(reports, Exception):
        raise reports
    assert reports
    assert all(report["complete"] for report in reports)


def test_printouts_of_all_deposits_are_made_or_not_foreseen(played: Played) -> None:
    assert played.printouts
    assert {place: found for place, found in played.printouts.items() if not found <= {302, 404}} == {}


# The console is a person's: its pages are driven in the browser tests, through the same use cases as the API.
@pytest.mark.parametrize(
    "function",
    [
        *("api", "inbox", "intake_validate", "documents", "intake_deliver"),
        *("approval", "notification", "publisher", "sweeper"),
    ],
)
def test_function_needs_no_right_beyond_its_row(function: str, played: Played) -> None:
    assert played.rights[function], "the scenarios never ran it"
    assert played.rights[function] - rights_of(function) == set()


# Who moves invoices begins and ends the waits for decisions; nobody else may.
@pytest.mark.parametrize("function", ["api", "intake_deliver", "sweeper"])
def test_function_that_moves_invoices_starts_and_ends_waits(function: str, played: Played) -> None:
    assert played.rights[function] >= {
        ("states:StartExecution", "machine/approval"),
        ("states:SendTaskSuccess", "machine/approval"),
    }


def test_nobody_else_may_start_or_end_a_wait() -> None:
    entitled = {
        name
        for name in PERMISSIONS
        for action, resource in rights_of(name)
        if resource == "machine/approval" and action.startswith("states:")
    }

    # by the inbox come the statuses that the systems of partners set
    assert entitled == {"api", "chorus", "console", "inbox", "intake_deliver", "approval", "sweeper"}
