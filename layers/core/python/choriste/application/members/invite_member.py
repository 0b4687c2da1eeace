"""Invite a person into a structure by mail (C4); nobody learns whether the address is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from choriste.application.access.invite import invite, mail_invitation
from choriste.application.access.mails import MailKind, mail_user
from choriste.application.access.policy import require_holds, require_outside
from choriste.application.access.ports import AccessPorts
from choriste.application.members.change_rights import require_rights_there
from choriste.application.members.history import record_act
from choriste.application.members.ports import Change, MemberPorts, StoredUser
from choriste.application.members.scope import member_seen, structure_administered
from choriste.domain.access.address import address_of
from choriste.domain.access.errors import MailNotSentError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, Language, Membership, User, new_user_id
from choriste.domain.members.act import ActKind, AdministrativeAct, act_of, rights_text
from choriste.domain.members.member import highest, joined, rights_in, with_more_rights
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.i18n.catalogue import message

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who is invited, in which language, with which rights."""

    email: str
    name: str
    language: Language = Language.FRENCH
    rights: frozenset[Habilitation] = frozenset()


def invite_member(
    ports: MemberPorts, access: AccessPorts, principal: Principal, structure: str, invitation: Invitation
) -> User:
    """Let a person belong to a structure with some rights, mail them, and return the user.

    A new address gets an account that its owner activates; one that is known belongs to the structure at
    once, and is told so. Raises `NotFoundError`, `ForbiddenError` for rights that the inviter does not hold,
    `BadRequestError`, and `MailNotSentError` once all else is done.
    """
    place, _ = structure_administered(ports, principal, structure)
    require_outside(place.id)
    email, name = address_of(invitation.email, field="/body/email"), " ".join(invitation.name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadRequestError(
            field="/body/name", expected=message("expected", "max-length", max_length=LONGEST_NAME)
        )
    rights = highest(invitation.rights)
    require_rights_there(place, rights)
    require_holds(principal, rights)
    known = ports.accounts.user_by_email(email)
    if known is not None:
        return _join(ports, access, principal, place, known, rights)
    user = User(
        id=new_user_id(),
        email=email,
        name=name,
        language=invitation.language,
        memberships=(Membership(structure=place.id),),
        rights=rights,
    )
    try:
        invite(user, structure=place.name, by=principal, access=access)
    except MailNotSentError:
        record_act(_act(ports, principal, place, user, rights), ports=ports)
        raise
    record_act(_act(ports, principal, place, user, rights), ports=ports)
    return user


def resend_invitation(
    ports: MemberPorts, access: AccessPorts, principal: Principal, structure: str, user_id: str
) -> None:
    """Mail the invitation once more to somebody who has not activated the account yet.

    Raises `NotFoundError`, also once it is activated, `ForbiddenError` or `MailNotSentError`.
    """
    place, stored = _invited(ports, principal, structure, user_id)
    act = act_of(
        principal,
        ActKind.INVITATION_RENEWED,
        at=ports.clock.now(),
        structure=place.id,
        account=stored.user.id,
        subject=stored.user.name,
    )
    record_act(act, ports=ports)
    mail_invitation(stored.user, structure=place.name, inviter=principal.name, access=access)


def cancel_invitation(ports: MemberPorts, principal: Principal, structure: str, user_id: str) -> None:
    """Take an invitation back: nothing is left of it in the structure, and its links end.

    Raises `NotFoundError`, also once it is activated, `ForbiddenError` or `StaleRecordError`.
    """
    place, stored = _invited(ports, principal, structure, user_id)
    user = stored.user
    after = replace(
        user,
        memberships=tuple(each for each in user.memberships if each.structure != place.id),
        rights=frozenset(right for right in user.rights if right.structure != place.id),
    )
    act = act_of(
        principal,
        ActKind.INVITATION_CANCELLED,
        at=ports.clock.now(),
        structure=place.id,
        account=user.id,
        subject=user.name,
        before={"rights": rights_text(rights_in(user, place.id))},
    )
    ports.members.save(Change(acts=(act,), users=((stored, after),)))


def _invited(
    ports: MemberPorts, principal: Principal, structure: str, user_id: str
) -> tuple[Structure, StoredUser]:
    place, services = structure_administered(ports, principal, structure)
    stored = member_seen(ports, structure, user_id, services)
    if stored.user.id not in ports.accounts.unactivated([user_id]) or stored.user.manages(structure):
        raise NotFoundError(kind="user", id=user_id)
    return place, stored


def _join(  # noqa: PLR0913, PLR0917 - who joins what, with which rights, by whom
    ports: MemberPorts,
    access: AccessPorts,
    principal: Principal,
    place: Structure,
    known: User,
    rights: Iterable[Habilitation],
) -> User:
    """Let somebody who has an account belong to a structure, and tell them."""
    stored = ports.members.member(known.id) or StoredUser(known, 1)
    after = with_more_rights(joined(stored.user, place.id), rights)
    act = _act(ports, principal, place, after, rights)
    ports.members.save(Change(acts=(act,), users=((stored, after),)))
    if after.id in ports.accounts.unactivated([after.id]):
        mail_invitation(after, structure=place.name, inviter=principal.name, access=access)
        return after
    mail_user(
        after,
        MailKind.JOINED,
        ports=ports,
        path="/invoices",
        inviter=principal.name,
        structure=place.name,
    )
    return after


def _act(
    ports: MemberPorts, principal: Principal, place: Structure, user: User, rights: Iterable[Habilitation]
) -> AdministrativeAct:
    return act_of(
        principal,
        ActKind.USER_INVITED,
        at=ports.clock.now(),
        structure=place.id,
        account=user.id,
        subject=user.name,
        after={"rights": rights_text(rights)},
    )
