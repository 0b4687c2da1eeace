"""The platform is killed in the middle of deposits and started again on the same folder."""

from __future__ import annotations

import http.client
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from choriste.adapters.rest.client import Client, PlatformError
from choriste.formats.invoice.cii import write_cii
from choriste.local.scenarios.files import invoice_of
from tests.builders.running_platform import RunningPlatform, eventually, finished, write_invoices

pytestmark = pytest.mark.slow

COUNT = 20
SUBCONTRACTOR = {"siret": "80912345800014", "name": "Étanchéité du Beaujolais"}
CONTRACTOR_SIRET = "83214569200014"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[RunningPlatform]:
    running = RunningPlatform(tmp_path / "platform", keeps=True)
    yield running
    running.stop()


def test_killed_platform_settles_what_it_had_accepted_and_nothing_twice(
    platform: RunningPlatform, tmp_path: Path
) -> None:
    posted = write_invoices(tmp_path / "posted", "API", COUNT)
    dropped = write_invoices(tmp_path / "dropped", "S3", COUNT)
    platform.start()
    approval = _subcontracted(platform.client_of("2003"))

    dropper = platform.dropper(tmp_path / "dropped")
    accepted: list[str] = []
    with ThreadPoolExecutor(1) as poster:
        posting = poster.submit(_deposit_while_it_answers, platform.partner(), tmp_path / "posted", accepted)
        eventually(lambda: len(accepted) >= COUNT // 2, seconds=120, what="half of the deposits")
        platform.kill()
        posting.result(timeout=120)
    stored = dropper.communicate(timeout=120)[0].decode().split()
    platform.start()
    platform.settle()

    files = {flow["filename"]: flow["state"] for flow in platform.flows()}
    assert COUNT // 2 <= len(accepted) < COUNT
    assert {*accepted, *stored} <= set(files)
    assert {files[name] for name in (*accepted, *stored)} == {"IN_INTEGRE"}
    unanswered = set(files) - {*accepted, *stored, "a9.xml"}
    broken_off = sum(files[name] == "IN_REJETE" for name in unanswered)  # before its bytes were archived
    assert broken_off <= 1

    finished([platform.dropper(tmp_path / "dropped"), platform.depositor(tmp_path / "posted")])
    platform.settle()
    eventually(lambda: "DEPOSEE" not in _statuses(platform), seconds=60, what="every delivery")
    received = platform.received()
    assert sorted(i["number"] for i in received if i["number"] != "A9-KILL") == sorted([*posted, *dropped])
    assert {i["status"] for i in received if i["number"] != "A9-KILL"} == {"MISE_A_DISPOSITION"}
    assert len(platform.flows()) == 2 * COUNT + broken_off
    assert platform.dead_letters() == {}

    assert _status(platform, approval) == "A_VALIDER_1"
    platform.advance(days=15.1)
    eventually(
        lambda: _status(platform, approval) == "MISE_A_DISPOSITION", seconds=60, what="the tacit validation"
    )


def _statuses(platform: RunningPlatform) -> set[str]:
    return {str(invoice["status"]) for invoice in platform.received()}


def _subcontracted(client: Client) -> int:
    """Deposit a subcontractor's invoice, and return its id once it waits for the contractor."""
    parties = {"filename": "a9.xml", "frame": "A9", "validator": CONTRACTOR_SIRET}
    content = write_cii(invoice_of({"number": "A9-KILL", "seller": SUBCONTRACTOR}))
    answer = client.call(
        f"/v1/deposits?{urllib.parse.urlencode(parties)}", data=content, content_type="application/xml"
    )
    (document,) = client.report(answer["flow_id"], timeout=60)["documents"]
    path = f"/v1/invoices/{document['invoice_id']}"
    eventually(lambda: client.call(path)["status"] == "A_VALIDER_1", seconds=60, what="the approval")
    return int(document["invoice_id"])


def _deposit_while_it_answers(client: Client, folder: Path, accepted: list[str]) -> None:
    """Deposit files one by one, and note the names of those that the platform said it had taken."""
    for file in sorted(folder.iterdir()):
        try:
            client.deposit(file)
        except (PlatformError, OSError, http.client.HTTPException):
            return
        accepted.append(file.name)


def _status(platform: RunningPlatform, invoice_id: int) -> str:
    return str(platform.client_of("2003").call(f"/v1/invoices/{invoice_id}")["status"])
