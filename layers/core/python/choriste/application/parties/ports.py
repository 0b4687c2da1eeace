"""What the use cases of structures ask of the outside."""

from __future__ import annotations

from typing import Protocol

from choriste.application.access.ports import Directory
from choriste.application.shared.clock import Clock


class PartiesPorts(Protocol):
    """What it takes to register, consult, change and find structures."""

    @property
    def clock(self) -> Clock:
        """The source of time."""
        ...

    @property
    def directory(self) -> Directory:
        """The structures of the platform."""
        ...
