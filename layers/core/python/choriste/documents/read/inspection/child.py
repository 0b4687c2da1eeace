"""Child processes that touch hostile content with a memory limit and a deadline.

A library that loops, aborts or eats memory takes its child down, never the caller. Plain pipes are used:
AWS Lambda offers no shared memory for `multiprocessing` primitives.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from choriste.documents.read.inspection import limits

CHILDREN: Final = Path(__file__).with_name("children")


class Failure(StrEnum):
    """Why a child gave no answer."""

    TIMEOUT = "timeout"
    CRASHED = "crashed"
    REFUSED = "refused"


class ChildError(Exception):
    """A child gave no answer; `failure` says why, `detail` is its last line on stderr, for the log."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail


def run_child(
    script: str, data: bytes, *more: str, memory: int, cpu: float, timeout: float = limits.CHILD_TIMEOUT
) -> Any:  # noqa: ANN401 - the library's own object
    """Run a script of `children/` on the bytes and return the JSON it prints.

    The script gets the file on its standard input and as arguments the memory limit (address space, bytes),
    the CPU limit (seconds of processor time) and `more`; it applies both limits to itself before it imports
    any library.

    Raises:
        ChildError: no answer in `cpu` seconds of work or `timeout` seconds of waiting, or none at all.
    """
    command = [sys.executable, "-S", "-P", str(CHILDREN / script), str(memory), str(cpu), *more]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command of our own
            command, input=data, capture_output=True, timeout=timeout, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        raise ChildError(Failure.TIMEOUT) from None
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
        raise ChildError(_failure(done.returncode), last)
    return json.loads(done.stdout)


def _failure(code: int) -> Failure:
    if code in {-signal.SIGPROF, -signal.SIGKILL}:
        return Failure.TIMEOUT
    return Failure.CRASHED if code < 0 else Failure.REFUSED


def _environment() -> dict[str, str]:
    # No credentials reach a child: only what Python needs to find the libraries.
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    paths = os.pathsep.join(path for path in sys.path if path)
    return kept | {"PYTHONPATH": paths, "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"}
