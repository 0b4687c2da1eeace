"""What is kept of organisations that sign their own people in (OpenID Connect)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from choriste.domain.access.user import UserId
from choriste.domain.parties.structure import StructureId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSignIn:
    """How the people of some structures sign in at their organisation's provider.

    `structure` is the one that administers it; `served` are those whose people come in, itself included, and
    the only ones that their sessions open. `secret` is sealed under `vault_account`. `strong` are the values
    of `acr` that stand for two factors. `vouches` says that the provider has checked every address without
    saying so for each (`email_verified`), as ProConnect does. `by_operator` says that the operator saved it
    last, and so may have added structures whose manager is another.
    """

    structure: StructureId
    issuer: str
    client_id: str
    secret: str
    served: tuple[StructureId, ...]
    strong: tuple[str, ...] = ()
    vouches: bool = False
    active: bool = True
    version: int = 1
    by_operator: bool = False

    @property
    def vault_account(self) -> str:
        """The name that the secret is sealed for."""
        return f"organisation-{self.structure}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationIdentity:
    """Whom a provider means by a subject: one account, which its owner connected or which began with it."""

    user: UserId
    structure: StructureId
    issuer: str
    subject: str
    connected_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A browser on its way to a provider, known by the hash of its token and of the `state`; it returns once.

    `user` is who connects an account, None who signs in; `place` is where they go on to.
    """

    token_hash: str
    structure: StructureId
    nonce: str
    verifier: str
    place: str
    expires_at: dt.datetime
    user: UserId | None = None
