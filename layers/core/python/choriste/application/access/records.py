"""What identity keeps besides users and structures; every secret in them is already a hash."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from choriste.domain.access.user import Habilitation, UserId
from choriste.domain.parties.structure import StructureId

WARNINGS: Final = (30, 7, 1, 0)
"""Days before the expiry of a technical account at which its managers are warned, the first one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityKey:
    """A security key or passkey (WebAuthn): `id` and `public_key` (COSE) in URL-safe base64.

    `uses` is the key's own counter of signatures; many keep it at 0.
    """

    id: str
    public_key: str
    name: str
    added_at: dt.datetime
    uses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How a user proves who they are.

    There is no `password_hash` before the account is activated, and no `totp_secret` before an authenticator
    app is enrolled; it is sealed for the account, or plain base32 in older records. `last_step` is the newest
    TOTP step accepted (30 s since 1970). `recovery_codes` are hashes of those not used yet.
    """

    user: UserId
    password_hash: str | None
    totp_secret: str | None
    last_step: int = 0
    recovery_codes: tuple[str, ...] = ()
    security_keys: tuple[SecurityKey, ...] = ()
    version: int = 1

    @property
    def activated(self) -> bool:
        """Whether somebody who reads its mail has taken it: by a password, or by a factor without one."""
        return self.password_hash is not None or self.has_second_factor

    @property
    def has_second_factor(self) -> bool:
        """Whether an app or a key is enrolled; recovery codes alone are none."""
        return self.totp_secret is not None or bool(self.security_keys)


class ChallengePurpose(StrEnum):
    """What a security key is asked to sign for."""

    ENROL = "enrol"
    PROVE = "prove"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a security key has to sign, known by the hash of it and of the browser's token; it is taken once.

    `user` is whose key is asked, None where anybody's passkey may answer.
    """

    token_hash: str
    purpose: ChallengePurpose
    expires_at: dt.datetime
    user: UserId | None = None


class LinkPurpose(StrEnum):
    """What the link of a mail is for."""

    ACTIVATION = "activation"
    INVITATION = "invitation"
    RESET = "reset"
    UNLOCK = "unlock"
    LOGIN_ADDRESS = "login-address"
    CONTACT_ADDRESS = "contact-address"
    STOP_FACTOR_RESET = "stop-factor-reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """The structure that somebody who signs up wants to join; where it is new here, all of it counts."""

    siret: str
    name: str
    postcode: str
    city: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """The link of a mail to one user, known by the hash of its token only; it works once.

    `address` is the one that a link proves to be the user's.
    """

    token_hash: str
    purpose: LinkPurpose
    user: UserId
    expires_at: dt.datetime
    joining: Joining | None = None
    address: str | None = None


class ResetState(StrEnum):
    """How far a factor reset is."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    STOPPED = "stopped"
    DONE = "done"


RESET_KEPT: Final = dt.timedelta(days=30)
"""How long a factor reset waits for its grant, and then for its owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorReset:
    """The newest factor reset of a user: what a person asks for who has lost every factor.

    The primary manager of `structure` grants it; the operator, where there is none. From `opens_at` on, the
    next sign-in takes the factors away.
    """

    user: UserId
    structure: StructureId | None
    asked_at: dt.datetime
    state: ResetState = ResetState.ASKED
    decided_by: str | None = None
    opens_at: dt.datetime | None = None
    version: int = 1

    def is_open(self, now: dt.datetime) -> bool:
        """Say whether something may still come of it."""
        open_states = (ResetState.ASKED, ResetState.GRANTED)
        return self.state in open_states and now < (self.opens_at or self.asked_at) + RESET_KEPT

    def is_ripe(self, now: dt.datetime) -> bool:
        """Say whether the next sign-in takes the factors away."""
        granted = self.state is ResetState.GRANTED and self.is_open(now)
        return granted and self.opens_at is not None and self.opens_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalAccount:
    """An account for programs of one structure; it dies at `expires_at`.

    Source: docs/reference/accounts.md#technical-accounts.
    """

    login: str
    structure: StructureId
    name: str
    secret_hash: str
    expires_at: dt.datetime
    rights: frozenset[Habilitation] = frozenset()
    active: bool = True
    version: int = 1
    warned: int | None = None
    """Days before the expiry at which the managers were last warned of it (0 for the day itself)."""

    @property
    def next_warning(self) -> dt.datetime | None:
        """When the managers are to be warned next; None when all was said, or the account is closed."""
        left = [days for days in WARNINGS if self.warned is None or days < self.warned]
        if not self.active or not left:
            return None
        return self.expires_at - dt.timedelta(days=left[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClient:
    """An API connection (docs/reference/accounts.md#api-connections).

    Tokens of an older `version` are dead: a reset revokes them. One that is not `active` is suspended until
    it is activated again; one that is `revoked` never is.

    One that acts for the operator belongs to no structure, and has no rights but the operator's own.
    """

    client_id: str
    structure: StructureId | None
    name: str
    secret_hash: str
    rights: frozenset[Habilitation] = frozenset()
    active: bool = True
    version: int = 1
    revoked: bool = False

    @property
    def is_operator(self) -> bool:
        """Whether it acts for the operator."""
        return self.structure is None


NOWHERE: Final = frozenset({"route-not-found", "method-not-allowed", "29404", "29405"})
"""The codes of requests to addresses without an operation."""

_NUMBERS: Final = re.compile(r"[0-9]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request of an API client that was refused: when, the operation, the status and the code answered."""

    at: dt.datetime
    operation: str
    status: int
    code: str

    @property
    def cause(self) -> str:
        """What refusals are counted by: numbers in the address left out, and addresses that nothing is at.

        So a client that asks for whatever comes to its mind has few causes.
        """
        if self.code in NOWHERE:
            return f"{self.status} {self.code}"
        return f"{_NUMBERS.sub('{n}', self.operation)[:120]} {self.status} {self.code}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDay:
    """What an API client did on one day (UTC): the tokens it was given, the requests that were refused.

    `by_cause` counts the refusals by operation, status and code, such as `POST /v1/deposits 403 forbidden`.
    """

    day: dt.date
    tokens: int = 0
    refusals: int = 0
    by_cause: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A bearer token, known by its hash only."""

    token_hash: str
    client_id: str
    client_version: int
    expires_at: dt.datetime


class SessionStage(StrEnum):
    """How far a sign-in went: what it awaits next, or that it is done."""

    AWAITS_CODE = "awaits_code"
    AWAITS_MAILED_CODE = "awaits_mailed_code"
    AWAITS_FACTOR = "awaits_factor"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser's session, bound to one user for its whole life.

    `expires_at` moves with use, never past `ends_at`. `factor_at` is when the second factor was last proved.
    `browser` is what the browser says it is. `challenge` is what the session has to answer before
    `challenge_until`: the hash of a mailed code, the secret of an app that is being enrolled.
    """

    token_hash: str
    user: UserId
    stage: SessionStage
    started_at: dt.datetime
    expires_at: dt.datetime
    ends_at: dt.datetime
    factor_at: dt.datetime | None = None
    browser: str = ""
    challenge: str | None = None
    challenge_until: dt.datetime | None = None
    organisation: StructureId | None = None
    """The structure whose organisation signed the user in: the session opens what that one serves."""
    id_token: str | None = None
    """What that organisation's provider wants to see when the user signs out; it opens nothing."""

    def awaits(self, stage: SessionStage, *, now: dt.datetime) -> bool:
        """Say whether the session is at a stage, and still open."""
        return self.stage is stage and self.expires_at > now


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, counted before it is judged: its rank since the last success, and the lock in force."""

    rank: int
    locked_until: dt.datetime | None
