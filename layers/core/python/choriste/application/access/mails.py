"""The mails of identity, sent at once: what happened, a link or a code where one is due, and what to do.

Values come from people: each is one line of printable characters, whatever it was. Nothing is logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Final, Protocol

from choriste.application.shared.ports import Mailer
from choriste.domain.access.address import is_address
from choriste.domain.access.user import Language, User
from choriste.domain.shared.errors import BrokenInvariantError
from choriste.i18n.catalogue import translate

_ROOM: Final = "mails"
_LONGEST_VALUE: Final = 200
_PARAGRAPH: Final = "\n\n"


class MailKind(StrEnum):
    """The mails there are; each has the texts `KIND.subject` and `KIND.body` in the room `mails`.

    A body that is followed by a link ends in a colon.
    """

    INVITATION = "invitation"
    ACTIVATION = "activation"
    SIGN_UP_KNOWN = "sign-up-known"
    CODE = "code"
    RESET = "reset"
    UNLOCK = "unlock"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - the name of a mail
    PASSWORD_CLOSED = "password-closed"  # noqa: S105 - the name of a mail
    FACTOR_ADDED = "factor-added"
    KEY_ADDED = "key-added"
    KEY_REMOVED = "key-removed"
    KEY_COPIED = "key-copied"
    ORGANISATION_CONNECTED = "organisation-connected"
    FACTOR_REMOVED = "factor-removed"
    RECOVERY_USED = "recovery-used"
    RECOVERY_RENEWED = "recovery-renewed"
    ADDRESS_CONFIRM = "address-confirm"
    ADDRESS_ASKED = "address-asked"
    ADDRESS_CHANGED = "address-changed"
    FACTOR_RESET_ASKED = "factor-reset-asked"
    FACTOR_RESET_WAITING = "factor-reset-waiting"
    FACTOR_RESET_GRANTED = "factor-reset-granted"
    FACTOR_RESET_REFUSED = "factor-reset-refused"
    FACTOR_RESET_STOPPED = "factor-reset-stopped"
    FACTOR_RESET_DONE = "factor-reset-done"
    JOINED = "joined"
    ACCESS_REQUESTED = "access_requested"
    ACCESS_REMINDER = "access_reminder"
    ACCESS_APPROVED = "access_approved"
    ACCESS_REFUSED = "access_refused"
    ACCESS_EXPIRED = "access_expired"
    TRANSFER_OFFERED = "transfer_offered"
    TRANSFER_ANNOUNCED = "transfer_announced"
    TRANSFER_ENDED = "transfer_ended"
    TRANSFER_DONE = "transfer_done"
    BANK_DETAILS = "bank-details"
    MANDATE_GIVEN = "mandate-given"
    MANDATE_ACCEPTED = "mandate-accepted"
    MANDATE_REFUSED = "mandate-refused"
    MANDATE_ENDED = "mandate-ended"
    REGISTRY_WARNING = "registry-warning"
    REGISTRY_CLOSED = "registry-closed"
    ACCOUNT_EXPIRES = "account-expires"
    ACCOUNT_EXPIRED = "account-expired"


NOTICES: Final = frozenset(
    {
        MailKind.JOINED,
        MailKind.ACCESS_REQUESTED,
        MailKind.ACCESS_REMINDER,
        MailKind.ACCESS_APPROVED,
        MailKind.ACCESS_REFUSED,
        MailKind.ACCESS_EXPIRED,
        MailKind.REGISTRY_WARNING,
        MailKind.REGISTRY_CLOSED,
        MailKind.ACCOUNT_EXPIRES,
        MailKind.ACCOUNT_EXPIRED,
    }
)
"""What may go to the contact address; every other kind opens or protects an account, or changes who may."""


class MailPorts(Protocol):
    """What it takes to send a mail."""

    @property
    def mailer(self) -> Mailer:
        """E-mail."""
        ...

    @property
    def base_url(self) -> str:
        """The address of the platform, which links begin with."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is written: subject, plain text and HTML."""

    subject: str
    text: str
    html: str


def mail_user(
    user: User, kind: MailKind, *, ports: MailPorts, path: str | None = None, **values: object
) -> None:
    """Write a mail to a user in their language: notices to the contact address, all else to the login."""
    address = user.notice_address if kind in NOTICES else user.email
    send_mail(kind, to=address, language=user.language, ports=ports, path=path, **values)


def send_mail(
    kind: MailKind,
    *,
    to: str,
    language: Language,
    ports: MailPorts,
    path: str | None = None,
    **values: object,
) -> None:
    """Write a mail and send it now; `path` is the page of the platform that its link leads to.

    `values` fill the texts of the kind. Raises `BrokenInvariantError` for what is no plain address: whoever
    lets an address in has checked it.
    """
    if not is_address(to):
        raise BrokenInvariantError("a mail to what is no address")
    link = f"{ports.base_url}{path}" if path is not None else None
    letter = compose_mail(kind, language=language, link=link, **values)
    ports.mailer.send(to=to, subject=letter.subject, text=letter.text, html=letter.html)


def compose_mail(kind: MailKind, *, language: Language, link: str | None = None, **values: object) -> Letter:
    """Return a mail in a language; raises KeyError where a value of its texts is missing."""
    plain = {name: _line(value) for name, value in values.items()}
    subject = translate(_ROOM, f"{kind}.subject", language, **plain)
    body = translate(_ROOM, f"{kind}.body", language, **plain)
    hello, closing = (translate(_ROOM, code, language) for code in ("hello", "closing"))
    paragraphs = [hello, *body.split(_PARAGRAPH)]
    return Letter(
        subject=subject,
        text=_PARAGRAPH.join([*paragraphs, *([link] if link else []), closing]) + "\n",
        html=_html(paragraphs, link, closing, language),
    )


def _line(value: object) -> str:
    """Return a value as one line: what would break a header, or a paragraph, is a space."""
    printable = "".join(c if c.isprintable() else " " for c in str(value))
    return " ".join(printable.split())[:_LONGEST_VALUE]


def _html(paragraphs: list[str], link: str | None, closing: str, language: str) -> str:
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    address = escape(link or "", quote=True)
    anchor = f'<p><a href="{address}">{address}</a></p>' if link else ""
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><body>{body}{anchor}'
        f"<p><small>{escape(closing)}</small></p></body></html>"
    )
