"""What is made once in a run of the tests, however many workers share it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def once(name: str, make: Callable[[Path], object], *, within: pytest.TempPathFactory) -> Path:
    """Return a folder that `make` filled for the first worker that asked; the others wait for it."""
    base = within.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, filling = shared / name, shared / f"{name}-in-progress"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(filling, ignore_errors=True)
            filling.mkdir()
            make(filling)
            filling.rename(folder)
    return folder
