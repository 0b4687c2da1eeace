"""A machine that fails leaves no invoice without an owner: the operator sees and resumes it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from choriste.adapters.rest.client import Client
from choriste.local.platform.process import Platform
from choriste.local.scenarios.files import file_of
from choriste.local.scenarios.model import Deposit
from choriste.runtime.settings import settings
from tests.builders.town import Town

RETRIED_OUT = 90.0


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Platform(port=0, aws_port=0) as platform:
        yield Town.of(platform, tmp_path_factory.mktemp("failures"))


def _failing(*_arguments: object, **_named: object) -> object:
    raise TimeoutError


def _operator(town: Town) -> Client:
    return Client.sign_in(town.platform.url, town.credentials["operator"])


def _stuck(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _operator(town).call("/v1/operator/stuck")["stuck"]
    return found


def _statuses(machine: str, prefix: str) -> set[str]:
    client = boto3.client("stepfunctions", region_name="eu-west-3")
    found = client.list_executions(stateMachineArn=machine)["executions"]
    return {row["status"] for row in found if row["name"].startswith(prefix)}


def _ended(machine: str, prefix: str) -> set[str]:
    """The statuses once no execution of that name is between two tries any more."""
    ends = time.monotonic() + RETRIED_OUT
    while "RUNNING" in (found := _statuses(machine, prefix)) and time.monotonic() < ends:
        time.sleep(0.1)
    return found


def test_failed_intake_is_on_the_operators_list_until_it_is_resumed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, content = file_of(Deposit(channel="api", form="cii", changes=({"number": "FAIL-1"},)))
    with monkeypatch.context() as broken:
        broken.setattr("functions.documents.handler.render_readable_copy", _failing)
        path = "/v1/deposits?filename=a.xml"
        flow = town.client().call(path, data=content, content_type="application/xml")["flow_id"]
        town.platform.drain(timeout=RETRIED_OUT)
        execution = _statuses(settings().intake_machine_arn, flow)
        town.platform.clock.advance(seconds=660)
        listed = _stuck(town)

    (item,) = [one for one in listed if one["number"] == "FAIL-1"]
    town.post(_operator(town), f"/v1/operator/stuck/{item['kind']}/{item['id']}/resume", {})
    town.platform.drain(timeout=RETRIED_OUT)

    assert execution == {"FAILED"}
    assert (item["kind"], item["state"]) == ("invoice", "DEPOSEE")
    assert town.invoice(int(item["id"]))["status"] == "MISE_A_DISPOSITION"
    assert [one for one in _stuck(town) if one["number"] == "FAIL-1"] == []


def test_failed_wait_costs_the_invoice_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("functions.approval.handler.keep_token", _failing)
        invoice = town.deposit("FAIL-2", frame="A9", validator=town.siret("2001"))
        ended = _ended(settings().approval_machine_arn, f"{invoice}-")
    waiting = town.invoice(invoice)["status"]

    status, _ = town.post(town.client("2001"), f"/v1/invoices/{invoice}/transitions", {"action": "validate"})

    assert (ended, waiting, status) == ({"SUCCEEDED"}, "A_VALIDER_1", 200)
    assert town.invoice(invoice)["status"] == "MISE_A_DISPOSITION"
