"""Open an operator's account from outside the platform: how the first one gets in.

Source: docs/operate/first-day.md.
"""

from __future__ import annotations

from choriste.application.access.links import new_link
from choriste.application.access.policy import require_operator
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials, LinkPurpose
from choriste.domain.access.address import address_of
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Language, User, new_user_id


def open_operator(email: str, *, name: str, language: Language, by: Principal, access: AccessPorts) -> str:
    """Store an operator without a password, and return the token of the link that activates the account.

    An operator who has not followed a link yet gets another. No mail is sent: mail may not work yet on the
    first day. Raises `ForbiddenError` unless the operator or the platform itself asks, `BadRequestError` for
    a malformed address, or `AlreadyExistsError`.
    """
    require_operator(by)
    address = address_of(email, field="email")
    known = access.accounts.user_by_email(address)
    if known is not None and known.operator and not _is_activated(known, access=access):
        return new_link(known.id, LinkPurpose.ACTIVATION, access=access)
    user = User(id=new_user_id(), email=address, name=name, language=language, operator=True)
    access.accounts.add_user(user, Credentials(user=user.id, password_hash=None, totp_secret=None))
    return new_link(user.id, LinkPurpose.ACTIVATION, access=access)


def _is_activated(user: User, *, access: AccessPorts) -> bool:
    credentials = access.accounts.credentials(user.id)
    return credentials is not None and credentials.password_hash is not None
