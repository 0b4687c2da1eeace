"""A user as one structure sees it: what it belongs to there, its rights there, and how they change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from choriste.domain.access.user import Habilitation, Level, Membership, Space, StructureRole, User
from choriste.domain.parties.structure import ServiceCode, StructureId
from choriste.domain.shared.errors import ChoristeError

Services = frozenset[ServiceCode] | None
"""The services that somebody administers in a structure; None stands for the whole structure."""


class ManagerStaysError(ChoristeError):
    """The primary manager cannot be suspended: the role passes on first; parameter: `id`."""

    code = "manager-stays"


class MemberState(StrEnum):
    """Whether a user's rights in a structure count; an invited one has not activated the account yet."""

    ACTIVE = "active"
    INVITED = "invited"
    SUSPENDED = "suspended"
    CLOSED = "closed"


def state_in(user: User, structure: str) -> MemberState:
    """Return whether a user's rights in a structure count: the account may be closed, or suspended there."""
    if not user.active:
        return MemberState.CLOSED
    return MemberState.SUSPENDED if structure in user.suspended_in else MemberState.ACTIVE


def rights_in(user: User, structure: str, services: Services = None) -> frozenset[Habilitation]:
    """Return the rights of a user in a structure, or those on some services of it only."""
    return frozenset(
        right
        for right in user.rights
        if right.structure == structure and (services is None or right.service in services)
    )


def seen_in(user: User, structure: str, services: Services = None) -> User | None:
    """Return a user as whoever administers a structure, or some services of it, may see it.

    What the user belongs to and may do elsewhere is left out. None for whom they should not see at all: one
    who has nothing there.
    """
    rights = rights_in(user, structure, services)
    memberships = tuple(m for m in user.memberships if m.structure == structure)
    if not rights and (services is not None or not memberships):
        return None
    return replace(user, rights=rights, memberships=memberships, operator=False)


def full_rights(structure: StructureId) -> frozenset[Habilitation]:
    """Return every right on a whole structure: what its primary manager may do."""
    return frozenset(Habilitation(structure=structure, space=space, level=Level.MODIFY) for space in Space)


def joined(user: User, structure: StructureId) -> User:
    """Return a user who belongs to a structure, and whose rights there count."""
    known = [membership for membership in user.memberships if membership.structure == structure]
    kept = tuple(membership for membership in user.memberships if membership.structure != structure)
    role = known[0].role if known else StructureRole.SIMPLE
    return replace(user, memberships=(*kept, Membership(structure=structure, role=role)))


def suspended(user: User, structure: StructureId) -> User:
    """Return a user whose rights in a structure do not count; raises `ManagerStaysError` for its manager."""
    if user.manages(structure):
        raise ManagerStaysError(id=user.id)
    kept = tuple(membership for membership in user.memberships if membership.structure != structure)
    return replace(user, memberships=(*kept, Membership(structure=structure, active=False)))


def with_rights(user: User, structure: str, rights: Iterable[Habilitation], services: Services) -> User:
    """Return a user with exactly these rights in a structure, or on some services of it.

    Rights elsewhere, and on other services, stay. Of two levels on the same space and service the higher
    counts.
    """
    kept = user.rights - rights_in(user, structure, services)
    return replace(user, rights=frozenset({*kept, *highest(rights)}))


def with_more_rights(user: User, rights: Iterable[Habilitation]) -> User:
    """Return a user with some rights more; none becomes less."""
    return replace(user, rights=highest([*user.rights, *rights]))


def highest(rights: Iterable[Habilitation]) -> frozenset[Habilitation]:
    """Return rights without those that another one of them, on the same space and service, includes."""
    every = frozenset(rights)
    return frozenset(
        right
        for right in every
        if right.level is Level.MODIFY or replace(right, level=Level.MODIFY) not in every
    )


def ordered_rights(rights: Iterable[Habilitation]) -> list[Habilitation]:
    """Return rights by structure and service, and then in the order of the spaces."""
    spaces = list(Space)
    return sorted(
        rights,
        key=lambda right: (right.structure, right.service or "", spaces.index(right.space), right.level),
    )


def gained(before: User, after: User) -> frozenset[Habilitation]:
    """Return the rights that a change gives: new ones, and raised ones."""
    return (
        after.rights
        - before.rights
        - frozenset(replace(right, level=Level.CONSULT) for right in before.rights)
    )
