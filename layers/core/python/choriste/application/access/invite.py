"""Invite a person: the account is there at once, and theirs once they have followed the link of the mail.

Source: docs/reference/accounts.md#activation.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.access.links import new_link
from choriste.application.access.mails import MailKind, send_mail
from choriste.application.access.policy import require_account_authority
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials, LinkPurpose
from choriste.domain.access.address import address_of
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import User


def invite(user: User, *, structure: str, by: Principal, access: AccessPorts) -> User:
    """Store a user without a password, and mail the link that activates the account; return the user.

    `structure` is the name that the mail gives. The inviter must be allowed to modify the organisation of
    each structure that the user gets. Raises `BadRequestError` for a malformed address, `ForbiddenError`,
    `AlreadyExistsError`, or `MailNotSentError` once the user is stored.
    """
    invited = replace(user, email=address_of(user.email, field="email"))
    require_account_authority(by, invited)
    access.accounts.add_user(invited, Credentials(user=invited.id, password_hash=None, totp_secret=None))
    mail_invitation(invited, structure=structure, inviter=by.name, access=access)
    return invited


def mail_invitation(user: User, *, structure: str, inviter: str, access: AccessPorts) -> None:
    """Mail a new link to a user who has not activated the account yet; older links work until they expire."""
    token = new_link(user.id, LinkPurpose.INVITATION, access=access)
    send_mail(
        MailKind.INVITATION,
        to=user.email,
        language=user.language,
        ports=access,
        path=f"/activation?token={token}",
        inviter=inviter,
        structure=structure,
    )
