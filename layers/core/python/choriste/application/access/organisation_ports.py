"""What signing in through an organisation asks of storage and of the organisation's provider."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from choriste.application.access.organisation_records import (
    Departure,
    OrganisationIdentity,
    OrganisationSignIn,
)


class Organisations(Protocol):
    """The organisations that sign their people in, and whom they mean. Writes are atomic."""

    def of(self, structure: str) -> OrganisationSignIn | None:
        """Return what a structure administers, or None."""
        ...

    def serving(self, structure: str) -> OrganisationSignIn | None:
        """Return what signs the people of a structure in, whichever structure administers it, or None."""
        ...

    def save(self, sign_in: OrganisationSignIn, *, known: OrganisationSignIn | None) -> None:
        """Store the version after the known one.

        Raises `StaleRecordError`, also where another organisation serves one of the structures already.
        """
        ...

    def identity(self, issuer: str, subject: str) -> OrganisationIdentity | None:
        """Return whom a provider means, or None."""
        ...

    def identities_of(self, user: str) -> tuple[OrganisationIdentity, ...]:
        """Return the organisations that sign a user in, by structure."""
        ...

    def add_identity(self, identity: OrganisationIdentity) -> None:
        """Store an identity; raise `AlreadyExistsError` where the subject or the organisation has one."""
        ...

    def remove_identity(self, identity: OrganisationIdentity) -> None:
        """Forget an identity; an unknown one is passed over."""
        ...


class Departures(Protocol):
    """Browsers on their way to a provider. They may be there still once expired: check the time."""

    def save_departure(self, departure: Departure) -> None:
        """Store a departure."""
        ...

    def take_departure(self, token_hash: str) -> Departure | None:
        """Delete a departure and return it, to one caller only; None when it is not there. Atomic."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Where a provider answers (OpenID Connect Discovery 1.0); those that it may lack are empty."""

    issuer: str
    authorization: str
    token: str
    keys: str
    user_info: str = ""
    end_session: str = ""
    scopes: frozenset[str] = frozenset()
    posts_secret: bool = False
    """Whether the secret goes in the form; otherwise by HTTP Basic."""
    names_itself: bool = False
    """Whether it sends `iss` back with every answer (RFC 9207)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """A code to redeem: with the verifier of PKCE, as the client that asked for it."""

    code: str
    verifier: str
    client_id: str
    secret: str
    return_address: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was redeemed for."""

    id_token: str
    access_token: str


class Providers(Protocol):
    """Organisations' providers of identity; each method raises `OrganisationUnavailableError`."""

    def hurried(self) -> AbstractContextManager[None]:
        """Hold all that is asked within to a few seconds together: a person waits."""
        ...

    def discover(self, issuer: str) -> Provider:
        """Return where a provider answers; what was read within minutes may be given again."""
        ...

    def keys(self, provider: Provider, *, anew: bool = False) -> Mapping[str, Any]:
        """Return a provider's public keys (JWKS); `anew` reads them again where they may have changed."""
        ...

    def redeem(self, provider: Provider, redemption: Redemption) -> Tokens:
        """Redeem a code; raise `OrganisationRefusedError` where the provider does not take it."""
        ...

    def user_info(self, provider: Provider, access_token: str) -> str:
        """Return what a provider says of a person: a JSON object, or a JWT of it."""
        ...
