"""Create a user who can sign in with a password and an authenticator app."""

from __future__ import annotations

from dataclasses import dataclass, replace

from choriste.application.access.hashing import GENERATED_COST, hash_secret, new_secret
from choriste.application.access.policy import require_account_authority
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials
from choriste.application.access.totp import new_totp_secret, totp_address
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import User, normal_email


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The secrets of a new user, in clear this once; `address` is the otpauth:// URI for the app."""

    user: User
    password: str
    totp_secret: str
    address: str


def create_user(
    user: User,
    *,
    by: Principal,
    access: AccessPorts,
    password: str | None = None,
    totp_secret: str | None = None,
) -> Enrolment:
    """Store a new user; what is not given of the secrets is generated.

    `totp_secret` is base32, as authenticator apps take it. The creator must be allowed to modify the
    organisation of every structure that the user gets. Raises `ForbiddenError` or `AlreadyExistsError`.
    """
    user = replace(user, email=normal_email(user.email))
    require_account_authority(by, user)
    generated, secret = new_secret(), totp_secret or new_totp_secret()
    sealed = access.vault.seal(secret, account=user.id)
    hashed = access.passwords.hash(password) if password else hash_secret(generated, cost=GENERATED_COST)
    access.accounts.add_user(user, Credentials(user=user.id, password_hash=hashed, totp_secret=sealed))
    return Enrolment(
        user=user,
        password=password or generated,
        totp_secret=secret,
        address=totp_address(secret, user.email),
    )
