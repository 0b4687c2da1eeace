"""What the use cases of structures ask of the outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from choriste.application.access.ports import Directory, History
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Files, IdempotencyStore, Mailer
from choriste.domain.parties.bank_details import BankDetails
from choriste.domain.parties.mandate import Mandate
from choriste.domain.parties.registry import RegistryEntry
from choriste.domain.parties.search import Place
from choriste.domain.parties.structure import Structure, StructureId

MOST_ASKED: Final = 50
"""SIRETs of one question to the registry: what fits the address of a request."""


class PartiesPorts(Protocol):
    """What it takes to register, consult, change and find structures."""

    @property
    def clock(self) -> Clock:
        """The source of time."""
        ...

    @property
    def history(self) -> History:
        """Administrative acts."""
        ...

    @property
    def directory(self) -> Directory:
        """The structures of the platform."""
        ...


class BankRecords(Protocol):
    """The bank accounts of structures, with their history."""

    def of(self, structure_id: str) -> BankDetails | None:
        """Return the accounts of a structure as they are now, None where none was ever given."""
        ...

    def save(self, details: BankDetails) -> None:
        """Store version 1 of new details or the version after the stored one; raises `StaleRecordError`."""
        ...


class Mandates(Protocol):
    """The billing mandates of structures."""

    def get(self, mandate_id: str) -> Mandate | None:
        """Return a mandate, or None."""
        ...

    def of(self, structure_id: str) -> tuple[Mandate, ...]:
        """Return the mandates that a structure gave or was given, newest first."""
        ...

    def save(self, mandate: Mandate) -> None:
        """Store version 1 of a new mandate or the version after the stored one; raises `StaleRecordError`.

        What it lets the accounts of its holder do counts from then on.
        """
        ...


class RegistryUnavailableError(Exception):
    """The registry does not answer, or asks for a pause; the text says which, and nothing personal."""


class Registry(Protocol):
    """The national register of establishments (Sirene), asked by SIRET."""

    def establishment(self, siret: str) -> RegistryEntry | None:
        """Return what the registry has of a SIRET, None when it has none; within a few seconds.

        Raises `RegistryUnavailableError`.
        """
        ...

    def establishments(self, sirets: Sequence[str]) -> Mapping[str, RegistryEntry]:
        """Return what the registry has of at most `MOST_ASKED` SIRETs, by SIRET; unknown ones are left out.

        Raises `RegistryUnavailableError`.
        """
        ...


class Checks(Protocol):
    """Which structures the registry is to be asked about."""

    def due_before(self, moment: dt.datetime, *, limit: int) -> tuple[StructureId, ...]:
        """Return structures whose check was due before a moment, the longest due first."""
        ...


class RegistrationPorts(PartiesPorts, Protocol):
    """What it takes to register a structure."""

    @property
    def registry(self) -> Registry:
        """The Sirene registry."""
        ...


class MailingPorts(PartiesPorts, Protocol):
    """What it takes to tell those who administer a structure."""

    @property
    def mailer(self) -> Mailer:
        """E-mail."""
        ...

    @property
    def base_url(self) -> str:
        """The address of the platform, which links begin with."""
        ...


class BankPorts(MailingPorts, Protocol):
    """What it takes to read and change bank details."""

    @property
    def bank_details(self) -> BankRecords:
        """The bank accounts of structures."""
        ...


class MandatePorts(MailingPorts, Protocol):
    """What it takes to give, decide and read billing mandates."""

    @property
    def idempotency(self) -> IdempotencyStore:
        """Keeps which of two mandates that are given at once came first."""
        ...

    @property
    def mandates(self) -> Mandates:
        """The billing mandates."""
        ...

    @property
    def files(self) -> Files:
        """Bytes kept in the platform's buckets."""
        ...


class CheckPorts(MailingPorts, RegistrationPorts, Protocol):
    """What it takes to check structures against the registry."""

    @property
    def checks(self) -> Checks:
        """Which structures are due."""
        ...


class StructureIndex(Protocol):
    """The index that structures are found by, as a whole: for its repair."""

    def structures(self) -> Iterator[StructureId]:
        """Yield the id of every structure."""
        ...

    def rows(self) -> Iterator[tuple[Place, StructureId]]:
        """Yield the place of every row, and the structure that it is of."""
        ...

    def wrong(self, structure: Structure) -> frozenset[Place]:
        """Return the places of a structure where its row is missing, or says something else."""
        ...

    def put(self, structure: Structure, places: Iterable[Place]) -> None:
        """Write the rows of a structure at some of its places."""
        ...

    def drop(self, place: Place) -> None:
        """Delete the row at a place."""
        ...
