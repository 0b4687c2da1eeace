"""Very large invoices: `python -m bench.large`; seconds and peak memory of one validation in a new process.

The files are generated, none is stored. What is over a limit is refused before it is parsed, so the last row
shows what a refusal costs. Peak memory holds the file itself; `before` is the process with the file read.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from choriste.application.deposits.validate_file import validate_file
from tests.builders.large_invoices import an_invoice_of_lines, an_invoice_with_attachment

_MEGABYTE: Final = 1024 * 1024
FILES: Final[dict[str, Callable[[], bytes]]] = {
    "1,000 lines": lambda: an_invoice_of_lines(1_000),
    "10,000 lines": lambda: an_invoice_of_lines(10_000),
    "50,000 lines": lambda: an_invoice_of_lines(50_000),
    "100,000 lines": lambda: an_invoice_of_lines(100_000),
    "50 MB, an attachment": lambda: an_invoice_with_attachment(50 * _MEGABYTE),
    "101 MB, an attachment": lambda: an_invoice_with_attachment(101 * _MEGABYTE),
}


def main() -> int:
    """Print one row a file."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.child:
        return _child(chosen.child)
    print("| file | MB | verdict | s | peak MiB | before MiB |\n|---|--:|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in FILES.items():
            file = Path(folder, "invoice.xml")
            file.write_bytes(make())
            size = file.stat().st_size / _MEGABYTE
            told = subprocess.run(  # noqa: S603 -- our own module
                [sys.executable, "-m", "bench.large", "--child", str(file)],
                check=True,
                capture_output=True,
                text=True,
            )
            print(f"| {name} | {size:.1f} | {told.stdout.strip()} |", flush=True)
    return 0


def _child(file: Path) -> int:
    content, day = file.read_bytes(), dt.date(2026, 11, 22)
    before, started = _peak(), time.process_time()
    validation = validate_file(content, filename=file.name, on=day)
    seconds = time.process_time() - started
    rules = ", ".join(dict.fromkeys(f.rule for f in validation.findings[:3]))
    verdict = f"{validation.verdict.value}{f' ({rules})' if rules else ''}"
    print(f"{verdict} | {seconds:.2f} | {_peak():.0f} | {before:.0f}")
    return 0


def _peak() -> float:
    """Return the peak memory of this process itself in MiB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    sys.exit(main())
