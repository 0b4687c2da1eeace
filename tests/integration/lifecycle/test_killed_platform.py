"""A platform that is killed while approvals wait: after a restart every wait goes on, to its end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from choriste.local.platform.process import Platform
from choriste.runtime.settings import settings
from tests.builders.town import Town

pytestmark = pytest.mark.slow

WAITING = 5

WRITER = """
import sys, time
from pathlib import Path
from choriste.local.platform.process import Platform
from tests.builders.town import Town

folder = Path(sys.argv[1])
platform = Platform(folder / "data", port=0, aws_port=0).start()
town = Town.of(platform, folder, kept=True)
for n in range(int(sys.argv[2])):
    invoice = town.deposit(f"WAIT-{n}", frame="A9", validator=town.siret("2001"))
    print(invoice, flush=True)
print("waiting", flush=True)
time.sleep(600)
"""


@pytest.fixture
def killed(tmp_path: Path) -> list[int]:
    """The invoices that wait for a validator in the folder of a platform that was killed."""
    command = [sys.executable, "-c", WRITER, str(tmp_path), str(WAITING)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - ours
        assert writer.stdout is not None
        lines = []
        for line in writer.stdout:
            if line.strip() == "waiting":
                writer.send_signal(signal.SIGKILL)
                break
            lines.append(int(line))
    return lines


def _running() -> dict[int, str]:
    """The executions that wait for validators: invoice → name."""
    client = boto3.client("stepfunctions", region_name="eu-west-3")
    found = client.list_executions(stateMachineArn=settings().approval_machine_arn, statusFilter="RUNNING")
    return {int(row["name"].partition("-")[0]): row["name"] for row in found["executions"]}


def test_waits_and_deadlines_go_on_after_a_kill(tmp_path: Path, killed: list[int]) -> None:
    with Platform(tmp_path / "data", port=0, aws_port=0) as platform:
        town = Town.of(platform, tmp_path, kept=True)
        platform.drain(timeout=60)
        waiting = {str(town.invoice(invoice)["status"]) for invoice in killed}
        started = _running()
        validated, *silent = killed
        town.post(town.client("2001"), f"/v1/invoices/{validated}/transitions", {"action": "validate"})
        platform.drain(timeout=60)
        after_decision = _running()
        platform.clock.advance(days=15, seconds=60)
        found = _delivered(town, silent)
        after_deadline = _running()

    assert (len(killed), waiting) == (WAITING, {"A_VALIDER_1"})
    assert (set(started), set(after_decision), set(after_deadline)) == (set(killed), set(silent), set())
    notes = [row["note"]["fr"] for head in found for row in head["history"] if row["note"] is not None]
    assert len(notes) == WAITING - 1
    assert all(town.siret("2001") in note for note in notes)


def _delivered(town: Town, invoices: list[int]) -> list[dict[str, Any]]:
    """The invoices once all have reached their recipient."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        town.platform.drain(timeout=60)
        found = [town.invoice(invoice) for invoice in invoices]
        if all(head["status"] == "MISE_A_DISPOSITION" for head in found):
            return found
    raise AssertionError(found)
