"""Identity in memory: the twins of the DynamoDB adapters, for tests; one lock makes each write atomic."""

from __future__ import annotations

import datetime as dt
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from threading import RLock

from choriste.application.access.ports import A_DAY
from choriste.application.access.records import (
    AccessToken,
    ApiClient,
    Attempt,
    Challenge,
    Credentials,
    FactorReset,
    OneTimeLink,
    ResetState,
    Session,
    TechnicalAccount,
)
from choriste.application.shared.ports import Page
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.user import User, UserId
from choriste.domain.exchange.partner import Partner
from choriste.domain.parties.mandate import Held, Mandate, Standing
from choriste.domain.parties.search import Entry, Lookup, places_of, summary_of
from choriste.domain.parties.structure import Structure, StructureIdentifier


class MemoryAccounts:
    """Users, technical accounts and API clients."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._users: dict[str, User] = {}
        self._versions: dict[str, int] = {}
        self._credentials: dict[str, Credentials] = {}
        self.technical: dict[str, TechnicalAccount] = {}
        self.clients: dict[str, ApiClient] = {}
        self.mandates: dict[str, Mandate] = {}
        self.partners: dict[str, Partner] = {}

    def mandates_held(self, structure: str, *, on: dt.date) -> tuple[Held, ...]:
        """Return what the mandates that a structure has accepted let it do on a day."""
        held = (one for one in self.mandates.values() if one.holder == structure)
        return tuple(one.held for one in held if one.standing(on) is Standing.IN_FORCE)

    def users(self) -> tuple[User, ...]:
        """Return every user, by id."""
        return tuple(self._users[key] for key in sorted(self._users))

    def user(self, user_id: str) -> User | None:
        """Return a user, active or not, or None."""
        return self._users.get(user_id)

    def user_by_email(self, email: str) -> User | None:
        """Return the user with this e-mail address, or None."""
        return next((user for user in self.users() if user.email == email), None)

    def add_user(self, user: User, credentials: Credentials) -> None:
        """Store a new user."""
        with self._lock:
            if user.id in self._users or self.user_by_email(user.email):
                raise AlreadyExistsError(kind="user", id=user.email)
            if any(user.manages(structure) and self._has_manager(structure) for structure in user.structures):
                raise AlreadyExistsError(kind="user", id=user.email)
            self.replace_user(user)
            self._credentials[user.id] = credentials

    def version(self, user_id: str) -> int:
        """Return how often a user was written."""
        return self._versions.get(user_id, 0)

    def replace_user(self, user: User) -> None:
        """Write a user over what is there."""
        with self._lock:
            self._users[user.id] = user
            self._versions[user.id] = self.version(user.id) + 1

    def _has_manager(self, structure: str) -> bool:
        return any(user.manages(structure) for user in self._users.values())

    def manager_of(self, structure: str) -> UserId | None:
        """Return the primary manager of a structure."""
        return next((user.id for user in self.users() if user.manages(structure)), None)

    def credentials(self, user_id: str) -> Credentials | None:
        """Return how a user proves who they are, or None."""
        return self._credentials.get(user_id)

    def unactivated(self, user_ids: Iterable[str]) -> frozenset[str]:
        """Return which of some users have not activated their account yet."""
        known = (self._credentials.get(user_id) for user_id in user_ids)
        return frozenset(each.user for each in known if each is not None and not each.activated)

    def save_credentials(self, credentials: Credentials) -> None:
        """Store the version after the stored one."""
        with self._lock:
            known = self._credentials.get(credentials.user)
            if known is None or known.version != credentials.version - 1:
                raise StaleRecordError(kind="credentials", id=credentials.user)
            self._credentials[credentials.user] = replace(credentials, last_step=known.last_step)

    def spend_step(self, user_id: str, step: int) -> bool:
        """Mark a TOTP step as used; False when it, or a later one, already was."""
        with self._lock:
            known = self._credentials.get(user_id)
            if known is None or known.last_step >= step:
                return False
            self._credentials[user_id] = replace(known, last_step=step)
            return True

    def technical_account(self, login: str) -> TechnicalAccount | None:
        """Return a technical account, or None."""
        return self.technical.get(login)

    def api_client(self, client_id: str) -> ApiClient | None:
        """Return an API client by its case-sensitive id, or None."""
        return self.clients.get(client_id)

    def partner(self, code: str) -> Partner | None:
        """Return a partner by its application code, or None."""
        return self.partners.get(code)


class MemoryDirectory:
    """The structures; `accounts` is where their users are looked up."""

    def __init__(self, accounts: MemoryAccounts | None = None) -> None:
        self._lock = RLock()
        self._structures: dict[str, Structure] = {}
        self._accounts = accounts or MemoryAccounts()

    def structure(self, structure_id: str) -> Structure | None:
        """Return a structure with its services, or None."""
        return self._structures.get(structure_id)

    def structure_by_identifier(self, identifier: StructureIdentifier) -> Structure | None:
        """Return the one structure with this official identifier, or None."""
        return next((s for s in list(self._structures.values()) if s.identifier == identifier), None)

    def users_of(self, structure_id: str) -> tuple[User, ...]:
        """Return the active users who belong to a structure or have a right in it, by id."""
        return tuple(
            user
            for user in self._accounts.users()
            if user.active and structure_id in user.structures - user.suspended_in
        )

    def add_structure(self, structure: Structure) -> None:
        """Store a new structure."""
        with self._lock:
            if structure.id in self._structures or self.structure_by_identifier(structure.identifier):
                raise AlreadyExistsError(kind="structure", id=structure.identifier.value)
            self._structures[structure.id] = structure

    def structures(self) -> tuple[Structure, ...]:
        """Return every structure."""
        return tuple(self._structures.values())

    def entries(self, lookup: Lookup, *, after: str | None, limit: int) -> Page[Entry]:
        """Return rows of the index."""
        rows = self._rows(lookup)
        left = [entry for entry in rows if after is None or entry.key > after]
        return Page(tuple(left[:limit]), left[limit - 1].key if len(left) > limit else None)

    def _rows(self, lookup: Lookup) -> list[Entry]:
        found = [
            Entry(place.key, summary_of(structure))
            for structure in list(self._structures.values())
            for place in places_of(structure)
            if place.anchor == lookup.anchor and place.key.startswith(lookup.prefix)
        ]
        return sorted(found, key=lambda entry: entry.key)

    def replace_structure(self, structure: Structure, *, known: Structure) -> None:
        """Store changes on what was read as `known`."""
        with self._lock:
            if self._structures.get(structure.id) != known:
                raise StaleRecordError(kind="structure", id=structure.id)
            self._structures[structure.id] = structure


class MemorySessions:
    """Tokens and browser sessions."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._tokens: dict[str, AccessToken] = {}
        self._sessions: dict[str, Session] = {}

    def save_token(self, token: AccessToken) -> None:
        """Store a token."""
        self._tokens[token.token_hash] = token

    def token(self, token_hash: str) -> AccessToken | None:
        """Return the token with this hash, or None."""
        return self._tokens.get(token_hash)

    def save_session(self, session: Session) -> None:
        """Store a new session."""
        self._sessions[session.token_hash] = session

    def extend_session(self, token_hash: str, *, expires_at: dt.datetime) -> None:
        """Move the end of a session that still exists."""
        with self._lock:
            if token_hash in self._sessions:
                self._sessions[token_hash] = replace(self._sessions[token_hash], expires_at=expires_at)

    def session(self, token_hash: str) -> Session | None:
        """Return the session with this hash, or None."""
        return self._sessions.get(token_hash)

    def challenge_session(self, token_hash: str, challenge: str, *, until: dt.datetime) -> None:
        """Keep what a session has to answer, if it still exists."""
        with self._lock:
            known = self._sessions.get(token_hash)
            if known is not None:
                self._sessions[token_hash] = replace(known, challenge=challenge, challenge_until=until)

    def sessions_of(self, user_id: str) -> tuple[Session, ...]:
        """Return the sessions of a user, oldest first."""
        found = [session for session in list(self._sessions.values()) if session.user == user_id]
        return tuple(sorted(found, key=lambda session: session.started_at))

    def end_sessions(self, token_hashes: Iterable[str]) -> None:
        """Delete sessions; unknown ones are passed over."""
        for token_hash in token_hashes:
            self._sessions.pop(token_hash, None)


class MemoryLinks:
    """The links of mails."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._links: dict[str, OneTimeLink] = {}

    def save_link(self, link: OneTimeLink) -> None:
        """Store a new link."""
        self._links[link.token_hash] = link

    def link(self, token_hash: str) -> OneTimeLink | None:
        """Return the link with this hash, or None."""
        return self._links.get(token_hash)

    def take_link(self, token_hash: str) -> OneTimeLink | None:
        """Delete a link and return it, to one caller only."""
        with self._lock:
            return self._links.pop(token_hash, None)


class MemoryChallenges:
    """What security keys are asked to sign."""

    def __init__(self) -> None:
        self._challenges: dict[str, Challenge] = {}

    def save_challenge(self, challenge: Challenge) -> None:
        """Store a new challenge."""
        self._challenges[challenge.token_hash] = challenge

    def take_challenge(self, token_hash: str) -> Challenge | None:
        """Delete a challenge and return it, to one caller only."""
        return self._challenges.pop(token_hash, None)


class MemoryDevices:
    """The browsers that have signed in with an account."""

    def __init__(self) -> None:
        self._known: dict[str, dt.datetime] = {}

    def remember_device(self, key: str, *, until: dt.datetime) -> None:
        """Remember a browser until a moment."""
        self._known[key] = until

    def knows_device(self, key: str, *, now: dt.datetime) -> bool:
        """Say whether a browser is remembered."""
        return key in self._known and self._known[key] > now


class MemoryVault:
    """Secrets sealed for one account each; a stored secret never stands there in clear."""

    def seal(self, secret: str, *, account: str) -> str:
        """Return a secret sealed for an account."""
        return "sealed:" + b64encode(f"{account}:{secret}".encode()).decode()

    def unseal(self, sealed: str, *, account: str) -> str:
        """Return the secret; raises for another account."""
        if not self.is_sealed(sealed):
            return sealed
        owner, _, secret = b64decode(sealed.removeprefix("sealed:")).decode().partition(":")
        if owner != account:
            raise PermissionError(account)
        return secret

    def is_sealed(self, text: str) -> bool:
        """Say whether a text is a sealed secret."""
        return text.startswith("sealed:")


@dataclass(slots=True)
class _Count:
    attempts: int = 0
    locked_until: dt.datetime | None = None
    forgotten_at: dt.datetime = field(default=dt.datetime.max.replace(tzinfo=dt.UTC))

    def is_over(self, now: dt.datetime) -> bool:
        return self.locked_until <= now if self.locked_until else self.forgotten_at <= now


class MemoryAttempts:
    """Counters of wrong attempts."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._counts: dict[str, _Count] = {}

    def count(self, key: str, *, now: dt.datetime, remember: dt.timedelta = A_DAY) -> Attempt:
        """Add one attempt unless a lock lasts; an ended lock or an old count starts again at one."""
        with self._lock:
            known = self._counts.get(key)
            if known is None or known.is_over(now):
                known = self._counts[key] = _Count()
            if known.locked_until is None:
                known.attempts += 1
                known.forgotten_at = now + remember
            return Attempt(known.attempts, known.locked_until)

    def lock(self, key: str, *, until: dt.datetime) -> dt.datetime:
        """Lock the key unless it already is; return when the lock in force ends."""
        with self._lock:
            known = self._counts.setdefault(key, _Count())
            known.locked_until = known.locked_until or until
            return known.locked_until

    def clear(self, key: str) -> None:
        """Forget the attempts of a key."""
        self._counts.pop(key, None)


class MemoryFactorResets:
    """Who has lost every factor."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._resets: dict[str, FactorReset] = {}

    def of_user(self, user_id: str) -> FactorReset | None:
        """Return the newest factor reset of a user, or None."""
        return self._resets.get(user_id)

    def waiting(self, structure: str | None) -> tuple[FactorReset, ...]:
        """Return those that wait for a structure's manager, or for the operator."""
        found = (self._resets[user] for user in sorted(self._resets))
        return tuple(
            reset for reset in found if reset.structure == structure and reset.state is ResetState.ASKED
        )

    def save(self, reset: FactorReset) -> None:
        """Store the version after the stored one."""
        with self._lock:
            known = self._resets.get(reset.user)
            if (known.version if known else 0) != reset.version - 1:
                raise StaleRecordError(kind="factor-reset", id=reset.user)
            self._resets[reset.user] = reset
