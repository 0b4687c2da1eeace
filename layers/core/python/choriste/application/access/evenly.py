"""Answers that take the same time, whether there is an account behind an address or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from choriste.application.access.ports import AccessPorts

SECONDS: Final = 1.5
"""Longer than what is done for an account: a hash, some writes and a mail."""


@contextmanager
def evenly(access: AccessPorts) -> Iterator[None]:
    """Leave the block, by its end or by an error, no sooner than `SECONDS` after it was entered."""
    began = access.stopwatch.reading()
    try:
        yield
    finally:
        access.stopwatch.wait_until(began + SECONDS)
