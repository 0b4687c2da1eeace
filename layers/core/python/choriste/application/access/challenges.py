"""What security keys have to sign: bound to one browser, asked for once, for five minutes."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final

from choriste.application.access.hashing import fingerprint
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Challenge, ChallengePurpose
from choriste.application.access.webauthn import encoded
from choriste.domain.access.errors import KeyLateError
from choriste.domain.access.user import UserId

LIFETIME: Final = dt.timedelta(minutes=5)
"""As long as browsers wait for a key at most."""

_BYTES: Final = 32


def new_challenge(
    token: str, purpose: ChallengePurpose, *, access: AccessPorts, user: UserId | None = None
) -> bytes:
    """Store a challenge for the browser that holds a token, and return it."""
    challenge = secrets.token_bytes(_BYTES)
    access.challenges.save_challenge(
        Challenge(
            token_hash=_hash(token, encoded(challenge)),
            purpose=purpose,
            expires_at=access.clock.now() + LIFETIME,
            user=user,
        )
    )
    return challenge


def spend_challenge(
    token: str, challenge: str, purpose: ChallengePurpose, *, access: AccessPorts, user: UserId | None = None
) -> None:
    """Use a challenge up; raises `KeyLateError` unless it is this browser's, for this, and still open."""
    found = access.challenges.take_challenge(_hash(token, challenge))
    if found is None or (found.purpose, found.user) != (purpose, user):
        raise KeyLateError
    if found.expires_at <= access.clock.now():
        raise KeyLateError


def _hash(token: str, challenge: str) -> str:
    return fingerprint(f"challenge:{token}:{challenge}")
