"""Attempts are counted before they are judged, so that many at the same moment win nothing."""

from __future__ import annotations

import datetime as dt
from typing import Final, NoReturn

from choriste.application.access.hashing import fingerprint
from choriste.application.access.ports import AccessPorts
from choriste.domain.access.errors import AccountLockedError

ALLOWED_ATTEMPTS: Final = 5
LOCK: Final = dt.timedelta(hours=1)
KNOWN_FOR: Final = dt.timedelta(days=180)
"""How long a browser that has signed in is known."""


def count_attempt(key: str, *, access: AccessPorts) -> int:
    """Count an attempt and return its rank; raise `AccountLockedError` while a lock lasts."""
    attempt = access.attempts.count(key, now=access.clock.now())
    if attempt.locked_until is not None:
        raise AccountLockedError(attempt.locked_until)
    if attempt.rank > ALLOWED_ATTEMPTS:
        raise AccountLockedError(access.attempts.lock(key, until=access.clock.now() + LOCK))
    return attempt.rank


def refuse(key: str, rank: int, error: Exception, *, access: AccessPorts) -> NoReturn:
    """Raise the error, or the lock when this was the last attempt allowed."""
    if rank >= ALLOWED_ATTEMPTS:
        raise AccountLockedError(access.attempts.lock(key, until=access.clock.now() + LOCK))
    raise error


def password_key(address: str, device: str, *, access: AccessPorts) -> str:
    """Return the key that wrong passwords for an address count under, from this browser.

    All browsers that never signed in with the address share one; each that did has its own, which strangers
    cannot lock. Made of what was typed, so that an address without an account has the same keys.
    """
    key = _device_key(address, device)
    if device and access.devices.knows_device(key, now=access.clock.now()):
        return f"password:{key}"
    return strangers_key(address)


def strangers_key(address: str) -> str:
    """Return the key that wrong passwords for an address count under, from browsers that nobody knows."""
    return f"password:{fingerprint(address)}"


def know_device(address: str, device: str, *, access: AccessPorts) -> None:
    """Remember that a browser has signed in with an address, or may since a mail to it was answered."""
    if device:
        access.devices.remember_device(_device_key(address, device), until=access.clock.now() + KNOWN_FOR)


def _device_key(address: str, device: str) -> str:
    return fingerprint(f"{device}:{address}")
