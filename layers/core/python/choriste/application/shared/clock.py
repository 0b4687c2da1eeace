"""The clock as a port: use cases never read the time of the machine."""

from __future__ import annotations

import datetime as dt
from typing import Protocol


class Clock(Protocol):
    """Tells the time; locally it can be moved to test legal deadlines."""

    def now(self) -> dt.datetime:
        """Return the present instant: aware, UTC."""
        ...
