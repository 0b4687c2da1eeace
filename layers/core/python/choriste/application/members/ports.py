"""What belonging to a structure asks of storage: each change is written wholly or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from choriste.application.access.ports import Accounts, Directory, History
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Mailer, Page
from choriste.domain.access.user import User, UserId
from choriste.domain.members.act import AdministrativeAct
from choriste.domain.members.merger import Merger
from choriste.domain.members.request import AccessRequest, RequestId
from choriste.domain.members.transfer import ManagerTransfer
from choriste.domain.parties.structure import ServiceCode


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A user as stored, with the version that a change must still find."""

    user: User
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is written together. `users` pairs each user as it was read with what it becomes.

    A request, transfer or merger of version 1 is new; of any other the version before it must be stored.
    """

    acts: tuple[AdministrativeAct, ...]
    users: tuple[tuple[StoredUser, User], ...] = ()
    request: AccessRequest | None = None
    transfer: ManagerTransfer | None = None
    merger: Merger | None = None


class Members(Protocol):
    """Users with their rights, the seats of primary managers, and requests for access."""

    def member(self, user_id: str) -> StoredUser | None:
        """Return a user, active or not, as it is now."""
        ...

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[StoredUser]:
        """Return who belongs to a structure or has a right in it, closed ones too, by id."""
        ...

    def manager_of(self, structure: str) -> UserId | None:
        """Return the primary manager of a structure, None while it has none."""
        ...

    def save(self, change: Change) -> None:
        """Write a change; raise `StaleRecordError` when a record is no longer as it was read.

        So it is when a login address changes to one that another account has.

        No change leaves two primary managers in a structure, or takes the last one away.
        """
        ...

    def request(self, request_id: str) -> AccessRequest | None:
        """Return a request for access, or None."""
        ...

    def waiting(self, structure: str, services: frozenset[ServiceCode] | None) -> tuple[RequestId, ...]:
        """Return the requests that wait in a structure, oldest first.

        With `services`, only those for one of them: none for the whole structure, none for another service.
        """
        ...

    def closed(
        self, structure: str, service: ServiceCode | None, *, after: str | None, limit: int
    ) -> Page[RequestId]:
        """Return the requests that have ended, newest first: those for a service, or for all of a structure.

        Requests of services are not among those of the whole structure.
        """
        ...

    def transfer(self, structure: str) -> ManagerTransfer | None:
        """Return the newest transfer of a structure's role, open or not, or None."""
        ...

    def merger(self, absorbed: str) -> Merger | None:
        """Return the merger that a structure went into, or None."""
        ...

    def requests_of(self, user_id: str) -> tuple[RequestId, ...]:
        """Return the requests that a user made, newest first."""
        ...


class HistoryPorts(Protocol):
    """What it takes to record an act."""

    @property
    def clock(self) -> Clock:
        """The source of time."""
        ...

    @property
    def history(self) -> History:
        """Administrative acts."""
        ...


class MemberPorts(HistoryPorts, Protocol):
    """What it takes to give, take and ask for rights."""

    @property
    def members(self) -> Members:
        """Users with their rights, and requests for more."""
        ...

    @property
    def directory(self) -> Directory:
        """The structures of the platform."""
        ...

    @property
    def accounts(self) -> Accounts:
        """The accounts of the platform."""
        ...

    @property
    def mailer(self) -> Mailer:
        """E-mail."""
        ...

    @property
    def base_url(self) -> str:
        """The address of the platform, which links begin with."""
        ...
