"""The approval machine, executed: it waits with a token, a decision or the deadline ends it."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from choriste.local.platform.process import Platform
from choriste.runtime.settings import settings
from tests.builders.town import Town

MOST_TRANSITIONS = 6


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Platform(port=0, aws_port=0) as platform:
        yield Town.of(platform, tmp_path_factory.mktemp("approvals"))


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


def test_second_level_is_a_wait_of_its_own(town: Town) -> None:
    parties = {"validator": town.siret("2001"), "validator2": town.siret("2002"), "moe": town.siret("2004")}
    invoice = town.deposit("APPR-3", frame="A10", **parties)

    first, _ = town.post(town.client("2001"), f"/v1/invoices/{invoice}/transitions", {"action": "validate"})
    town.platform.drain()
    between = sorted(_of(invoice).values())
    second, _ = town.post(town.client("2002"), f"/v1/invoices/{invoice}/transitions", {"action": "validate"})
    town.platform.drain()

    assert (first, second, between) == (200, 200, ["RUNNING", "SUCCEEDED"])
    assert sorted(_of(invoice).values()) == ["RUNNING", "SUCCEEDED", "SUCCEEDED"]
    assert town.invoice(invoice)["status"] == "MISE_A_DISPOSITION_MOE"


def test_turns_of_the_works_chain_are_waits_too(town: Town) -> None:
    invoice = town.deposit("APPR-4", frame="A4", moe=town.siret("2004"))
    manager = _of(invoice)

    taken, _ = town.post(
        town.client("2004"), f"/v1/invoices/{invoice}/transitions", {"action": "take-charge"}
    )
    town.platform.drain()
    within = _of(invoice)
    town.platform.clock.advance(days=7, seconds=60)
    town.platform.drain()

    (name,) = manager
    authority = {other: status for other, status in _of(invoice).items() if other != name}
    assert (taken, manager, within) == (200, {name: "RUNNING"}, {name: "RUNNING"})
    assert (_of(invoice)[name], list(authority.values())) == ("SUCCEEDED", ["RUNNING"])
    assert town.invoice(invoice)["status"] == "MISE_A_DISPOSITION_MOA"
    assert len(_entered(name)) <= MOST_TRANSITIONS
