"""The waits on Step Functions: whatever the machine answers, nobody who acts on an invoice hears of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import boto3
import pytest
from moto import mock_aws

from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.adapters.aws.stepfunctions.approvals import StepFunctionsApprovals
from choriste.domain.shared.ids import InvoiceId
from choriste.local.moto_patches.machines import install_machines
from tests.builders.ports import REGION, create_stores

WAIT = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
ROLE = "arn:aws:iam::123456789012:role/any"


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr("choriste.local.moto_patches.machines.WAITING_EXECUTIONS", 1)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}), ExitStack() as undo:
        for uninstall in install_machines():
            undo.callback(uninstall)
        yield


@pytest.fixture
def machine() -> str:
    made = boto3.client("stepfunctions", region_name=REGION).create_state_machine(
        name="choriste-approval", definition=json.dumps(WAIT), roleArn=ROLE, type="STANDARD"
    )
    return str(made["stateMachineArn"])


def _approvals(machine: str) -> StepFunctionsApprovals:
    table = CoreTable(boto3.client("dynamodb", region_name=REGION), create_stores()["CoreTable"])
    return StepFunctionsApprovals(boto3.client("stepfunctions", region_name=REGION), table, machine=machine)


def _names(machine: str) -> list[str]:
    client = boto3.client("stepfunctions", region_name=REGION)
    return [row["name"] for row in client.list_executions(stateMachineArn=machine)["executions"]]


def test_wait_is_started_once_and_one_over_the_limit_not_at_all(machine: str) -> None:
    approvals = _approvals(machine)

    approvals.ask(InvoiceId(1), 2, seconds=60)
    approvals.ask(InvoiceId(1), 2, seconds=50)
    approvals.ask(InvoiceId(2), 2, seconds=60)

    assert _names(machine) == ["1-2"]


def test_answer_without_token_or_machine_is_passed_over(machine: str) -> None:
    approvals = _approvals(machine)
    approvals.remember(InvoiceId(1), 2, "of a platform that was killed")

    approvals.answer(InvoiceId(1), 2, "VALIDEE_1")
    approvals.answer(InvoiceId(1), 2, "VALIDEE_1")

    assert approvals._table.get("INVOICE#1", "TOKEN#0002") is None


def test_machine_that_is_no_more_costs_the_caller_nothing(machine: str) -> None:
    approvals = _approvals(machine + "-gone")

    approvals.ask(InvoiceId(1), 2, seconds=60)

    assert _names(machine) == []


def test_table_that_is_away_costs_nobody_the_step_that_was_written(machine: str) -> None:
    approvals = _approvals(machine)
    boto3.client("dynamodb", region_name=REGION).delete_table(TableName=approvals._table.name)

    approvals.answer(InvoiceId(1), 2, "VALIDEE_1")

    assert _names(machine) == []
