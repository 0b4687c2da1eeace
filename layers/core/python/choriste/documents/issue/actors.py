"""Who stands on a document besides the invoice's own parties: a structure, as readers know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A structure on a document: name, SIRET or other number, service, and its postal lines."""

    name: str
    identifier: str | None = None
    service: str | None = None
    address: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Return the name with its number: `Bâtir SAS (832 145 692 00014)`."""
        return f"{self.name} ({self.identifier})" if self.identifier else self.name
