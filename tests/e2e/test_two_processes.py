"""Two other processes deposit at once, one by S3 with plain boto3 and one by the API, and both repeat it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.running_platform import RunningPlatform, finished, write_invoices

pytestmark = pytest.mark.slow

EACH = 20


def test_two_processes_and_their_retries_make_each_invoice_once(tmp_path: Path) -> None:
    dropped = write_invoices(tmp_path / "dropped", "S3", EACH)
    posted = write_invoices(tmp_path / "posted", "API", EACH)

    with RunningPlatform(tmp_path / "platform") as platform:
        for _attempt in ("first", "retry"):
            finished([platform.dropper(tmp_path / "dropped"), platform.depositor(tmp_path / "posted")])
            platform.settle()
        flows, received = platform.flows(), platform.received()
        dead, log = platform.dead_letters(), platform.log.read_text(encoding="utf-8")

    assert sorted(invoice["number"] for invoice in received) == sorted([*dropped, *posted])
    assert {invoice["status"] for invoice in received} == {"MISE_A_DISPOSITION"}
    assert len({flow["flow_id"] for flow in flows}) == len(flows) == 2 * EACH
    assert {flow["state"] for flow in flows} == {"IN_INTEGRE"}
    assert sorted({flow["channel"] for flow in flows}) == ["api", "s3"]
    assert dead == {}
    assert "ERROR" not in log
