"""The approval machine, executed: it waits with a token, a decision or the deadline ends it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import boto3
import pytest

from choriste.adapters.dynamodb.table import CoreTable
from choriste.adapters.stepfunctions.approvals import StepFunctionsApprovals
from choriste.application.ports import Workshop
from choriste.local.platform import Platform
from choriste.runtime import aws
from choriste.runtime import workshop as roots
from choriste.runtime.settings import settings
from tests.builders.town import Town

ASL = Path(__file__).parents[3] / "infra" / "machines" / "approval.asl.json"
MACHINE = "choriste-approval"


def _topology() -> dict[str, Any]:
    """Return the shipped template with the approval machine beside the intake's."""
    template: dict[str, Any] = json.loads((files("choriste.local") / "topology.json").read_text("utf-8"))
    machine = copy.deepcopy(template["Resources"]["IntakeMachine"])
    machine["Properties"] |= {
        "DefinitionString": ASL.read_text(encoding="utf-8"),
        "StateMachineName": MACHINE,
        "StateMachineType": "STANDARD",
    }
    template["Resources"]["ApprovalMachine"] = machine
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            variables = resource["Properties"]["Environment"]["Variables"]
            arn = json.dumps(variables["INTAKE_MACHINE_ARN"]).replace("intake", "approval")
            variables["APPROVAL_MACHINE_ARN"] = json.loads(arn)
    return template


def _with_machine(**ports: Any) -> Workshop:
    names = settings()
    table = CoreTable(aws.dynamodb(), names.core_table)
    machine = names.approval_machine_arn
    return Workshop(**ports, approvals=StepFunctionsApprovals(aws.stepfunctions(), table, machine=machine))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("approvals")
    template = folder / "topology.json"
    template.write_text(json.dumps(_topology()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(roots, "Workshop", _with_machine)
        with Platform(port=0, aws_port=0, topology=template) as platform:
            yield Town.of(platform, folder)


def _executions() -> dict[str, str]:
    """Return the executions of the approval machine: name → status."""
    machine = settings().approval_machine_arn
    found = boto3.client("stepfunctions", region_name="eu-west-3").list_executions(stateMachineArn=machine)
    return {row["name"]: row["status"] for row in found["executions"]}


def _entered(name: str) -> list[str]:
    """Return the states that an execution entered."""
    client = boto3.client("stepfunctions", region_name="eu-west-3")
    arn = settings().approval_machine_arn.replace(":stateMachine:", ":execution:") + f":{name}"
    events = client.get_execution_history(executionArn=arn)["events"]
    return [e["stateEnteredEventDetails"]["name"] for e in events if "stateEnteredEventDetails" in e]


def _of(invoice: int) -> dict[str, str]:
    return {name: status for name, status in _executions().items() if name.startswith(f"{invoice}-")}


def test_decision_of_the_validator_ends_the_wait(town: Town) -> None:
    invoice = town.deposit("APPR-1", frame="A9", validator=town.siret("2001"))
    waiting = _of(invoice)

    status, _ = town.post(town.client("2001"), f"/v1/invoices/{invoice}/transitions", {"action": "validate"})
    town.platform.drain()

    (name,) = _of(invoice)
    assert (status, list(waiting.values()), list(_of(invoice).values())) == (200, ["RUNNING"], ["SUCCEEDED"])
    assert _entered(name) == ["Ask", "Decided"]
    assert town.invoice(invoice)["status"] == "MISE_A_DISPOSITION"


def test_deadline_ends_the_wait(town: Town) -> None:
    invoice = town.deposit("APPR-2", frame="A9", validator=town.siret("2001"))

    town.platform.clock.advance(days=15, seconds=60)
    town.platform.drain()

    assert list(_of(invoice).values()) == ["SUCCEEDED"]
    assert town.invoice(invoice)["status"] == "MISE_A_DISPOSITION"
