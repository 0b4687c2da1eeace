"""Create a user who can sign in with a password and an authenticator app."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyotp

from choriste.application.access.hashing import PASSWORD_COST, Cost, hash_secret, new_secret
from choriste.application.access.policy import require_operator, require_organisation
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import User, normal_email


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The secrets of a new user, in clear this once; `address` is the otpauth:// URI for the app."""

    user: User
    password: str
    totp_secret: str
    address: str


def create_user(  # noqa: PLR0913 - the secrets may be chosen by the caller, the rest is the port and the actor
    user: User,
    *,
    by: Principal,
    access: AccessPorts,
    password: str | None = None,
    totp_secret: str | None = None,
    cost: Cost = PASSWORD_COST,
) -> Enrolment:
    """Store a new user; what is not given of the secrets is generated.

    `totp_secret` is base32, as authenticator apps take it. The creator must be allowed to modify the
    organisation of every structure that the user gets. Raises `ForbiddenError` or `AlreadyExistsError`.
    """
    user = replace(user, email=normal_email(user.email))
    _require_authority(by, user)
    chosen = password or new_secret()
    secret = totp_secret or pyotp.random_base32()
    access.accounts.add_user(
        user,
        Credentials(user=user.id, password_hash=hash_secret(chosen, cost=cost), totp_secret=secret),
    )
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Choriste")
    return Enrolment(user=user, password=chosen, totp_secret=secret, address=address)


def _require_authority(by: Principal, user: User) -> None:
    if user.operator:
        require_operator(by)
    granted = {m.structure for m in user.memberships} | {right.structure for right in user.rights}
    for structure in granted:
        require_organisation(by, structure)
