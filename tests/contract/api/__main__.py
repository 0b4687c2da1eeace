"""`python -m tests.contract.api [--examples N] [--seed N] [OPERATION …]` prints the faults that it finds."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.builders.platform_here import a_platform_here
from tests.contract.api.conformance import SEED, Stage, faults_of, operations


def main() -> int:
    """Look as long as it was told; return 1 when there was a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.api")
    parser.add_argument("--examples", type=int, default=100, help="requests of each mode for each operation")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("operation", nargs="*", help="such as 'POST /v1/deposits'; all when none is named")
    wanted = parser.parse_args()
    found = 0
    with tempfile.TemporaryDirectory() as folder, a_platform_here(Path(folder)) as here:
        stage = Stage.of(here)
        for operation in wanted.operation or sorted(operations()):
            faults = faults_of(stage, operation, examples=wanted.examples, start=wanted.seed)
            found += len(faults)
            sys.stdout.write(f"{operation}: {len(faults) or 'no'} faults\n")
            sys.stdout.writelines(f"  {fault.what}\n  {fault.request}\n" for fault in faults)
    return 1 if found else 0


sys.exit(main())
