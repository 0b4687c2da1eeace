"""Links of mails that work once: made, mailed, looked at, used."""

from __future__ import annotations

import datetime as dt
from typing import Final

from choriste.application.access.hashing import fingerprint, new_secret
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Joining, LinkPurpose, OneTimeLink
from choriste.domain.access.errors import LinkEndedError
from choriste.domain.access.user import UserId

LIFETIMES: Final = {
    LinkPurpose.ACTIVATION: dt.timedelta(days=7),
    LinkPurpose.INVITATION: dt.timedelta(days=7),
    LinkPurpose.RESET: dt.timedelta(minutes=30),
    LinkPurpose.UNLOCK: dt.timedelta(hours=1),
    LinkPurpose.LOGIN_ADDRESS: dt.timedelta(days=1),
    LinkPurpose.CONTACT_ADDRESS: dt.timedelta(days=1),
    LinkPurpose.STOP_FACTOR_RESET: dt.timedelta(days=60),
}


def new_link(
    user: UserId,
    purpose: LinkPurpose,
    *,
    access: AccessPorts,
    joining: Joining | None = None,
    address: str | None = None,
) -> str:
    """Store a link for a user and return its token, in clear this once."""
    token = new_secret()
    access.links.save_link(
        OneTimeLink(
            token_hash=fingerprint(token),
            purpose=purpose,
            user=user,
            expires_at=access.clock.now() + LIFETIMES[purpose],
            joining=joining,
            address=address,
        )
    )
    return token


def open_link(token: str, purpose: LinkPurpose, *, access: AccessPorts) -> OneTimeLink:
    """Return a link that still works, and leave it working; raises `LinkEndedError`.

    Programs that check mails open links too: only what a person then sends uses it up.
    """
    return _required(access.links.link(fingerprint(token)), purpose, access=access)


def use_link(token: str, purpose: LinkPurpose, *, access: AccessPorts) -> OneTimeLink:
    """Return a link that still works, once: it works no longer. Raises `LinkEndedError`."""
    open_link(token, purpose, access=access)
    return _required(access.links.take_link(fingerprint(token)), purpose, access=access)


def _required(link: OneTimeLink | None, purpose: LinkPurpose, *, access: AccessPorts) -> OneTimeLink:
    if link is None or link.purpose is not purpose or link.expires_at <= access.clock.now():
        raise LinkEndedError
    return link
