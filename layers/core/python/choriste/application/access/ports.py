"""What identity asks of storage. Every write is atomic; every read sees the writes before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from choriste.application.access.organisation_ports import Departures, Organisations, Providers
from choriste.application.access.passwords import Passwords
from choriste.application.access.records import (
    AccessToken,
    ApiClient,
    Attempt,
    Challenge,
    Credentials,
    FactorReset,
    OneTimeLink,
    Session,
    TechnicalAccount,
)
from choriste.application.connections.ports import Connections
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Mailer, Page
from choriste.domain.access.user import User, UserId
from choriste.domain.exchange.partner import Partner
from choriste.domain.members.act import AdministrativeAct
from choriste.domain.parties.mandate import Held
from choriste.domain.parties.search import Entry, Lookup
from choriste.domain.parties.structure import Structure, StructureIdentifier

A_DAY: Final = dt.timedelta(days=1)


class Directory(Protocol):
    """The structures of the platform."""

    def structure(self, structure_id: str) -> Structure | None:
        """Return a structure with its services, or None."""
        ...

    def structure_by_identifier(self, identifier: StructureIdentifier) -> Structure | None:
        """Return the one structure with this official identifier, active or not, or None."""
        ...

    def users_of(self, structure_id: str) -> tuple[User, ...]:
        """Return the active users who belong to a structure or have a right in it, by id."""
        ...

    def entries(self, lookup: Lookup, *, after: str | None, limit: int) -> Page[Entry]:
        """Return the rows of a list whose keys begin with the lookup's prefix, by key, after a key.

        What was written within the last second may be missing.
        """
        ...

    def add_structure(self, structure: Structure) -> None:
        """Store a new structure; raise `AlreadyExistsError` when its id or identifier is taken."""
        ...

    def replace_structure(self, structure: Structure, *, known: Structure) -> None:
        """Store changes; raise `StaleRecordError` when what is stored is no longer `known`.

        The id and the identifier never change.
        """
        ...


class Accounts(Protocol):
    """Users, technical accounts, API clients and partners."""

    def user(self, user_id: str) -> User | None:
        """Return a user, active or not, or None."""
        ...

    def user_by_email(self, email: str) -> User | None:
        """Return the user who signs in with this normal e-mail address, or None."""
        ...

    def add_user(self, user: User, credentials: Credentials) -> None:
        """Store a new user; raise `AlreadyExistsError` when the id or the e-mail address is taken."""
        ...

    def credentials(self, user_id: str) -> Credentials | None:
        """Return how a user proves who they are, or None."""
        ...

    def manager_of(self, structure: str) -> UserId | None:
        """Return the primary manager of a structure, None while it has none."""
        ...

    def unactivated(self, user_ids: Iterable[str]) -> frozenset[str]:
        """Return which of some users have not activated their account yet."""
        ...

    def save_credentials(self, credentials: Credentials) -> None:
        """Store the version after the stored one; `last_step` stays as it is stored.

        Raises `StaleRecordError`.
        """
        ...

    def spend_step(self, user_id: str, step: int) -> bool:
        """Mark a TOTP step as used; False when it, or a later one, already was. Atomic."""
        ...

    def technical_account(self, login: str) -> TechnicalAccount | None:
        """Return a technical account, or None."""
        ...

    def api_client(self, client_id: str) -> ApiClient | None:
        """Return an API client by its case-sensitive id, or None."""
        ...

    def mandates_held(self, structure: str, *, on: dt.date) -> tuple[Held, ...]:
        """Return what the mandates that a structure has accepted let it do on a day."""
        ...

    def partner(self, code: str) -> Partner | None:
        """Return a partner by its application code, a closed one too, or None."""
        ...


class Sessions(Protocol):
    """Tokens and browser sessions. They may vanish once expired, and may still be there: check the time."""

    def save_token(self, token: AccessToken) -> None:
        """Store a token."""
        ...

    def token(self, token_hash: str) -> AccessToken | None:
        """Return the token with this hash, or None."""
        ...

    def save_session(self, session: Session) -> None:
        """Store a new session."""
        ...

    def extend_session(self, token_hash: str, *, expires_at: dt.datetime) -> None:
        """Move the end of a session; nothing happens when it no longer exists (it was signed out)."""
        ...

    def session(self, token_hash: str) -> Session | None:
        """Return the session with this hash, or None."""
        ...

    def challenge_session(self, token_hash: str, challenge: str, *, until: dt.datetime) -> None:
        """Keep what a session has to answer; nothing happens when it no longer exists."""
        ...

    def sessions_of(self, user_id: str) -> tuple[Session, ...]:
        """Return the sessions of a user that still exist, whatever their stage, oldest first."""
        ...

    def end_sessions(self, token_hashes: Iterable[str]) -> None:
        """Delete sessions; unknown ones are passed over."""
        ...


class Links(Protocol):
    """The links of mails. They may be there still once expired: check the time."""

    def save_link(self, link: OneTimeLink) -> None:
        """Store a new link."""
        ...

    def link(self, token_hash: str) -> OneTimeLink | None:
        """Return the link with this hash, or None."""
        ...

    def take_link(self, token_hash: str) -> OneTimeLink | None:
        """Delete a link and return it, to one caller only; None when it is not there. Atomic."""
        ...


class Challenges(Protocol):
    """What security keys are asked to sign. They may be there still once expired: check the time."""

    def save_challenge(self, challenge: Challenge) -> None:
        """Store a new challenge."""
        ...

    def take_challenge(self, token_hash: str) -> Challenge | None:
        """Delete a challenge and return it, to one caller only; None when it is not there. Atomic."""
        ...


class FactorResets(Protocol):
    """Who has lost every factor; the newest reset of each user is kept."""

    def of_user(self, user_id: str) -> FactorReset | None:
        """Return the newest factor reset of a user, open or not, or None."""
        ...

    def waiting(self, structure: str | None) -> tuple[FactorReset, ...]:
        """Return those that a structure's manager has to decide, None for the operator, by user."""
        ...

    def save(self, reset: FactorReset) -> None:
        """Store the version after the stored one; raise `StaleRecordError`."""
        ...


class Devices(Protocol):
    """The browsers that have signed in with an account; a key names a pair of both. They are forgotten."""

    def remember_device(self, key: str, *, until: dt.datetime) -> None:
        """Remember a browser until a moment."""
        ...

    def knows_device(self, key: str, *, now: dt.datetime) -> bool:
        """Say whether a browser is remembered."""
        ...


class Vault(Protocol):
    """Secrets that must be read again, sealed for one account each."""

    def seal(self, secret: str, *, account: str) -> str:
        """Return a secret sealed for an account."""
        ...

    def unseal(self, sealed: str, *, account: str) -> str:
        """Return the secret; raises for another account. What was never sealed is returned as it is."""
        ...

    def is_sealed(self, text: str) -> bool:
        """Say whether a text is a sealed secret."""
        ...


class Stopwatch(Protocol):
    """Time that passes on this machine, for answers that must all take as long."""

    def reading(self) -> float:
        """Return seconds since some moment."""
        ...

    def wait_until(self, reading: float) -> None:
        """Come back at a reading; at once when it is over."""
        ...


class Attempts(Protocol):
    """Wrong attempts per key; the keys of existing and of invented accounts look alike."""

    def count(self, key: str, *, now: dt.datetime, remember: dt.timedelta = A_DAY) -> Attempt:
        """Add one attempt and return it; an ended lock is forgotten first. Atomic.

        While a lock lasts nothing is added. A count is forgotten when nothing was added for that long.
        """
        ...

    def lock(self, key: str, *, until: dt.datetime) -> dt.datetime:
        """Lock the key unless it already is; return when the lock in force ends."""
        ...

    def clear(self, key: str) -> None:
        """Forget the attempts of a key, after a success."""
        ...


class History(Protocol):
    """Administrative acts, append only, by the structure and by the account that they concern."""

    def add(self, act: AdministrativeAct) -> None:
        """Keep an act; keeping it again changes nothing."""
        ...

    def of_structure(self, structure: str, *, after: str | None, limit: int) -> Page[AdministrativeAct]:
        """Return the acts in a structure, newest first."""
        ...

    def of_account(self, account: str, *, after: str | None, limit: int) -> Page[AdministrativeAct]:
        """Return the acts on an account, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPorts:
    """What the use cases of identity work with."""

    clock: Clock
    directory: Directory
    accounts: Accounts
    connections: Connections
    sessions: Sessions
    attempts: Attempts
    history: History
    links: Links
    challenges: Challenges
    organisations: Organisations
    departures: Departures
    providers: Providers
    factor_resets: FactorResets
    devices: Devices
    passwords: Passwords
    vault: Vault
    stopwatch: Stopwatch
    mailer: Mailer
    base_url: str
    factor_reset_delay: dt.timedelta
