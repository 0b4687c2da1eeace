"""Users and their rights per structure, service and space (docs/reference/accounts.md#rights)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from choriste.domain.parties.structure import ServiceCode, StructureId

UserId = NewType("UserId", str)


class Language(StrEnum):
    """The languages in which the platform speaks to people (ISO 639-1)."""

    FRENCH = "fr"
    ENGLISH = "en"


class Space(StrEnum):
    """The parts of the platform that a right opens (*espaces*)."""

    ISSUE = "issue"
    RECEIVE = "receive"
    WORKS = "works"
    CLAIMS = "claims"
    ORGANISATION = "organisation"
    API = "api"


class Level(StrEnum):
    """How far a right goes; the values are Chorus Pro's `typeHabilitation`."""

    CONSULT = "CONSULTATION_UNIQUEMENT"
    MODIFY = "MODIFICATION"

    def covers(self, wanted: Level) -> bool:
        """Say whether this level includes `wanted`: whoever may modify may consult."""
        return self is Level.MODIFY or wanted is Level.CONSULT


class StructureRole(StrEnum):
    """A user's role in a structure: each structure has one primary manager, who has every right in it."""

    PRIMARY_MANAGER = "primary_manager"
    SIMPLE = "simple"


class NoticeRhythm(StrEnum):
    """How a user wants to hear of billing events (docs/reference/accounts.md#notices)."""

    NONE = "none"
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habilitation:
    """A right on one space of a structure; without a service it covers the whole structure."""

    structure: StructureId
    space: Space
    level: Level = Level.CONSULT
    service: ServiceCode | None = None

    def grants(self, space: Space, level: Level, *, structure: str, service: str | None) -> bool:
        """Say whether this right opens that space at that level, for that structure and service.

        A right on one service opens nothing that names no service.
        """
        return (
            self.space is space
            and self.structure == structure
            and self.level.covers(level)
            and self.service in (None, service)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The attachment of a user to a structure, with the role held there.

    While it is not `active`, the user has no right in that structure; those in others stay.
    """

    structure: StructureId
    role: StructureRole = StructureRole.SIMPLE
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who signs in. `email` is the login address, kept in lower case.

    `contact` is where notices go, the login address where there is none; nothing that opens the account ever
    goes to it.
    """

    id: UserId
    email: str
    name: str
    language: Language = Language.FRENCH
    active: bool = True
    operator: bool = False
    memberships: tuple[Membership, ...] = ()
    rights: frozenset[Habilitation] = frozenset()
    notices: NoticeRhythm = NoticeRhythm.AT_ONCE
    contact: str | None = None

    @property
    def notice_address(self) -> str:
        """The address that notices go to."""
        return self.contact or self.email

    @property
    def structures(self) -> frozenset[StructureId]:
        """The structures that the user belongs to or has a right in, whether suspended there or not."""
        return frozenset(m.structure for m in self.memberships) | {right.structure for right in self.rights}

    @property
    def suspended_in(self) -> frozenset[StructureId]:
        """The structures where the user's rights do not count at present."""
        return frozenset(membership.structure for membership in self.memberships if not membership.active)

    def manages(self, structure: str) -> bool:
        """Say whether the user is the primary manager of a structure."""
        return any(
            m.structure == structure and m.role is StructureRole.PRIMARY_MANAGER for m in self.memberships
        )


def new_user_id() -> UserId:
    """Return a fresh id for a user."""
    return UserId(f"u-{secrets.token_hex(8)}")


def normal_email(address: str) -> str:
    """Return an e-mail address as logins compare it: trimmed and in lower case."""
    return address.strip().lower()
