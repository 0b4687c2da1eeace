"""Activate an account: who follows the link of the mail chooses the password.

The second factor is chosen at the first sign-in (docs/reference/accounts.md#sign-in).
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.access.links import open_link, use_link
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials, Joining, LinkPurpose, OneTimeLink
from choriste.application.access.sessions import end_other_sessions
from choriste.domain.access.errors import LinkEndedError
from choriste.domain.access.password import require_strong
from choriste.domain.access.user import User


def awaiting_activation(token: str, *, access: AccessPorts) -> User:
    """Return whose account a link activates, and change nothing; raises `LinkEndedError`."""
    return _awaiting(_opened(token, access=access), access=access)[0]


def activate(token: str, password: str, *, access: AccessPorts) -> tuple[User, Joining | None]:
    """Give an account its first password; return whose it is, and what they signed up for.

    The link is used up.

    Raises `LinkEndedError`, also for an account that another link has activated, or `WeakPasswordError`.
    """
    user = awaiting_activation(token, access=access)
    require_strong(password, email=user.email, name=user.name)
    link = use_link(token, _opened(token, access=access).purpose, access=access)
    user, credentials = _awaiting(link, access=access)
    hashed = access.passwords.hash(password)
    access.accounts.save_credentials(
        replace(credentials, password_hash=hashed, version=credentials.version + 1)
    )
    if not credentials.has_second_factor:
        _forget_organisations(user, access=access)
    return user, link.joining


def _forget_organisations(user: User, *, access: AccessPorts) -> None:
    """Drop what an organisation said of an address that nobody had proved: its owner connects it again."""
    for identity in access.organisations.identities_of(user.id):
        access.organisations.remove_identity(identity)
    end_other_sessions(user.id, access=access)


def _opened(token: str, *, access: AccessPorts) -> OneTimeLink:
    """Return the link of a sign-up or of an invitation."""
    try:
        return open_link(token, LinkPurpose.INVITATION, access=access)
    except LinkEndedError:
        return open_link(token, LinkPurpose.ACTIVATION, access=access)


def _awaiting(link: OneTimeLink, *, access: AccessPorts) -> tuple[User, Credentials]:
    user, credentials = access.accounts.user(link.user), access.accounts.credentials(link.user)
    if user is None or not user.active or credentials is None or credentials.password_hash is not None:
        raise LinkEndedError
    # an invitation that was cancelled leaves nothing to be invited to
    if link.purpose is LinkPurpose.INVITATION and not (user.structures or user.operator):
        raise LinkEndedError
    return user, credentials
