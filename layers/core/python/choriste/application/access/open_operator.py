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

    No mail is sent: mail may not work yet on the first day. Raises `ForbiddenError` unless the operator or
    the platform itself asks, `BadRequestError` for a malformed address, or `AlreadyExistsError`.
    """
    require_operator(by)
    user = User(
        id=new_user_id(), email=address_of(email, field="email"), name=name, language=language, operator=True
    )
    access.accounts.add_user(user, Credentials(user=user.id, password_hash=None, totp_secret=None))
    return new_link(user.id, LinkPurpose.ACTIVATION, access=access)
