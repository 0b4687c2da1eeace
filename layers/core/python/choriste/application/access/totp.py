"""The codes of an authenticator app (RFC 6238): six digits that change every 30 seconds."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from base64 import b32encode
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pyotp import TOTP

STEP_SECONDS: Final = 30
TOLERANCE: Final = 1
"""Steps of clock drift accepted on either side."""

_REMEMBERED: Final = 20
"""Steps back (ten minutes) in which a code is called out of date rather than wrong."""

_SECRET_BYTES: Final = 20

ISSUER: Final = "Choriste"


def new_totp_secret() -> str:
    """Return a fresh secret of 160 bits in base32, as authenticator apps take it."""
    return b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def totp_address(secret: str, email: str) -> str:
    """Return the otpauth:// address that a QR code gives to an app."""
    return _totp(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(code: str, secret: str, *, now: dt.datetime) -> int | None:
    """Return the newest step that has this code, from a little ahead to ten minutes back, or None."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    totp, current = _totp(secret), _current_step(now)
    steps = range(current + TOLERANCE, current - _REMEMBERED - 1, -1)
    found = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)]
    return found[0] if found else None


def is_late(step: int, *, now: dt.datetime) -> bool:
    """Say whether the code of a step is out of date."""
    return step < _current_step(now) - TOLERANCE


def _totp(secret: str) -> TOTP:
    from pyotp import TOTP  # noqa: PLC0415 - most requests check no code

    return TOTP(secret)


def _current_step(now: dt.datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS
