"""`make demo`: the platform's main job on real invoices, and a table of what became of each."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from choriste.adapters.rest.client import Client
from choriste.local.data.seed import Addresses, seed
from choriste.local.platform.process import Platform
from choriste.local.scenarios.model import scenarios
from choriste.local.scenarios.play import Player, ScenarioFailedError

_ROW = "{number:<14} {outcome:<10} {status:<24} {remark}"


def main() -> int:
    """Play every scenario on a fresh platform; 0 when each ended as it says."""
    os.environ.setdefault("CHORISTE_LOG_LEVEL", "ERROR")
    with tempfile.TemporaryDirectory() as folder, Platform(port=0, aws_port=0) as platform:
        credentials = Path(folder) / "credentials.json"
        addresses = Addresses(base_url=platform.url, aws_endpoint=platform.aws_url)
        seed(addresses, kept_in=None, credentials=credentials)

        def advance(days: float) -> None:
            platform.clock.advance(days=days)
            platform.drain()

        player = Player(
            credentials=json.loads(credentials.read_text(encoding="utf-8")),
            credentials_file=credentials,
            advance=advance,
            say=print,
        )
        return _play_all(player, credentials)


def _play_all(player: Player, credentials: Path) -> int:
    started = time.monotonic()
    for scenario in scenarios():
        print(f"\n{scenario.title.en}")
        try:
            player.play(scenario)
        except ScenarioFailedError as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
    print(f"\n{_ROW.format(number='Invoice', outcome='Outcome', status='Status', remark='Remark')}")
    print("-" * 100)
    client = Client.from_file(credentials)
    for report in player.reports:
        _print_report(report, client)
    print(f"\n{len(scenarios())} scenarios in {time.monotonic() - started:.1f} s")
    return 0


def _print_report(report: dict[str, object], client: Client) -> None:
    documents = report["documents"]
    for document in documents if isinstance(documents, list) else []:
        status, remark = "", f"by {report['channel']}, {document['syntax']}"
        if document["invoice_id"] is not None:
            status = str(client.call(f"/v1/invoices/{document['invoice_id']}")["status"])
        else:
            rules = [finding["rule"] for finding in document["findings"] if finding["severity"] == "fatal"]
            remark = f"{remark}: {', '.join(rules)}"
        print(
            _ROW.format(number=document["number"], outcome=document["outcome"], status=status, remark=remark)
        )


if __name__ == "__main__":
    sys.exit(main())
