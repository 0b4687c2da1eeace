"""Inspect every hostile file in one process with the product's own limits, and print what it cost.

Usage: `python -m tests.unit.documents.read.hostile_run [--lines] [NAME …]`. Prints the verdicts, the longest
times and the peaks of memory; with --lines, one JSON object a file instead: name, kind, codes, expected,
wall and cpu (seconds, children included), inspected (wall seconds without the text), peak and child_peak
(KiB so far, of this process and of its largest child). Each file is inspected once and, where it is not
refused, its text is read once.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from choriste.documents.read.inspection import extract_text, inspect
from choriste.formats.errors import UnreadableError
from tests.generators.pdf.hostile import hostile_files
from tests.generators.pdf.hostile_file import Hostile

SECONDS: Final = 2.0
KIBIBYTES: Final = 256 << 10
_SHOWN: Final = 5


class ChildWatch(threading.Thread):
    """Reads the peak memory of child processes while they live.

    What the kernel reports of an ended child would start from its parent's peak.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0

    def run(self) -> None:
        """Look every two milliseconds; a peak read once is never lower later."""
        while True:
            for pid in self._children():
                self.peak = max(self.peak, peak_of(pid))
            time.sleep(0.002)

    @staticmethod
    def _children() -> Iterator[str]:
        for task in Path("/proc/self/task").iterdir():
            try:
                yield from (task / "children").read_text(encoding="ascii").split()
            except OSError:  # the thread has ended meanwhile
                continue


def peak_of(pid: str) -> int:
    """Return a process's own peak in KiB, 0 when it has ended or does not run its script yet."""
    folder = Path("/proc") / pid
    try:
        if pid != "self" and b"/children/" not in (folder / "cmdline").read_bytes():
            return 0
        status = (folder / "status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def report(file: Hostile, watch: ChildWatch) -> dict[str, Any]:
    """Inspect one file and, where it is not refused, read its text too."""
    wall, cpu = time.monotonic(), _cpu()
    inspection = inspect(file.data, filename=f"{file.name}.pdf")
    codes = [finding.rule for finding in inspection.findings]
    inspected = time.monotonic() - wall
    if inspection.pdf is not None and inspection.refusal is None:
        try:
            extract_text(file.data)
        except UnreadableError as error:
            codes.append(error.finding.rule)
    return {
        "name": file.name,
        "kind": inspection.kind.value,
        "refused": inspection.refusal is not None,
        "codes": codes,
        "expected": sorted(file.expected),
        "wall": round(time.monotonic() - wall, 3),
        "inspected": round(inspected, 3),
        "cpu": round(_cpu() - cpu, 3),
        "peak": peak_of("self"),
        "child_peak": watch.peak,
    }


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def summary(reports: list[dict[str, Any]]) -> str:
    """Return the figures of all files as text."""
    slowest = sorted(reports, key=lambda each: -each["wall"])[:_SHOWN]
    over, worked = (sum(1 for each in reports if each[clock] > SECONDS) for clock in ("wall", "cpu"))
    unexpected = [each["name"] for each in reports if not _as_expected(each)]
    verdicts = Counter("refused" if each["refused"] else each["kind"] for each in reports)
    own, child = reports[-1]["peak"], reports[-1]["child_peak"]
    lines = [
        f"files: {len(reports)}: " + ", ".join(f"{count} {name}" for name, count in sorted(verdicts.items())),
        f"other verdict than expected: {len(unexpected)} {' '.join(unexpected)}".rstrip(),
        f"longer than {SECONDS:g} s: {over} by the wall clock, {worked} in processor time, load "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; the longest (wall and processor seconds):",
        *(f"  {each['name']:<28}{each['wall']:>7.2f}{each['cpu']:>7.2f}" for each in slowest),
        f"peak memory, MiB: {own / 1024:.0f} of the process, {child / 1024:.0f} of its largest child "
        f"(asked for: {KIBIBYTES >> 10})",
    ]
    return "\n".join(lines) + "\n"


def _as_expected(each: dict[str, Any]) -> bool:
    return not each["expected"] or bool({*each["expected"]} & {*each["codes"]})


def main() -> int:
    """Report on every file, or on those named; 1 where a verdict is not the expected one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--lines", action="store_true")
    options = parser.parse_args()
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # what it says while the files are made
    watch = ChildWatch()
    watch.start()
    reports = []
    for file in hostile_files():
        if not options.names or file.name in options.names:
            reports.append(report(file, watch))
            if options.lines:
                sys.stdout.write(json.dumps(reports[-1]) + "\n")
                sys.stdout.flush()
    if not options.lines:
        sys.stdout.write(summary(reports))
    return 0 if all(map(_as_expected, reports)) else 1


if __name__ == "__main__":
    sys.exit(main())
