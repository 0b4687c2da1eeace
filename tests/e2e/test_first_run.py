"""What a first `choriste local` brings: sample invoices behind the ready line, once, and only if wanted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from choriste.adapters.rest.client import Client
from tests.builders.running_platform import RunningPlatform, eventually, pages_of

pytestmark = pytest.mark.slow

ALL_THERE = "The sample invoices are there"


def _printed(platform: RunningPlatform) -> str:
    return platform.log.read_text(encoding="utf-8")


def _sent_by(client: Client) -> Counter[str]:
    rows = pages_of(client, "/v1/invoices?side=issued&limit=200", "invoices")
    return Counter(row["status"] for row in rows)


def test_first_start_brings_sample_invoices_once(tmp_path: Path) -> None:
    platform = RunningPlatform(tmp_path, keeps=True, samples=True)

    with platform:
        eventually(lambda: ALL_THERE in _printed(platform), seconds=180, what="the samples")
        first, printed = platform.received(), _printed(platform)
        drafts = platform.client_of("2001").call("/v1/drafts")["drafts"]
        letters = platform.dead_letters()
    with platform:
        again, said = platform.received(), _printed(platform)

    assert Counter(row["status"] for row in first) == {
        "MISE_EN_PAIEMENT": 1,
        "MANDATEE": 1,
        "A_VALIDER_1": 1,
        "REJETEE": 1,
        "SUSPENDUE": 1,
        "A_RECYCLER": 1,
        "MISE_A_DISPOSITION": 1,
    }
    assert (len(drafts), letters) == (1, {})
    assert "12 deposited, 2 of them refused" in printed
    assert "Traceback" not in printed
    assert again == first
    assert "ample invoice" not in said


def test_start_without_samples_is_empty(tmp_path: Path) -> None:
    with RunningPlatform(tmp_path) as platform:
        received = platform.received()
        sent = _sent_by(platform.client_of("2001"))
        printed = _printed(platform)

    assert (received, sent) == ([], Counter())
    assert "ample invoice" not in printed


def test_stop_while_samples_come_is_quiet_and_leaves_whole_invoices(tmp_path: Path) -> None:
    platform = RunningPlatform(tmp_path, keeps=True, samples=True)

    with platform:
        eventually(platform.received, seconds=180, what="the first sample")
    printed = _printed(platform)
    with platform:
        platform.settle()
        flows = platform.flows()

    assert "Traceback" not in printed
    assert ALL_THERE not in printed
    assert printed.rstrip().endswith("on kept data they do not come again.")
    assert all(flow["complete"] for flow in flows)
