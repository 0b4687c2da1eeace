"""A platform that is killed while approvals wait: after a restart every deadline still fires."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from choriste.local.platform import Platform
from tests.builders.town import Town

WAITING = 5

WRITER = """
import sys, time
from pathlib import Path
from choriste.local.platform import Platform
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


def test_deadlines_of_waiting_approvals_fire_after_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path), str(WAITING)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - ours
        assert writer.stdout is not None
        lines = []
        for line in writer.stdout:
            if line.strip() == "waiting":
                writer.send_signal(signal.SIGKILL)
                break
            lines.append(int(line))

    with Platform(tmp_path / "data", port=0, aws_port=0) as platform:
        town = Town.of(platform, tmp_path, kept=True)
        waiting = {str(town.invoice(invoice)["status"]) for invoice in lines}
        platform.clock.advance(days=15, seconds=60)
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            platform.drain(timeout=60)
            found = [town.invoice(invoice) for invoice in lines]
            if all(head["status"] == "MISE_A_DISPOSITION" for head in found):
                break

    assert (len(lines), waiting) == (WAITING, {"A_VALIDER_1"})
    assert {head["status"] for head in found} == {"MISE_A_DISPOSITION"}
    silent = [row["note"]["fr"] for head in found for row in head["history"] if row["note"] is not None]
    assert len(silent) == WAITING
    assert all(town.siret("2001") in note for note in silent)
