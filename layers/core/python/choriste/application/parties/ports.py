"""What the use cases of structures ask of the outside."""

from __future__ import annotations

from typing import Protocol

from choriste.application.access.ports import Directory, History
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Mailer
from choriste.domain.parties.bank_details import BankDetails


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
