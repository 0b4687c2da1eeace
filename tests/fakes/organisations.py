"""Organisations that sign their people in, in memory, and a provider that says what a test wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwk, jwt

from choriste.application.access.organisation_ports import Provider, Redemption, Tokens
from choriste.application.access.organisation_records import (
    Departure,
    OrganisationIdentity,
    OrganisationSignIn,
)
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.organisation_errors import OrganisationUnavailableError

ISSUER = "https://identite.lutece.example"


class MemoryOrganisations:
    """The twin of `DynamoOrganisations`."""

    def __init__(self) -> None:
        self._sign_ins: dict[str, OrganisationSignIn] = {}
        self._identities: list[OrganisationIdentity] = []

    def of(self, structure: str) -> OrganisationSignIn | None:
        """Return what a structure administers."""
        return self._sign_ins.get(structure)

    def serving(self, structure: str) -> OrganisationSignIn | None:
        """Return what signs the people of a structure in."""
        return next((each for each in self._sign_ins.values() if structure in each.served), None)

    def save(self, sign_in: OrganisationSignIn, *, known: OrganisationSignIn | None) -> None:
        """Store the version after the known one."""
        stored = self._sign_ins.get(sign_in.structure)
        others = [each for each in self._sign_ins.values() if each.structure != sign_in.structure]
        taken = {structure for each in others for structure in each.served}
        if stored != known or taken & set(sign_in.served):
            raise StaleRecordError(kind="organisation sign-in", id=sign_in.structure)
        self._sign_ins[sign_in.structure] = sign_in

    def identity(self, issuer: str, subject: str) -> OrganisationIdentity | None:
        """Return whom a provider means."""
        wanted = (issuer, subject)
        return next((each for each in self._identities if (each.issuer, each.subject) == wanted), None)

    def identities_of(self, user: str) -> tuple[OrganisationIdentity, ...]:
        """Return the organisations that sign a user in."""
        found = [each for each in self._identities if each.user == user]
        return tuple(sorted(found, key=lambda each: each.structure))

    def add_identity(self, identity: OrganisationIdentity) -> None:
        """Store an identity."""
        known = {each.structure for each in self.identities_of(identity.user)}
        if self.identity(identity.issuer, identity.subject) or identity.structure in known:
            raise AlreadyExistsError(kind="organisation identity", id=identity.structure)
        self._identities.append(identity)

    def remove_identity(self, identity: OrganisationIdentity) -> None:
        """Forget an identity."""
        self._identities = [each for each in self._identities if each != identity]


class MemoryDepartures:
    """The twin of `DynamoDepartures`."""

    def __init__(self) -> None:
        self._departures: dict[str, Departure] = {}

    def save_departure(self, departure: Departure) -> None:
        """Store a departure."""
        self._departures[departure.token_hash] = departure

    def take_departure(self, token_hash: str) -> Departure | None:
        """Delete a departure and return it."""
        return self._departures.pop(token_hash, None)


def a_key(name: str = "key-1") -> jwk.RSAKey:
    """Return a fresh key of a provider."""
    return jwk.RSAKey.generate_key(2048, parameters={"kid": name, "use": "sig"}, private=True)


_FIRST = a_key()


@dataclass(slots=True)
class MemoryProviders:
    """A provider that answers with the claims of a test; `forge` makes the token in the place of the key."""

    key: jwk.RSAKey = field(default_factory=lambda: _FIRST)
    published: jwk.RSAKey = field(default_factory=lambda: _FIRST)
    rotated: jwk.RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    told: str = ""
    token: str | None = None
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "key-1"})
    silent: bool = False
    names_itself: bool = False
    redeemed: list[Redemption] = field(default_factory=list)

    def hurried(self) -> AbstractContextManager[None]:
        """Take no time at all."""
        return nullcontext()

    def discover(self, issuer: str) -> Provider:
        """Return where the provider answers."""
        if self.silent:
            raise OrganisationUnavailableError("silent")
        return Provider(
            issuer=issuer,
            authorization=f"{issuer}/authorize",
            token=f"{issuer}/token",
            keys=f"{issuer}/keys",
            user_info=f"{issuer}/userinfo" if self.told else "",
            end_session=f"{issuer}/logout",
            names_itself=self.names_itself,
        )

    def keys(self, provider: Provider, *, anew: bool = False) -> Mapping[str, Any]:
        """Return the public keys; those after a rotation only when they are read anew."""
        del provider
        key = self.rotated if anew and self.rotated is not None else self.published
        return {"keys": [key.as_dict(private=False)]}

    def redeem(self, provider: Provider, redemption: Redemption) -> Tokens:
        """Redeem any code for the token of the test."""
        del provider
        self.redeemed.append(redemption)
        return Tokens(self.token or jwt.encode(self.header, self.claims, self.key), "access")

    def user_info(self, provider: Provider, access_token: str) -> str:
        """Return what the test wants to be told."""
        del provider, access_token
        return self.told

    def speak_of(self, now: dt.datetime, nonce: str, /, **changes: Any) -> None:
        """Have the provider vouch for a person of the town."""
        seconds = int(now.timestamp())
        self.claims = {
            "iss": ISSUER,
            "aud": "choriste",
            "sub": "subject-1",
            "iat": seconds,
            "exp": seconds + 300,
            "nonce": nonce,
            "amr": ["pwd", "mfa"],
            "email": "ines@lutece.example",
            "email_verified": True,
            "given_name": "Inès",
            "usual_name": "Moreau",
            "siret": "21690123100011",
            **changes,
        }
        self.claims = {name: value for name, value in self.claims.items() if value is not None}
