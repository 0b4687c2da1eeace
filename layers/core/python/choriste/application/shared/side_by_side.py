"""Do the same to many things side by side: what waits for the network need not wait in a row."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Given = TypeVar("Given")
Answer = TypeVar("Answer")

AT_ONCE: Final = 16
"""Threads: less than the connections that a client keeps (`choriste.runtime.aws`)."""


def side_by_side(work: Callable[[Given], Answer], things: Iterable[Given]) -> list[Answer]:
    """Return what `work` answers for each thing, in the order of the things.

    Each call sees the caller's context variables. Raises what the first failing call raised, once those
    under way are done.
    """
    listed = list(things)
    if len(listed) < 2:  # noqa: PLR2004 - nothing to do side by side
        return [work(thing) for thing in listed]
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(listed))) as pool:
        under_way = [pool.submit(contextvars.copy_context().run, work, thing) for thing in listed]
        return [each.result() for each in under_way]
