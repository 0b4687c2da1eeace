"""What technical accounts and API connections ask of storage. Every write is atomic."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from choriste.application.access.records import ApiClient, ClientDay, Refusal, TechnicalAccount
from choriste.domain.parties.structure import StructureId


class Connections(Protocol):
    """The accounts and clients of each structure; `None` stands for the operator's own."""

    def add_account(self, account: TechnicalAccount) -> None:
        """Store a new account; raise `AlreadyExistsError` when its login, or its name there, is taken."""
        ...

    def replace_account(self, account: TechnicalAccount) -> None:
        """Store the version after the stored one; raise `StaleRecordError` when it is not."""
        ...

    def close_account(self, account: TechnicalAccount) -> None:
        """Store the last version of an account, and take it off the list; raise `StaleRecordError`."""
        ...

    def accounts_of(self, structure: StructureId) -> tuple[TechnicalAccount, ...]:
        """Return the accounts of a structure that were not closed, by name."""
        ...

    def due_accounts(self, before: dt.datetime) -> tuple[TechnicalAccount, ...]:
        """Return the accounts whose managers are to be warned before a moment, the first due first."""
        ...

    def add_client(self, client: ApiClient) -> None:
        """Store a new client; raise `AlreadyExistsError` when its id, or its name there, is taken."""
        ...

    def replace_client(self, client: ApiClient) -> None:
        """Store the version after the stored one; raise `StaleRecordError` when it is not."""
        ...

    def close_client(self, client: ApiClient) -> None:
        """Store the last version of a client, and take it off the list; raise `StaleRecordError`."""
        ...

    def clients_of(self, structure: StructureId | None) -> tuple[ApiClient, ...]:
        """Return the clients of a structure that were not closed, by name."""
        ...

    def count_token(self, client_id: str, day: dt.date) -> None:
        """Add one to the tokens that a client was given on a day (UTC)."""
        ...

    def note_refusal(self, client_id: str, refusal: Refusal) -> None:
        """Keep the newest refusal of a client, and add one to those of its day."""
        ...

    def days_of(self, client_id: str, *, since: dt.date) -> tuple[ClientDay, ...]:
        """Return the days on which a client was given tokens or refused, newest first."""
        ...

    def last_refusal(self, client_id: str) -> Refusal | None:
        """Return the newest refusal of a client, or None."""
        ...
