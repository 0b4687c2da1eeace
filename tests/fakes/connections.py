"""Technical accounts and API clients in memory: the twin of the DynamoDB adapter, for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from threading import RLock

from choriste.application.access.records import ApiClient, ClientDay, Refusal, TechnicalAccount
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.parties.structure import StructureId
from tests.fakes.identity import MemoryAccounts


class MemoryConnections:
    """The accounts and clients of each structure; `accounts` is where they are read one by one."""

    def __init__(self, accounts: MemoryAccounts) -> None:
        self._lock = RLock()
        self._accounts = accounts
        self._closed: set[str] = set()
        self._days: dict[tuple[str, dt.date], ClientDay] = {}
        self._refusals: dict[str, Refusal] = {}

    def add_account(self, account: TechnicalAccount) -> None:
        """Store a new account."""
        with self._lock:
            taken = any(known.name == account.name for known in self.accounts_of(account.structure))
            if taken or account.login in self._accounts.technical:
                raise AlreadyExistsError(kind="technical-account", id=account.name)
            self._accounts.technical[account.login] = account

    def replace_account(self, account: TechnicalAccount) -> None:
        """Store the version after the stored one."""
        with self._lock:
            known = self._accounts.technical.get(account.login)
            if known is None or known.version != account.version - 1:
                raise StaleRecordError(kind="technical-account", id=account.login)
            self._accounts.technical[account.login] = account

    def close_account(self, account: TechnicalAccount) -> None:
        """Store the last version of an account, and take it off the list."""
        self.replace_account(account)
        self._closed.add(account.login)

    def accounts_of(self, structure: StructureId) -> tuple[TechnicalAccount, ...]:
        """Return the accounts of a structure that were not closed, by name."""
        found = (a for a in self._accounts.technical.values() if a.structure == structure)
        return tuple(sorted((a for a in found if a.login not in self._closed), key=lambda a: a.name))

    def due_accounts(self, before: dt.datetime) -> tuple[TechnicalAccount, ...]:
        """Return the accounts whose managers are to be warned before a moment, the first due first."""
        due = ((account.next_warning, account) for account in self._accounts.technical.values())
        found = [(at, account) for at, account in due if at is not None and at < before]
        return tuple(account for _, account in sorted(found, key=lambda pair: pair[0]))

    def add_client(self, client: ApiClient) -> None:
        """Store a new client."""
        with self._lock:
            taken = any(known.name == client.name for known in self.clients_of(client.structure))
            if taken or client.client_id in self._accounts.clients:
                raise AlreadyExistsError(kind="api-client", id=client.name)
            self._accounts.clients[client.client_id] = client

    def replace_client(self, client: ApiClient) -> None:
        """Store the version after the stored one."""
        with self._lock:
            known = self._accounts.clients.get(client.client_id)
            if known is None or known.version != client.version - 1:
                raise StaleRecordError(kind="api-client", id=client.client_id)
            self._accounts.clients[client.client_id] = client

    def close_client(self, client: ApiClient) -> None:
        """Store the last version of a client, and take it off the list."""
        self.replace_client(client)
        self._closed.add(client.client_id)

    def clients_of(self, structure: StructureId | None) -> tuple[ApiClient, ...]:
        """Return the clients of a structure that were not closed, by name."""
        found = (c for c in self._accounts.clients.values() if c.structure == structure)
        return tuple(sorted((c for c in found if c.client_id not in self._closed), key=lambda c: c.name))

    def count_token(self, client_id: str, day: dt.date) -> None:
        """Add one to the tokens of a day."""
        with self._lock:
            known = self._day(client_id, day)
            self._days[client_id, day] = replace(known, tokens=known.tokens + 1)

    def note_refusal(self, client_id: str, refusal: Refusal) -> None:
        """Keep the newest refusal, and count it."""
        with self._lock:
            self._refusals[client_id] = refusal
            known = self._day(client_id, refusal.at.date())
            self._days[client_id, known.day] = replace(
                known,
                refusals=known.refusals + 1,
                by_cause={**known.by_cause, refusal.cause: known.by_cause.get(refusal.cause, 0) + 1},
            )

    def days_of(self, client_id: str, *, since: dt.date) -> tuple[ClientDay, ...]:
        """Return the days on which a client was given tokens or refused, newest first."""
        found = (day for (owner, _), day in self._days.items() if owner == client_id and day.day >= since)
        return tuple(sorted(found, key=lambda day: day.day, reverse=True))

    def last_refusal(self, client_id: str) -> Refusal | None:
        """Return the newest refusal of a client, or None."""
        return self._refusals.get(client_id)

    def _day(self, client_id: str, day: dt.date) -> ClientDay:
        return self._days.get((client_id, day), ClientDay(day=day))
