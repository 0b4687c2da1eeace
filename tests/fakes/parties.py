"""What structures keep beside their heads, in memory: the twins of the DynamoDB adapters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock

from choriste.application.parties.ports import RegistryUnavailableError
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.bank_details import BankDetails
from choriste.domain.parties.mandate import Mandate
from choriste.domain.parties.registry import RegistryEntry
from choriste.domain.parties.structure import StructureId
from tests.fakes.identity import MemoryAccounts, MemoryDirectory


class MemoryBankRecords:
    """The bank accounts of structures."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._details: dict[str, BankDetails] = {}

    def of(self, structure_id: str) -> BankDetails | None:
        """Return the accounts of a structure, None where none was ever given."""
        return self._details.get(structure_id)

    def save(self, details: BankDetails) -> None:
        """Store the next version of the details."""
        with self._lock:
            known = self._details.get(details.structure)
            if details.version != (known.version if known is not None else 0) + 1:
                raise StaleRecordError(kind="bank-details", id=details.structure)
            self._details[details.structure] = details


class MemoryMandates:
    """The billing mandates; `accounts` is where those that are accepted count."""

    def __init__(self, accounts: MemoryAccounts) -> None:
        self._lock = RLock()
        self._mandates = accounts.mandates

    def get(self, mandate_id: str) -> Mandate | None:
        """Return a mandate, or None."""
        return self._mandates.get(mandate_id)

    def of(self, structure_id: str) -> tuple[Mandate, ...]:
        """Return the mandates that a structure gave or was given, newest first."""
        found = (one for one in self._mandates.values() if structure_id in one.sides)
        return tuple(sorted(found, key=lambda one: one.id, reverse=True))

    def save(self, mandate: Mandate) -> None:
        """Store the next version of a mandate."""
        with self._lock:
            known = self._mandates.get(mandate.id)
            if mandate.version != (known.version if known is not None else 0) + 1:
                raise StaleRecordError(kind="mandate", id=mandate.id)
            self._mandates[mandate.id] = mandate


@dataclass
class MemoryRegistry:
    """The Sirene registry: `entries` by SIRET; it does not answer while it is `down`."""

    entries: dict[str, RegistryEntry] = field(default_factory=dict)
    down: bool = False
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def establishment(self, siret: str) -> RegistryEntry | None:
        """Return what the registry has of a SIRET."""
        return self.establishments([siret]).get(siret)

    def establishments(self, sirets: Sequence[str]) -> Mapping[str, RegistryEntry]:
        """Return what the registry has of several SIRETs."""
        if self.down:
            raise RegistryUnavailableError("down")
        self.asked.append(tuple(sirets))
        return {siret: self.entries[siret] for siret in sirets if siret in self.entries}


class MemoryChecks:
    """Which structures of a directory are due."""

    def __init__(self, directory: MemoryDirectory) -> None:
        self._directory = directory

    def due_before(self, moment: dt.datetime, *, limit: int) -> tuple[StructureId, ...]:
        """Return structures whose check was due before a moment, the longest due first."""
        dated = ((structure.registry.check_at, structure.id) for structure in self._directory.structures())
        due = sorted((at, each) for at, each in dated if at is not None and at < moment)
        return tuple(each for _, each in due[:limit])
