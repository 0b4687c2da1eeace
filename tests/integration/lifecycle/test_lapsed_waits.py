"""The alarm `approval lapsed` counts lines of a log: each is an invoice that a person has to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from choriste.domain.lifecycle import Frame
from functions.approval.handler import handler
from infra.observability import INCIDENT_LINES
from tests.builders.contexts import a_context
from tests.builders.stage import CITY, CONTRACTOR, Stage, a_sample, a_stage


@dataclass
class Log:
    """A logger that remembers what an alarm would count, and what it would not."""

    alarming: list[dict[str, Any]] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)

    def error(self, message: str, *, extra: dict[str, Any]) -> None:
        assert message in INCIDENT_LINES.values()
        self.alarming.append(extra)

    def info(self, message: str, *, extra: dict[str, Any]) -> None:
        assert message not in INCIDENT_LINES.values()
        self.quiet.append(extra["left"])


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = a_stage()
    monkeypatch.setattr("choriste.runtime.ports.built_ports", lambda: stage.ports)
    stage.deposit(a_sample("A9"), by=CONTRACTOR, frame=Frame.A9, validator=stage.sirets["2002"])
    return stage


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    log = Log()
    monkeypatch.setattr("functions.approval.handler.logger", log)
    return log


def _lapse(stage: Stage, *, version: int, failure: str = "States.Timeout") -> str:
    event = {"action": "lapse", "invoice_id": stage.head("A9").id, "version": version, "failure": failure}
    return str(handler(event, a_context())["outcome"])


def test_machine_that_failed_while_its_invoice_waits_is_an_alarm(stage: Stage, log: Log) -> None:
    head = stage.head("A9")

    outcome = _lapse(stage, version=head.version, failure="States.TaskFailed")

    assert outcome == "A_VALIDER_1"
    assert log.alarming == [{"invoice_id": head.id, "error": "States.TaskFailed", "left": "no machine"}]


def test_machine_whose_answer_was_lost_is_no_alarm(stage: Stage, log: Log) -> None:
    version = stage.head("A9").version
    stage.act("A9", "2002", "validate")
    stage.bench.clock.advance(days=16)

    outcome = _lapse(stage, version=version)

    assert (outcome, log.alarming, log.quiet) == ("MISE_A_DISPOSITION", [], ["nothing"])


def test_deadline_that_the_sweeper_missed_for_a_day_is_an_alarm(stage: Stage, log: Log) -> None:
    version = stage.head("A9").version
    stage.bench.clock.advance(days=16)

    outcomes = [_lapse(stage, version=version), _lapse(stage, version=version)]

    assert outcomes == ["MISE_A_DISPOSITION"] * 2
    assert [said["left"] for said in log.alarming] == ["late deadline"], "once, however often it is asked"
    assert stage.head("A9").recipient.structure == CITY
