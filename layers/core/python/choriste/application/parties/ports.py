"""What the use cases of structures ask of the outside."""

from __future__ import annotations

from typing import Protocol

from choriste.application.access.ports import Directory
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Page
from choriste.domain.parties.search import Entry, Lookup


class Structures(Directory, Protocol):
    """The structures of the platform, with the index that they are searched by."""

    def entries(self, lookup: Lookup, *, after: str | None, limit: int) -> Page[Entry]:
        """Return the rows of a list whose keys begin with the lookup's prefix, by key, after a key.

        What was written within the last second may be missing.
        """
        ...


class PartiesPorts(Protocol):
    """What it takes to register, consult, change and find structures."""

    @property
    def clock(self) -> Clock:
        """The source of time."""
        ...

    @property
    def directory(self) -> Structures:
        """The structures of the platform."""
        ...
