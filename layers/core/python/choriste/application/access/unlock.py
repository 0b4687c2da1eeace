"""Let the owner of an account that strangers have locked sign in from their own browser."""

from __future__ import annotations

from choriste.application.access.attempts import know_device
from choriste.application.access.links import open_link, use_link
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import LinkPurpose
from choriste.domain.access.errors import LinkEndedError
from choriste.domain.access.user import User


def awaiting_unlock(token: str, *, access: AccessPorts) -> User:
    """Return whose account a link unlocks, and change nothing; raises `LinkEndedError`."""
    user = access.accounts.user(open_link(token, LinkPurpose.UNLOCK, access=access).user)
    if user is None or not user.active:
        raise LinkEndedError
    return user


def unlock(token: str, device: str, *, access: AccessPorts) -> None:
    """Make a browser one that the account knows: it has tries of its own, the lock of strangers lasts on.

    Raises `LinkEndedError`.
    """
    user = awaiting_unlock(token, access=access)
    use_link(token, LinkPurpose.UNLOCK, access=access)
    know_device(user.email, device, access=access)
