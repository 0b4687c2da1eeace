"""Deposits on the local platform, empty and with 10,000 invoices stored: rate, work, times to delivery.

`python -m bench.deposits` writes `build/bench/deposits.json` and prints a table; both halves are one run. The
rate counts invoices delivered, with their readable copies made and all notices sent; the clients are another
process. The processor time is the platform's alone: it says more than the rate where the machine is shared.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from botocore.client import BaseClient

from bench.clients import contents, deposit, waiting_clients
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, Prefix, marshal
from choriste.adapters.rest.client import Client
from choriste.domain.lifecycle import Status
from choriste.domain.tracking.lists import InvoiceList, ListKind, invoice_at
from choriste.local.data.seed import Addresses, seed
from choriste.local.platform.process import Platform
from choriste.runtime import aws
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

_OUTPUT = Path("build/bench/deposits.json")
_BATCH = 25
_CALL: Final = "_make_api_call"


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deposits", type=int, default=100, help="deposits in each half (default: 100)")
    parser.add_argument("--clients", type=int, default=8, help="clients at a time (default: 8)")
    parser.add_argument("--stored", type=int, default=10_000, help="invoices stored for the second half")
    options = parser.parse_args()
    with (
        counted_calls() as calls,
        tempfile.TemporaryDirectory() as folder,
        Platform(port=0, aws_port=0) as platform,
    ):
        file = Path(folder) / "credentials.json"
        addresses = Addresses(base_url=platform.url, aws_endpoint=platform.aws_url)
        seed(addresses, kept_in=None, credentials=file)
        stage = Stage(platform, file, Client.from_file(file), calls, options.clients)
        _measure(stage, "WARM", 5)
        empty = _measure(stage, "EMPTY", options.deposits)
        _store(options.stored)
        full = _measure(stage, "FULL", options.deposits)
    ratio = full["deposits_per_second"] / empty["deposits_per_second"]
    result = {"stored": options.stored, "empty": empty, "full": full, "ratio": round(ratio, 3)}
    _OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    _OUTPUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    _show(result)
    return 0


@dataclass(frozen=True, slots=True)
class Stage:
    """The platform that is measured, the credentials of its clients, and the calls to AWS that it made."""

    platform: Platform
    credentials: Path
    client: Client
    calls: Counter[str]
    clients: int


@contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    """Count the calls to AWS of this process by service and operation, each that the code asks for."""
    calls: Counter[str] = Counter()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001 - the one place all calls pass

    def counted(client: Any, operation: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - botocore's own shapes
        calls[f"{client.meta.service_model.service_name}.{operation}"] += 1
        return call(client, operation, params)

    setattr(BaseClient, _CALL, counted)
    try:
        yield calls
    finally:
        setattr(BaseClient, _CALL, call)


def _measure(stage: Stage, prefix: str, count: int) -> dict[str, float]:
    """Deposit `count` invoices from several clients at once, then one by one for the times."""
    flows, costs = _rush(stage, prefix, count)
    reports = [stage.client.report(flow, timeout=5) for flow in flows]
    accepted = sum(len(report["documents"]) for report in reports if report["state"] == "IN_INTEGRE")
    singles = [_single(stage.client, content) for content in contents(f"{prefix}-S", min(count, 30))]
    to_report, to_delivery = ([single[i] for single in singles] for i in (0, 1))
    stage.platform.drain(timeout=600)
    return {
        **costs,
        "accepted": accepted,
        "report_p50_ms": _percentile(to_report, 50),
        "report_p95_ms": _percentile(to_report, 95),
        "delivery_p50_ms": _percentile(to_delivery, 50),
        "delivery_p95_ms": _percentile(to_delivery, 95),
    }


def _rush(stage: Stage, prefix: str, count: int) -> tuple[list[str], dict[str, float]]:
    """Let the clients deposit, wait until all is done, and return the flows and what it took."""
    with waiting_clients(stage.credentials, prefix=prefix, count=count, clients=stage.clients) as process:
        stage.calls.clear()
        started, spent = time.perf_counter(), time.process_time()
        answer, _ = process.communicate("go\n", timeout=600)
        stage.platform.drain(timeout=600)
        seconds, spent = time.perf_counter() - started, time.process_time() - spent
    return json.loads(answer), {
        "deposits_per_second": round(count / seconds, 2),
        "processor_ms_per_deposit": round(1000 * spent / count, 1),
        "aws_calls_per_deposit": round(sum(stage.calls.values()) / count, 1),
    }


def _single(client: Client, content: bytes) -> tuple[float, float]:
    """Return the seconds from a deposit to its complete report, and to *Mise à disposition*."""
    started = time.perf_counter()
    flow = deposit(client, content)
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
    invoices, received = platform_ports().invoices, InvoiceList(ListKind.RECEIVED, "1001")
    newest = invoices.places(received, after=None, limit=1).rows[0]
    (template,) = invoices.heads([invoice_at(newest)])
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
