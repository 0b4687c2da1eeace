"""How secrets are made, kept and compared.

Passwords that people choose are another matter (`passwords`). Secrets that we generate have 256 random bits,
which nobody can guess, so a light scrypt is enough and an API request is not slowed. Tokens are looked up by
their hash, so they are kept as plain SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

_SECRET_BYTES: Final = 32
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """The scrypt parameters: memory is 128 * n * r bytes."""

    n: int
    r: int
    p: int


GENERATED_COST: Final = Cost(2**10, 8, 1)
"""1 MiB: for secrets of 256 random bits only."""


def new_secret() -> str:
    """Return a fresh secret of 256 bits in 43 URL-safe characters.

    Chorus Pro clients join forms by hand without URL-encoding, hence the alphabet.
    """
    return secrets.token_urlsafe(_SECRET_BYTES)


def fingerprint(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal: what is stored and looked up in its place."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_secret(secret: str, *, cost: Cost) -> str:
    """Return `scrypt$n$r$p$salt$hash`, salt and hash in URL-safe base64; the salt is fresh."""
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = _scrypt(secret, salt=salt, cost=cost)
    return "$".join(("scrypt", str(cost.n), str(cost.r), str(cost.p), _encode(salt), _encode(digest)))


def is_secret(candidate: str, hashed: str) -> bool:
    """Say whether the candidate is the secret that was hashed; the time taken does not tell how near."""
    _, n, r, p, salt, digest = hashed.split("$")
    cost = Cost(int(n), int(r), int(p))
    found = _scrypt(candidate, salt=base64.urlsafe_b64decode(salt), cost=cost)
    return hmac.compare_digest(found, base64.urlsafe_b64decode(digest))


def decoy_hash(cost: Cost) -> str:
    """Return a hash that nothing matches; comparing with it costs what a real comparison costs."""
    never = _encode(bytes(_SALT_BYTES))
    return "$".join(("scrypt", str(cost.n), str(cost.r), str(cost.p), never, _encode(bytes(_SECRET_BYTES))))


def _scrypt(secret: str, *, salt: bytes, cost: Cost) -> bytes:
    memory = 2 * 128 * cost.r * (cost.n + cost.p + 2)
    return hashlib.scrypt(
        secret.encode(), salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=memory, dklen=_SECRET_BYTES
    )


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()
