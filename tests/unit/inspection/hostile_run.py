"""Inspect every hostile file in one process, print one JSON line a file: run by the test in a child process.

Each line has name, codes, kind, wall and cpu (seconds, children included) and peak (KiB so far, of this
process and of its largest child).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from choriste.documents.inspection import extract_text, inspect
from choriste.formats.errors import UnreadableError
from tests.generators.pdf.hostile import Hostile, hostile_files


def report(file: Hostile) -> dict[str, object]:
    """Inspect one file and, where it is not refused, read its text too."""
    wall, cpu = time.monotonic(), _cpu()
    inspection = inspect(file.data, filename=f"{file.name}.pdf")
    codes = [finding.rule for finding in inspection.findings]
    inspected = time.monotonic() - wall
    if inspection.pdf is not None and inspection.refusal is None:
        try:
            extract_text(file.data, timeout=1.5)
        except UnreadableError as error:
            codes.append(error.finding.rule)
    return {
        "name": file.name,
        "kind": inspection.kind.value,
        "codes": codes,
        "expected": sorted(file.expected),
        "wall": round(time.monotonic() - wall, 3),
        "inspected": round(inspected, 3),
        "cpu": round(_cpu() - cpu, 3),
        "peak": _peak(),
        "child_peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    }


def _peak() -> int:
    """Return this program's own peak in KiB; ru_maxrss would count what its parent held at the fork."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    """Report on every file, or on those named."""
    for file in hostile_files():
        if not sys.argv[1:] or file.name in sys.argv[1:]:
            sys.stdout.write(json.dumps(report(file)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
