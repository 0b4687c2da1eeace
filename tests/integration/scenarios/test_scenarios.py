"""Every scenario file, played by the use cases on stores in memory."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from choriste.domain.lifecycle import TRANSITIONS, Frame, Role, Status
from choriste.local.scenarios.model import Scenario, first_run, scenarios
from tests.builders.stage import a_stage

TODAY = dt.date(2027, 3, 1)
SYSTEM = frozenset({Role.PLATFORM, Role.CLOCK})


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_scenario_ends_as_it_says(scenario: Scenario) -> None:
    stage = a_stage()

    stage.play(scenario)

    assert scenario.steps


def test_first_run_leaves_an_invoice_wherever_one_may_stand_and_a_draft() -> None:
    stage = a_stage()

    for story in first_run(TODAY):
        stage.play(story)

    standing = Counter(stage.head(number).status for number in stage.invoices)
    assert standing == {
        Status.MISE_A_DISPOSITION: 2,
        Status.MISE_EN_PAIEMENT: 2,
        Status.SERVICE_FAIT: 1,
        Status.MANDATEE: 1,
        Status.REJETEE: 1,
        Status.SUSPENDUE: 1,
        Status.A_RECYCLER: 1,
        Status.A_VALIDER_1: 1,
    }
    refused = {each.number: {f.rule for f in each.findings} for each in stage.documents if each.findings}
    assert set(refused) == {"CIM-0206", "RIB-048"}
    (draft,) = stage.ports.drafts.of_structure("2001", after=None, limit=9).rows
    assert (draft.invoice.number, draft.invoice.issue_date) == ("CIM-0207", TODAY)


def test_scenarios_deposit_every_frame_and_take_every_step_of_the_system() -> None:
    frames, taken = set(), set()
    for scenario in scenarios():
        stage = a_stage()
        stage.play(scenario)
        for number in stage.invoices:
            frames.add(stage.head(number).frame)
            history = stage.ports.invoices.history(stage.head(number).id)
            taken |= {change.transition for change in history if change.role in SYSTEM}

    # a document without a frame is an A1 (docs/reference/b2g-lifecycle.md#frames)
    assert set(Frame) - frames <= {Frame.SANS_CADRE}
    assert {row.name for row in TRANSITIONS if row.roles & SYSTEM} - taken == set()
