"""All measurements, one after the other: `python -m bench`; each is a module of its own too."""

from __future__ import annotations

import subprocess
import sys
import time

PARTS = {
    "rules": "validation beside the official engine and a native peer",
    "causes": "how often the mistyped amount is the one that a report names",
    "documents": "rendering and assembly beside WeasyPrint, factur-x and fpdf2",
    "inspection": "telling what a PDF is, and its text, beside pypdf and pdfium",
    "lists": "read units of a page of a list, at 100,000 and 1,000,000 invoices",
    "local": "the local stores, empty and full",
    "deposits": "deposits on the local platform, empty and with 10,000 invoices stored",
}


def main() -> int:
    """Run every part in a process of its own, so that none weighs on another; 1 if one failed."""
    failed = []
    for part, purpose in PARTS.items():
        print(f"\n== {part}: {purpose}", flush=True)
        started = time.monotonic()
        done = subprocess.run([sys.executable, "-m", f"bench.{part}"], check=False)  # noqa: S603 - our own module
        if done.returncode:
            failed.append(part)
        print(f"   {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print("failed:", ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
