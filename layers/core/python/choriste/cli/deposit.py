"""`choriste deposit`: deposit files on a platform and show what became of each."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from choriste.adapters.rest.client import Client, PlatformError
from choriste.cli.files import Progress, named_files
from choriste.i18n.reports import report_lines

_CREDENTIALS = Path(".local/credentials.json")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="invoices or archives, or folders of them")
    parser.add_argument(
        "--credentials",
        type=Path,
        default=_CREDENTIALS,
        help=f"JSON file with base_url and oauth (default: {_CREDENTIALS}, which `choriste local` writes)",
    )
    parser.add_argument(
        "--language", choices=("fr", "en"), default="fr", help="language of the reports (default: fr)"
    )
    parser.add_argument(
        "--format", choices=("text", "ndjson"), default="text", help="how to print (default: text)"
    )
    parser.add_argument(
        "--timeout", type=float, default=60, help="seconds to wait for a report (default: 60)"
    )
    parser.epilog = "Example: choriste deposit invoice.xml invoices.tar.gz"
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Deposit the files; 0 when every invoice was accepted, else 1."""
    files = named_files(options.files)
    if not options.credentials.exists():
        hint = "start the platform with `make run`, or name a file with --credentials"
        print(f"choriste: no credentials in {options.credentials}: {hint}", file=sys.stderr)
        return 2
    progress, started = Progress(len(files), "deposit"), time.monotonic()
    flows = []
    try:
        client = Client.from_file(options.credentials)
        for count, file in enumerate(files, start=1):
            flows.append((file, client.deposit(file)))
            progress.at(count)
        counts = _show_reports(client, flows, options)
    except PlatformError as error:
        print(f"choriste: {error}", file=sys.stderr)
        return 2
    seconds = time.monotonic() - started
    summary = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    print(f"{len(files)} files in {seconds:.1f} s ({len(files) / seconds:.1f}/s): {summary}", file=sys.stderr)
    return 0 if set(counts) <= {"accepted"} else 1


def _show_reports(client: Client, flows: list[tuple[Path, str]], options: argparse.Namespace) -> Counter[str]:
    counts: Counter[str] = Counter()
    for file, flow_id in flows:
        report = client.report(flow_id, timeout=options.timeout)
        documents = report["documents"]
        counts.update(document["outcome"] for document in documents)
        counts.update(["refused"] if not documents and report["complete"] else [])
        counts.update(["no-report"] if not report["complete"] else [])
        if options.format == "ndjson":
            print(json.dumps({"file": str(file), **report}, ensure_ascii=False), flush=True)
        else:
            print("\n".join(report_lines(report, options.language)), flush=True)
    return counts
