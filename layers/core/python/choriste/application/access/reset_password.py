"""Get a new password by mail, at the login address only; the second factor is asked all the same.

Whoever asks is answered the same in the same time, whether there is an account or not.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Final

from choriste.application.access.attempts import strangers_key
from choriste.application.access.evenly import evenly
from choriste.application.access.hashing import fingerprint
from choriste.application.access.links import new_link, open_link, use_link
from choriste.application.access.mails import MailKind, send_mail
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import forget_wrong_codes, tell_owner
from choriste.application.access.records import LinkPurpose
from choriste.application.access.sessions import end_other_sessions
from choriste.domain.access.address import address_of
from choriste.domain.access.errors import LinkEndedError, MailNotSentError
from choriste.domain.access.password import require_strong
from choriste.domain.access.user import User

MOST_MAILS: Final = 3
"""Links for one address within a day: asking is no way to fill a mailbox."""


def ask_for_reset(email: str, *, access: AccessPorts) -> None:
    """Mail a link to an account's login address; do nothing, as long, for any other address.

    An account that is not activated yet gets the link that activates it. Raises `BadRequestError` for what is
    no address.
    """
    address = address_of(email, field="email")
    with evenly(access):
        asked = access.attempts.count(f"reset:{fingerprint(address)}", now=access.clock.now())
        user = access.accounts.user_by_email(address)
        if user is not None and user.active and asked.rank <= MOST_MAILS:
            # to say that a mail did not leave would say that there is an account
            with suppress(MailNotSentError):
                _mail(user, access=access)


def awaiting_reset(token: str, *, access: AccessPorts) -> User:
    """Return whose password a link replaces, and change nothing; raises `LinkEndedError`.

    A link that went to a login address of before has ended with it.
    """
    link = open_link(token, LinkPurpose.RESET, access=access)
    user = access.accounts.user(link.user)
    if user is None or not user.active or link.address not in {None, user.email}:
        raise LinkEndedError
    return user


def reset_password(token: str, new: str, *, access: AccessPorts) -> None:
    """Replace the password, end every session, forget the wrong attempts, and tell the owner.

    Raises `LinkEndedError` or `WeakPasswordError`.
    """
    user = awaiting_reset(token, access=access)
    require_strong(new, email=user.email, name=user.name)
    use_link(token, LinkPurpose.RESET, access=access)
    credentials = access.accounts.credentials(user.id)
    if credentials is None:
        raise LinkEndedError
    access.accounts.save_credentials(
        replace(credentials, password_hash=access.passwords.hash(new), version=credentials.version + 1)
    )
    end_other_sessions(user.id, access=access)
    access.attempts.clear(strangers_key(user.email))
    forget_wrong_codes(user.id, access=access)
    tell_owner(user.id, MailKind.PASSWORD_CHANGED, access=access)


def _mail(user: User, *, access: AccessPorts) -> None:
    credentials = access.accounts.credentials(user.id)
    activated = credentials is not None and credentials.password_hash is not None
    purpose, kind, page = (
        (LinkPurpose.RESET, MailKind.RESET, "/password/new")
        if activated
        else (LinkPurpose.ACTIVATION, MailKind.ACTIVATION, "/activation")
    )
    token = new_link(user.id, purpose, access=access, address=user.email)
    send_mail(kind, to=user.email, language=user.language, ports=access, path=f"{page}?token={token}")
