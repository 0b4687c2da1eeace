"""The intake machine as written in its ASL file, executed by moto with functions of the test."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from string import Template
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda.models import LambdaFunction

from infra.catalogue import pascal
from infra.intake import MACHINES

REGION = "eu-west-3"
ACCOUNT = "123456789012"
DUPLICATE = {"key": "PJP00XFAC-1.pdf"}
INVOICE = {"invoice_id": 17}
ANSWER = {"outcome": "accepted", "readable_copy": DUPLICATE, **INVOICE}
INPUT = {"flow_id": "F-1", "document": 1}
Handler = Callable[[str, dict[str, Any]], dict[str, Any]]


class FakeError(Exception):
    """Raised by a function of the test."""


class Runner:
    """Stands for Lambda: calls the handler of the test, keeps what it was asked."""

    def __init__(self) -> None:
        self.handler: Handler = lambda _name, _event: ANSWER
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, function: LambdaFunction, event: str | dict[str, Any]) -> tuple[str, bool, str]:
        payload = json.loads(event) if isinstance(event, str) else event
        name = function.function_name.removeprefix("choriste-")
        self.asked.append((name, payload))
        try:
            return json.dumps(self.handler(name, payload)), False, ""
        except FakeError as error:
            return json.dumps({"errorType": "FakeError", "errorMessage": str(error)}), True, ""

    @property
    def actions(self) -> list[str]:
        return [payload["action"] for _, payload in self.asked]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    stand_in = Runner()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr(LambdaFunction, "_invoke_lambda", lambda fn, event=None: stand_in(fn, event))
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield stand_in


def physical(name: str) -> str:
    return f"choriste-{name.replace('_', '-')}"


def run_intake(given: Mapping[str, Any] = INPUT) -> dict[str, Any]:
    spec = next(spec for spec in MACHINES if spec.name == "intake")
    role = boto3.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    for name in spec.functions:
        boto3.client("lambda").create_function(
            FunctionName=physical(name),
            Runtime="python3.13",
            Role=role,
            Handler="x.y",
            Code={"ZipFile": b"x"},
        )
    arns = {
        f"{pascal(name)}Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{physical(name)}"
        for name in spec.functions
    }
    client = boto3.client("stepfunctions")
    machine = client.create_state_machine(
        name="intake", definition=Template(spec.definition()).safe_substitute(arns), roleArn=role
    )["stateMachineArn"]
    started = client.start_execution(stateMachineArn=machine, name="F-1-1", input=json.dumps(given))
    for _ in range(600):
        execution: dict[str, Any] = dict(client.describe_execution(executionArn=started["executionArn"]))
        if execution["status"] != "RUNNING":
            return execution
        time.sleep(0.05)
    pytest.fail("the machine did not end")


def test_intake_passes_an_accepted_invoice_through_every_step(runner: Runner) -> None:
    execution = run_intake()

    assert execution["status"] == "SUCCEEDED"
    assert runner.asked == [
        ("intake-validate", {"schema": 1, "action": "validate", **INPUT}),
        ("documents", {"schema": 1, "action": "render_copy", **INVOICE}),
        ("intake-deliver", {"schema": 1, "action": "deliver", "readable_copy": DUPLICATE, **INVOICE}),
    ]


def test_intake_stops_at_a_refused_invoice(runner: Runner) -> None:
    runner.handler = lambda _name, _event: {"outcome": "refused", **INVOICE}

    execution = run_intake()

    assert execution["status"] == "SUCCEEDED"
    assert runner.actions == ["validate"]


def test_intake_tries_a_failed_step_again(runner: Runner) -> None:
    def fail_once(name: str, _event: dict[str, Any]) -> dict[str, Any]:
        if name == "documents" and runner.actions.count("render_copy") == 1:
            raise FakeError("throttled")
        return ANSWER

    runner.handler = fail_once

    execution = run_intake()

    assert execution["status"] == "SUCCEEDED"
    assert runner.actions == ["validate", "render_copy", "render_copy", "deliver"]


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["validate", "render_copy", "deliver"])
def test_intake_ends_in_an_incident_when_a_step_keeps_failing(runner: Runner, broken: str) -> None:
    def fail(_name: str, event: dict[str, Any]) -> dict[str, Any]:
        if event["action"] == broken:
            raise FakeError("out of order")
        return ANSWER

    runner.handler = fail

    execution = run_intake()

    assert execution["status"] == "FAILED"
    assert runner.actions.count(broken) == 4
    assert runner.asked[-1] == (
        "intake-deliver",
        {"schema": 1, "action": "incident", "error": "FakeError", **INPUT},
    )


def test_intake_ends_in_an_incident_on_an_outcome_nobody_knows(runner: Runner) -> None:
    runner.handler = lambda _name, _event: {"outcome": "perhaps", **INVOICE}

    execution = run_intake()

    assert execution["status"] == "FAILED"
    assert runner.asked[-1][1]["error"] == "UnknownOutcome"
