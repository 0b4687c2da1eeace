"""Sign up: a person asks for an account and names the structure; a mail lets them go on.

Whoever asks is answered the same in the same time, whether the address has an account or not; the owner of
one that has is told by mail. The structure is joined once the address has proved to be theirs
(`choriste.application.members.open_account`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from choriste.application.access.evenly import evenly
from choriste.application.access.hashing import fingerprint
from choriste.application.access.links import new_link
from choriste.application.access.mails import MailKind, send_mail
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Credentials, Joining, LinkPurpose
from choriste.domain.access.address import address_of
from choriste.domain.access.errors import MailNotSentError
from choriste.domain.access.user import Language, User, new_user_id
from choriste.domain.parties.identifiers import identifier_fault
from choriste.domain.parties.structure import StructureIdentifier
from choriste.domain.sandbox.world import sandbox_of
from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message

LONGEST_NAME: Final = 100
_POSTCODE: Final = re.compile("[0-9]{5}")
MOST_MAILS: Final = 3
"""Mails to one address within a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """What somebody who signs up enters; a developer who only wants a sandbox names no structure."""

    email: str
    first_name: str
    last_name: str
    language: Language
    siret: str | None = None
    structure_name: str = ""
    postcode: str = ""
    city: str = ""


def sign_up(wanted: SignUp, *, access: AccessPorts) -> None:
    """Open an account that its owner activates by the link of a mail.

    Asking again sends the mail again. Raises `BadRequestError` for the first field that is not valid, or
    `MailNotSentError`; the account is kept, and the try is not counted.
    """
    user, joining = _checked(wanted, access=access)
    key = f"sign-up:{fingerprint(user.email)}"
    with evenly(access):
        asked = access.attempts.count(key, now=access.clock.now())
        if asked.rank <= MOST_MAILS:
            try:
                _open(user, joining, access=access)
            except MailNotSentError:
                access.attempts.clear(key)
                raise


def _checked(wanted: SignUp, *, access: AccessPorts) -> tuple[User, Joining | None]:
    names = [
        _name(wanted.first_name, field="first_name"),
        _name(wanted.last_name, field="last_name"),
    ]
    user = User(
        id=new_user_id(),
        email=address_of(wanted.email, field="email"),
        name=" ".join(names),
        language=wanted.language,
    )
    return user, _joining(wanted, wanted.siret, access=access) if wanted.siret is not None else None


def _joining(wanted: SignUp, siret: str, *, access: AccessPorts) -> Joining:
    identifier = StructureIdentifier.siret(siret)
    known = access.directory.structure_by_identifier(identifier)
    is_test = known is not None and sandbox_of(known.id) is not None
    if is_test or identifier_fault(identifier) is not None:
        raise BadRequestError(field="siret", expected=message("expected", "siret"))
    if _POSTCODE.fullmatch(wanted.postcode.strip()) is None:
        raise BadRequestError(field="postcode", expected=message("expected", "postcode"))
    return Joining(
        siret=identifier.value,
        name=_name(wanted.structure_name, field="structure_name"),
        postcode=wanted.postcode.strip(),
        city=_name(wanted.city, field="city"),
    )


def _name(text: str, *, field: str) -> str:
    name = " ".join(text.split())
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        raise BadRequestError(
            field=field, expected=message("expected", "max-length", max_length=LONGEST_NAME)
        )
    return name


def _open(user: User, joining: Joining | None, *, access: AccessPorts) -> None:
    known = access.accounts.user_by_email(user.email)
    if known is None:
        access.accounts.add_user(user, Credentials(user=user.id, password_hash=None, totp_secret=None))
        _mail_link(user, joining, access=access)
    elif _is_activated(known, access=access):
        send_mail(MailKind.SIGN_UP_KNOWN, to=known.email, language=known.language, ports=access)
    elif known.active:
        _mail_link(known, joining, access=access)


def _is_activated(user: User, *, access: AccessPorts) -> bool:
    credentials = access.accounts.credentials(user.id)
    return credentials is not None and credentials.password_hash is not None


def _mail_link(user: User, joining: Joining | None, *, access: AccessPorts) -> None:
    token = new_link(user.id, LinkPurpose.ACTIVATION, access=access, joining=joining)
    send_mail(
        MailKind.ACTIVATION,
        to=user.email,
        language=user.language,
        ports=access,
        path=f"/activation?token={token}",
    )
