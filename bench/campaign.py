"""Campaigns against a running platform: many deposits at once, a kill in the middle, all of the corpora.

    python -m bench.campaign two-processes [--count 200]
    python -m bench.campaign kill [--count 200]
    python -m bench.campaign corpora [--corpora DIR]

Each starts a platform of its own in a temporary folder, prints what it found as JSON, keeps it in
`build/bench/campaign-<name>.json`, and ends with 1 when an invoice was lost, came twice, or left a dead
letter. Rates are of the whole: from the first deposit to the last report.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from choriste.adapters.rest.client import Client, PlatformError
from tests.builders.running_platform import RunningPlatform, eventually, finished, write_invoices

_ROOT = Path(__file__).resolve().parents[1]
_OUTPUT = _ROOT / "build" / "bench"
_CORPORA = _ROOT.parent / "shared" / "corpora"
_CLIENTS = 4

Figures = dict[str, Any]


def main() -> int:
    """Run one campaign; 0 when nothing was lost and nothing came twice."""
    parser = argparse.ArgumentParser(prog="bench.campaign", description=__doc__)
    parser.add_argument("campaign", choices=sorted(_CAMPAIGNS))
    parser.add_argument("--count", type=int, default=200, help="invoices on each channel (default: 200)")
    parser.add_argument("--corpora", type=Path, default=_CORPORA, help="folder with manifest.csv")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = _CAMPAIGNS[options.campaign](Path(folder), options)
    _OUTPUT.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    (_OUTPUT / f"campaign-{options.campaign}.json").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0 if figures["sound"] else 1


def two_processes(folder: Path, options: argparse.Namespace) -> Figures:
    """One process drops in S3 with plain boto3 while another posts by the API; then both do it again."""
    wanted = [
        *write_invoices(folder / "dropped", "S3", options.count),
        *write_invoices(folder / "posted", "API", options.count),
    ]
    seconds = []
    with RunningPlatform(folder / "platform") as platform:
        for _attempt in ("first", "retry"):
            started = time.perf_counter()
            finished([platform.dropper(folder / "dropped"), platform.depositor(folder / "posted")])
            platform.settle()
            seconds.append(time.perf_counter() - started)
        outcome = _outcome(platform, wanted)
    return {
        **outcome,
        "first_seconds": round(seconds[0], 1),
        "first_invoices_per_second": round(len(wanted) / seconds[0], 2),
        "retry_seconds": round(seconds[1], 1),
        "retry_deposits_per_second": round(len(wanted) / seconds[1], 2),
    }


def kill(folder: Path, options: argparse.Namespace) -> Figures:
    """Kill the platform in the middle of deposits on two channels, start it again, then repeat them all."""
    posted = write_invoices(folder / "posted", "API", options.count)
    dropped = write_invoices(folder / "dropped", "S3", options.count)
    accepted: list[str] = []
    with RunningPlatform(folder / "platform", keeps=True) as platform:
        dropper = platform.dropper(folder / "dropped")
        with ThreadPoolExecutor(_CLIENTS) as pool:
            client, files = platform.partner(), sorted((folder / "posted").iterdir())
            posting = [pool.submit(_deposit, client, file, accepted) for file in files]
            eventually(lambda: len(accepted) >= options.count // 2, seconds=600, what="half of the deposits")
            platform.kill()
            for deposit in posting:
                deposit.result(timeout=600)
        stored = dropper.communicate(timeout=600)[0].decode().split()
        started = time.perf_counter()
        platform.start()
        restart = time.perf_counter() - started
        platform.settle()
        settled = time.perf_counter() - started
        known = {flow["filename"] for flow in platform.flows()}
        lost = sorted({*accepted, *stored} - known)
        finished([platform.dropper(folder / "dropped"), platform.depositor(folder / "posted")])
        platform.settle()
        outcome = _outcome(platform, [*posted, *dropped])
    return {
        **outcome,
        "sound": outcome["sound"] and not lost,
        "accepted_before_the_kill": {"api": len(accepted), "s3": len(stored)},
        "accepted_and_lost": lost,
        "flows_after_the_restart": len(known),
        "restart_seconds": round(restart, 1),
        "restart_to_last_report_seconds": round(settled, 1),
    }


def corpora(folder: Path, options: argparse.Namespace) -> Figures:
    """Deposit every whole invoice of the corpora with `choriste deposit`."""
    with (options.corpora / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        paths = [row["path"] for row in csv.DictReader(lines) if row["kind"] == "invoice"]
    files = [options.corpora / path for path in dict.fromkeys(paths)]
    drop = folder / "drop"
    drop.mkdir()
    for n, file in enumerate(files, start=1):
        (drop / f"{n:04}-{file.name}").symlink_to(file)
    contents = {file.read_bytes() for file in files}
    with RunningPlatform(folder / "platform") as platform:
        started = time.perf_counter()
        (printed,) = finished([platform.depositor(drop, "--timeout", "10")], seconds=3600)
        seconds = time.perf_counter() - started
        flows, dead = platform.flows(), platform.dead_letters()
        faults = _faults(platform)
    reports = [json.loads(line) for line in printed.splitlines()]
    incomplete = [Path(r["file"]).name for r in reports if not r["complete"]]
    return {
        "sound": len(reports) == len(flows) == len(files) and not (incomplete or dead or faults),
        "files": len(files),
        "different_contents": len(contents),
        "reports": len(reports),
        "flows": len(flows),
        "seconds": round(seconds, 1),
        "files_per_second": round(len(files) / seconds, 2),
        "outcomes": _counted(d["outcome"] for r in reports for d in r["documents"]),
        "verdicts": _counted(d["verdict"] for r in reports for d in r["documents"]),
        "first_rules": _counted(_first_rule(r) for r in reports),
        "rules_but_routing": _counted(_first_rule(r, but="ROUTING-") for r in reports),
        "without_report": incomplete,
        "dead_letters": dead,
        "faults_logged": faults,
    }


def _deposit(client: Client, file: Path, accepted: list[str]) -> None:
    try:
        client.deposit(file)
    except (PlatformError, OSError, http.client.HTTPException):
        return
    accepted.append(file.name)


def _outcome(platform: RunningPlatform, wanted: list[str]) -> Figures:
    """Compare what the platform holds with the invoices that were deposited."""
    found = Counter(invoice["number"] for invoice in platform.received())
    flows, dead = platform.flows(), platform.dead_letters()
    lost = sorted(set(wanted) - set(found))
    twice = sorted(number for number, count in found.items() if count > 1)
    return {
        "sound": not (lost or twice or dead) and len(flows) == len(wanted),
        "deposited": len(wanted),
        "invoices": found.total(),
        "reports": sum(flow["complete"] for flow in flows),
        "states": _counted(flow["state"] for flow in flows),
        "statuses": _counted(invoice["status"] for invoice in platform.received()),
        "lost": lost,
        "twice": twice,
        "dead_letters": dead,
        "faults_logged": _faults(platform),
    }


def _faults(platform: RunningPlatform) -> dict[str, int]:
    """Count the failures of functions that the platform logged, by exception."""
    found = re.findall(
        r'"exception_name":"(\w+)"', platform.log.read_text(encoding="utf-8", errors="replace")
    )
    return _counted(found)


def _first_rule(report: Figures, *, but: str = "\0") -> str:
    """Return the first fatal rule of a report, of its documents or of the file as a whole."""
    findings = [*report["findings"], *(f for d in report["documents"] for f in d["findings"])]
    fatal = (f["rule"] for f in findings if f["severity"] == "fatal" and not f["rule"].startswith(but))
    return next(fatal, "—")


def _counted(values: Iterable[object]) -> dict[str, int]:
    return {str(value): count for value, count in Counter(values).most_common()}


_CAMPAIGNS: dict[str, Callable[[Path, argparse.Namespace], Figures]] = {
    "two-processes": two_processes,
    "kill": kill,
    "corpora": corpora,
}


if __name__ == "__main__":
    sys.exit(main())
