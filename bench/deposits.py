"""Deposits on the local platform, empty and with 10,000 invoices stored: rate, times to report and delivery.

`python -m bench.deposits` writes `build/bench/deposits.json` and prints a table; both halves are one run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

from choriste.adapters.aws.dynamodb.table import CoreTable, Item, Prefix, marshal
from choriste.adapters.rest.client import Client
from choriste.domain.lifecycle import Status
from choriste.formats.invoice.cii import write_cii
from choriste.local.data.seed import Addresses, seed
from choriste.local.platform.process import Platform
from choriste.local.scenarios.files import invoice_of
from choriste.runtime import aws
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

_OUTPUT = Path("build/bench/deposits.json")
_CLIENTS = 4
_BATCH = 25


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deposits", type=int, default=100, help="deposits in each half (default: 100)")
    parser.add_argument("--stored", type=int, default=10_000, help="invoices stored for the second half")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Platform(port=0, aws_port=0) as platform:
        file = Path(folder) / "credentials.json"
        addresses = Addresses(base_url=platform.url, aws_endpoint=platform.aws_url)
        seed(addresses, kept_in=None, credentials=file)
        client = Client.from_file(file)
        _measure(client, platform, "WARM", 5)
        empty = _measure(client, platform, "EMPTY", options.deposits)
        _store(options.stored)
        full = _measure(client, platform, "FULL", options.deposits)
    ratio = full["deposits_per_second"] / empty["deposits_per_second"]
    result = {"stored": options.stored, "empty": empty, "full": full, "ratio": round(ratio, 3)}
    _OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    _OUTPUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    _show(result)
    return 0


def _measure(client: Client, platform: Platform, prefix: str, count: int) -> dict[str, float]:
    """Deposit `count` invoices from several clients at once, then one by one for the times."""
    contents = [write_cii(invoice_of({"number": f"{prefix}-{n}"})) for n in range(count)]
    started = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        flows = list(pool.map(lambda content: _deposit(client, content), contents))
    platform.drain(timeout=600)
    seconds = time.perf_counter() - started
    reports = [client.report(flow, timeout=5) for flow in flows]
    accepted = sum(len(report["documents"]) for report in reports if report["state"] == "IN_INTEGRE")
    singles = [
        _single(client, write_cii(invoice_of({"number": f"{prefix}-S{n}"}))) for n in range(min(count, 30))
    ]
    to_report, to_delivery = ([single[i] for single in singles] for i in (0, 1))
    platform.drain(timeout=600)
    return {
        "deposits_per_second": round(count / seconds, 2),
        "accepted": accepted,
        "report_p50_ms": _percentile(to_report, 50),
        "report_p95_ms": _percentile(to_report, 95),
        "delivery_p50_ms": _percentile(to_delivery, 50),
        "delivery_p95_ms": _percentile(to_delivery, 95),
    }


def _deposit(client: Client, content: bytes) -> str:
    answer = client.call("/v1/deposits?filename=bench.xml", data=content, content_type="application/xml")
    return str(answer["flow_id"])


def _single(client: Client, content: bytes) -> tuple[float, float]:
    """Return the seconds from a deposit to its complete report, and to *Mise à disposition*."""
    started = time.perf_counter()
    flow = _deposit(client, content)
    report = _until(lambda: client.call(f"/v1/deposits/{flow}"), lambda found: bool(found["complete"]))
    reported = time.perf_counter() - started
    invoice = report["documents"][0]["invoice_id"]
    _until(
        lambda: client.call(f"/v1/invoices/{invoice}"),
        lambda found: found["status"] == Status.MISE_A_DISPOSITION,
    )
    return reported, time.perf_counter() - started


def _until(look: Callable[[], dict[str, Any]], fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    while not fits(found := look()):
        time.sleep(0.01)
    return found


def _store(count: int) -> None:
    """Store copies of all the rows of one delivered invoice and its flow, under ids of their own."""
    template = platform_ports().invoices.received_by("1001", after=None, limit=1).rows[0]
    table = CoreTable(aws.dynamodb(), settings().core_table)
    invoice, flow = f"{Prefix.INVOICE}{template.id}", f"{Prefix.FLOW}{template.flow_id}"
    kinds = ((invoice, "HEAD"), (invoice, "EVENT#"), (flow, "HEAD"), (flow, "DOC#"))
    rows = [row for pk, prefix in kinds for row in table.partition(pk, prefix=prefix)]
    copies = [_copy(row, n) for n in range(count) for row in rows]
    for start in range(0, len(copies), _BATCH):
        puts = [{"PutRequest": {"Item": marshal(copy)}} for copy in copies[start : start + _BATCH]]
        table.client.batch_write_item(RequestItems=cast("Any", {table.name: puts}))


def _copy(row: Item, n: int) -> Item:
    """Return a row as the n-th stored invoice or flow has it, its place in the lists included."""
    prefix, _, _ = str(row["pk"]).partition("#")
    copy = {**row, "pk": f"{prefix}#STORED-{n}"}
    for name in ("deposit_key", "owner_sort"):
        if name in copy:
            copy[name] = f"{str(copy[name]).partition('#')[0]}#STORED-{n}"
    return copy


def _percentile(values: list[float], percent: int) -> float:
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1] * 1000, 1)


def _show(result: dict[str, Any]) -> None:
    print(f"{'':<28}{'empty':>12}{result['stored']:>12,} stored")
    for name in result["empty"]:
        print(f"{name:<28}{result['empty'][name]:>12}{result['full'][name]:>12}")
    print(f"{'rate, stored / empty':<28}{'':>12}{result['ratio']:>12}")


if __name__ == "__main__":
    sys.exit(main())
