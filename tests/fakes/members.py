"""Belonging to structures in memory: the twins of the DynamoDB adapters, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from threading import RLock

from choriste.application.members.ports import Change, StoredUser
from choriste.application.shared.ports import Page
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.user import User, UserId
from choriste.domain.members.act import AdministrativeAct
from choriste.domain.members.merger import Merger
from choriste.domain.members.request import AccessRequest, RequestId, RequestState
from choriste.domain.members.seats import seats_passed
from choriste.domain.members.transfer import ManagerTransfer
from choriste.domain.parties.structure import ServiceCode
from tests.fakes.identity import MemoryAccounts


class MemoryHistory:
    """Implements the port `History`."""

    def __init__(self) -> None:
        self._acts: dict[str, AdministrativeAct] = {}

    def add(self, act: AdministrativeAct) -> None:
        """Keep an act."""
        self._acts[_place(act)] = act

    def acts(self) -> tuple[AdministrativeAct, ...]:
        """Return every act, oldest first."""
        return tuple(self._acts[place] for place in sorted(self._acts))

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[AdministrativeAct]:
        """Return the acts in a structure, newest first."""
        return _page((act for act in self.acts() if act.structure == structure), after=after, limit=limit)

    def of_account(self, account: str, *, after: str | None, limit: int) -> Page[AdministrativeAct]:
        """Return the acts on an account, newest first."""
        return _page((act for act in self.acts() if act.account == account), after=after, limit=limit)


def _place(act: AdministrativeAct) -> str:
    return f"{act.at.isoformat(timespec='microseconds')}#{act.id}"


def _page(acts: Iterable[AdministrativeAct], *, after: str | None, limit: int) -> Page[AdministrativeAct]:
    newest = [act for act in reversed(list(acts)) if after is None or _place(act) < after]
    rows = newest[:limit]
    return Page(tuple(rows), _place(rows[-1]) if len(newest) > limit else None)


class MemoryMembers:
    """Implements the port `Members` on the users of `accounts`; acts go to `history`."""

    def __init__(self, accounts: MemoryAccounts, history: MemoryHistory) -> None:
        self._lock = RLock()
        self._accounts = accounts
        self._history = history
        self._requests: dict[str, AccessRequest] = {}
        self._transfers: dict[str, ManagerTransfer] = {}
        self._mergers: dict[str, Merger] = {}

    def member(self, user_id: str) -> StoredUser | None:
        """Return a user, active or not, as it is now."""
        user = self._accounts.user(user_id)
        return StoredUser(user, self._accounts.version(user_id)) if user is not None else None

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[StoredUser]:
        """Return who belongs to a structure or has a right in it, closed ones too, by id."""
        mine = [user for user in self._accounts.users() if structure in user.structures]
        rest = [user for user in mine if after is None or user.id > after]
        rows = [StoredUser(user, self._accounts.version(user.id)) for user in rest[:limit]]
        return Page(tuple(rows), rows[-1].user.id if len(rest) > limit else None)

    def manager_of(self, structure: str) -> UserId | None:
        """Return the primary manager of a structure, None while it has none."""
        return next((user.id for user in self._accounts.users() if user.manages(structure)), None)

    def save(self, change: Change) -> None:
        """Write a change, or raise and write nothing."""
        with self._lock:
            for seat in seats_passed([(known.user, after) for known, after in change.users]):
                if self.manager_of(seat.structure) != seat.since:
                    raise StaleRecordError(kind="user", id=seat.to)
            for known, after in change.users:
                owner = self._accounts.user_by_email(after.email)
                if self.member(known.user.id) != known or (owner is not None and owner.id != after.id):
                    raise StaleRecordError(kind="user", id=known.user.id)
            request, transfer, merger = change.request, change.transfer, change.merger
            _require_next(request, self._requests.get(request.id) if request else None)
            _require_next(transfer, self._transfers.get(transfer.structure) if transfer else None)
            _require_next(merger, self._mergers.get(merger.absorbed) if merger else None)
            self._write(change)

    def _write(self, change: Change) -> None:
        for _, after in change.users:
            self._accounts.replace_user(after)
        if change.request is not None:
            self._requests[change.request.id] = change.request
        if change.transfer is not None:
            self._transfers[change.transfer.structure] = change.transfer
        if change.merger is not None:
            self._mergers[change.merger.absorbed] = change.merger
        for act in change.acts:
            self._history.add(act)

    def transfer(self, structure: str) -> ManagerTransfer | None:
        """Return the newest transfer of a structure's role, or None."""
        return self._transfers.get(structure)

    def transfers(self) -> tuple[ManagerTransfer, ...]:
        """Return the newest transfer of each structure."""
        return tuple(self._transfers.values())

    def merger(self, absorbed: str) -> Merger | None:
        """Return the merger that a structure went into, or None."""
        return self._mergers.get(absorbed)

    def mergers(self) -> tuple[Merger, ...]:
        """Return every merger."""
        return tuple(self._mergers.values())

    def request(self, request_id: str) -> AccessRequest | None:
        """Return a request for access, or None."""
        return self._requests.get(request_id)

    def requests(self) -> tuple[AccessRequest, ...]:
        """Return every request, oldest first."""
        return tuple(self._requests[key] for key in sorted(self._requests))

    def waiting(self, structure: str, services: frozenset[ServiceCode] | None) -> tuple[RequestId, ...]:
        """Return the requests that wait in a structure, or in some services of it, oldest first."""
        return tuple(
            request.id
            for request in self.requests()
            if request.structure == structure
            and request.state is RequestState.WAITING
            and (services is None or request.service in services)
        )

    def closed(
        self, structure: str, service: ServiceCode | None, *, after: str | None, limit: int
    ) -> Page[RequestId]:
        """Return the requests that have ended, newest first."""
        ended = [
            request.id
            for request in reversed(self.requests())
            if (request.structure, request.service) == (structure, service)
            and request.state is not RequestState.WAITING
            and (after is None or request.id < after)
        ]
        rows = tuple(ended[:limit])
        return Page(rows, rows[-1] if len(ended) > limit else None)

    def requests_of(self, user_id: str) -> tuple[RequestId, ...]:
        """Return the requests that a user made, newest first."""
        return tuple(request.id for request in reversed(self.requests()) if request.requester == user_id)


_Versioned = AccessRequest | ManagerTransfer | Merger


def _require_next(record: _Versioned | None, stored: _Versioned | None) -> None:
    if record is not None and (stored.version if stored is not None else 0) != record.version - 1:
        raise StaleRecordError(kind="user", id=str(record.version))


def every_user(members: MemoryMembers, structure: str) -> tuple[User, ...]:
    """Return all users of a structure."""
    return tuple(stored.user for stored in members.of_structure(structure, after=None, limit=1_000_000).rows)
