"""Change the login address, or the contact address that notices go to: the new one is proved by a mail to it.

The login address is told of each step. What opens or protects the account goes to the login address only.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Final

from choriste.application.access.evenly import evenly
from choriste.application.access.links import new_link, open_link, use_link
from choriste.application.access.mails import MailKind, send_mail
from choriste.application.access.policy import require_fresh_factor
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import LinkPurpose, OneTimeLink
from choriste.application.access.resume_session import SignedIn
from choriste.application.members.ports import Change, MemberPorts
from choriste.domain.access.address import address_of
from choriste.domain.access.errors import LinkEndedError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import User
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.shared.errors import NotFoundError
from choriste.i18n.catalogue import translate

MOST_MAILS: Final = 3
"""Changes that an account may ask for within a day: asking is no way to fill a mailbox."""


class AddressKind(StrEnum):
    """The addresses of an account."""

    LOGIN = "login"
    CONTACT = "contact"

    @property
    def purpose(self) -> LinkPurpose:
        """What the link is for that proves a new one."""
        return LinkPurpose.LOGIN_ADDRESS if self is AddressKind.LOGIN else LinkPurpose.CONTACT_ADDRESS


def read_addresses(signed_in: SignedIn, *, access: AccessPorts) -> User:
    """Return the own account, whose addresses may be changed; raises `FactorNeededError`."""
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    return signed_in.user


def ask_for_address(signed_in: SignedIn, kind: AddressKind, address: str, *, access: AccessPorts) -> None:
    """Mail a link to the new address, and tell the login address that it was asked for.

    Whoever asks is answered alike where another account has the address: it gets no mail then. Raises
    `FactorNeededError` or `BadRequestError`.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    new, user = address_of(address, field="email"), signed_in.user
    with evenly(access):
        asked = access.attempts.count(f"address:{user.id}", now=access.clock.now())
        taken = kind is AddressKind.LOGIN and access.accounts.user_by_email(new) is not None
        if asked.rank > MOST_MAILS:
            return
        if not taken:
            token = new_link(user.id, kind.purpose, access=access, address=new)
            path = f"/account/addresses/confirm?token={token}"
            _mail(MailKind.ADDRESS_CONFIRM, new, user, kind, access=access, path=path)
        _mail(MailKind.ADDRESS_ASKED, user.email, user, kind, access=access)


def awaiting_address(token: str, signed_in: SignedIn, *, access: AccessPorts) -> tuple[AddressKind, str]:
    """Return what a link confirms to the user it was made for, signed in; raises `LinkEndedError`."""
    for kind in AddressKind:
        try:
            link = open_link(token, kind.purpose, access=access)
        except LinkEndedError:
            continue
        return kind, _address_in(link, signed_in)
    raise LinkEndedError


def confirm_address(
    token: str, signed_in: SignedIn, *, access: AccessPorts, ports: MemberPorts
) -> AddressKind:
    """Let the new address count, and tell the login address and the new one.

    The session shows that whoever reads the mail also owns the account: a mistyped address opens nothing to a
    stranger. Raises `LinkEndedError`, or `StaleRecordError` for an address taken meanwhile.
    """
    kind, address = awaiting_address(token, signed_in, access=access)
    use_link(token, kind.purpose, access=access)
    before = signed_in.user
    _save(before, kind, address, ports=ports)
    for each in dict.fromkeys((before.email, address)):
        _mail(MailKind.ADDRESS_CHANGED, each, before, kind, access=access)
    return kind


def remove_contact(signed_in: SignedIn, *, access: AccessPorts, ports: MemberPorts) -> None:
    """Let notices go to the login address again, and tell both; nothing happens where they did.

    Raises `FactorNeededError`.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    before = signed_in.user
    if before.contact is None:
        return
    _save(before, AddressKind.CONTACT, None, ports=ports)
    for each in (before.email, before.contact):
        _mail(MailKind.ADDRESS_CHANGED, each, before, AddressKind.CONTACT, access=access)


def _address_in(link: OneTimeLink, signed_in: SignedIn) -> str:
    if link.user != signed_in.user.id or link.address is None:
        raise LinkEndedError
    return link.address


def _save(user: User, kind: AddressKind, address: str | None, *, ports: MemberPorts) -> None:
    stored = ports.members.member(user.id)
    if stored is None:
        raise NotFoundError(kind="user", id=user.id)
    known = stored.user
    changed = replace(known, contact=address)
    if kind is AddressKind.LOGIN and address is not None:
        changed = replace(known, email=address)
    act = act_of(
        # the history of an account outlives its addresses: which one changed is enough
        Principal.of_user(user),
        ActKind.ADDRESS_CHANGED,
        at=ports.clock.now(),
        structure=None,
        account=user.id,
        subject=user.name,
        after={"address": kind.value},
    )
    ports.members.save(Change(acts=(act,), users=((stored, changed),)))


def _mail(  # noqa: PLR0913 - which mail, where, to whom, about which address
    mail: MailKind, to: str, user: User, kind: AddressKind, *, access: AccessPorts, path: str | None = None
) -> None:
    which = translate("mails", f"address.{kind.value}", user.language)
    send_mail(mail, to=to, language=user.language, ports=access, path=path, which=which, login=user.email)
