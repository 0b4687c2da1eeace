"""What the exchange with partners asks of storage. Every write is atomic, and may be repeated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from choriste.application.deposits.ports import DepositPorts
from choriste.application.invoices.ports import FilePorts
from choriste.application.shared.ports import Page
from choriste.domain.exchange.partner import Dispatch, Partner
from choriste.domain.parties.structure import StructureId


class Partners(Protocol):
    """The partners of each structure, by their application codes."""

    def add(self, partner: Partner) -> None:
        """Store a new partner; raise `AlreadyExistsError` when its code is taken."""
        ...

    def replace(self, partner: Partner) -> None:
        """Store the version after the stored one; raise `StaleRecordError` when it is not."""
        ...

    def of_structure(self, structure: StructureId) -> tuple[Partner, ...]:
        """Return the partners of a structure, closed ones too, by code."""
        ...


class Dispatches(Protocol):
    """The files that were sent to each partner, and how far each subject was told."""

    def latest(self, partner: str, subject: str) -> Dispatch | None:
        """Return the newest file about a subject, as it is now."""
        ...

    def begin(self, dispatch: Dispatch, *, after: Dispatch | None) -> None:
        """Record that a file is to be sent.

        Raises `StaleRecordError` when another file about the subject was begun since `after`, and
        `IdentifierTakenError` when its number belongs to another file.
        """
        ...

    def finish(self, dispatch: Dispatch) -> None:
        """Record that a file was sent; nothing happens when it was recorded before."""
        ...

    def sent_to(self, partner: str, *, after: str | None, limit: int) -> Page[Dispatch]:
        """Return the files of a partner, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderCredentials:
    """Temporary AWS credentials for one account's folders, and where these are."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: dt.datetime
    region: str
    inbox_bucket: str
    outbox_bucket: str


class FolderKeys(Protocol):
    """Who gives temporary credentials."""

    def issue(self, account: str, *, seconds: int) -> FolderCredentials:
        """Return credentials that drop files in an account's inbox and fetch those of its outbox.

        They reach no other folder, whoever holds them.
        """
        ...


class ExchangePorts(DepositPorts, FilePorts, Protocol):
    """What it takes to take files in from partners and to send them others."""

    @property
    def partners(self) -> Partners:
        """Who takes part."""
        ...

    @property
    def dispatches(self) -> Dispatches:
        """What was sent."""
        ...

    @property
    def base_url(self) -> str:
        """The address of the platform, which links begin with."""
        ...
