"""The one source of time: every use case, adapter and sweep asks this clock.

Deadlines are dates in the law, so a test or the local console moves this clock instead of waiting.
Deliberately absent: time zones. Instants are aware UTC; a legal calendar day is a matter of the domain.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from choriste.application.shared.clock import Clock


class SystemClock:
    """The clock of the machine, used on AWS."""

    def now(self) -> datetime:
        """The current instant, aware and in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """The clock of the machine plus an offset that can be moved, used locally and in tests.

    It may be moved from any thread. `offset` is how far ahead (or behind) of the machine it starts.
    """

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The moved instant, aware and in UTC."""
        return datetime.now(UTC) + self.offset

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the machine's."""
        with self._lock:
            return self._offset

    def advance(self, step: timedelta = timedelta(0), *, days: float = 0, seconds: float = 0) -> datetime:
        """Move the clock by `step` plus `days` and `seconds`; negative values move it back.

        Returns the new instant.
        """
        with self._lock:
            self._offset += step + timedelta(days=days, seconds=seconds)
        return self.now()


class _Installed:
    """Holds the process-wide clock."""

    clock: Clock = SystemClock()


def current() -> Clock:
    """The process-wide clock: the machine's unless another one was installed."""
    return _Installed.clock


def install(clock: Clock) -> Clock:
    """Make `clock` the process-wide one and return the clock it replaces, to be put back later."""
    replaced, _Installed.clock = _Installed.clock, clock
    return replaced


class CurrentClock:
    """The process-wide clock, looked up at each reading, so that holders of it follow an `install`."""

    def now(self) -> datetime:
        """The current instant, aware and in UTC."""
        return current().now()


class SystemStopwatch:
    """The time that passes on this machine; nobody moves it."""

    def reading(self) -> float:
        """Return seconds since some moment."""
        return time.monotonic()

    def wait_until(self, reading: float) -> None:
        """Come back at a reading; at once when it is over."""
        time.sleep(max(0.0, reading - time.monotonic()))
