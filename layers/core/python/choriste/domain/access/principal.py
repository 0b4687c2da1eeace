"""The principal: who acts in a request, and what that actor may do.

Use cases receive a principal and ask it; where it came from (a session, a token, the platform itself) is
not their business.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from choriste.domain.access.user import Habilitation, Language, Level, Space, StructureRole, User
from choriste.domain.parties.mandate import Held, Scope
from choriste.domain.parties.structure import ServiceCode, StructureId
from choriste.domain.shared.errors import ForbiddenError


class PrincipalKind(StrEnum):
    """What kind of actor it is; history and audit rows keep it beside the id."""

    USER = "user"
    TECHNICAL_ACCOUNT = "technical_account"
    API_CLIENT = "api_client"
    PARTNER = "partner"
    OPERATOR = "operator"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who acts. `managed` are the structures whose primary manager the actor is: every right in them.

    An operator consults everywhere and modifies organisations only (docs/reference/accounts.md#rights); the
    platform itself, which runs the intake and the deadlines, may do everything.
    """

    kind: PrincipalKind
    id: str
    name: str
    language: Language = Language.FRENCH
    rights: frozenset[Habilitation] = frozenset()
    managed: frozenset[StructureId] = frozenset()
    attached: frozenset[StructureId] = frozenset()
    factor_at: dt.datetime | None = None
    """When the person who acts last proved the second factor; programs have none."""
    limits: frozenset[StructureId] | None = None
    """The structures that an organisation's session is held to; None where nothing holds it."""
    mandates: Iterable[Held] = field(default=(), compare=False)
    """What the actor may do in the name of other suppliers now."""

    @classmethod
    def of_user(cls, user: User) -> Principal:
        """Return the principal that acts for a signed-in user; an inactive user has no right left."""
        kind = PrincipalKind.OPERATOR if user.operator else PrincipalKind.USER
        if not user.active:
            return cls(kind=PrincipalKind.USER, id=user.id, name=user.name, language=user.language)
        belongs = [membership for membership in user.memberships if membership.active]
        managed = (m.structure for m in belongs if m.role is StructureRole.PRIMARY_MANAGER)
        return cls(
            kind=kind,
            id=user.id,
            name=user.name,
            language=user.language,
            rights=frozenset(r for r in user.rights if r.structure not in user.suspended_in),
            managed=frozenset(managed),
            attached=frozenset(membership.structure for membership in belongs),
        )

    @classmethod
    def platform(cls, part: str) -> Principal:
        """Return the platform itself, acting in one of its parts (`intake`, `sweeper` …)."""
        return cls(kind=PrincipalKind.PLATFORM, id=part, name=part)

    def within(self, structures: frozenset[StructureId]) -> Principal:
        """Return the same actor with rights in some structures only."""
        return replace(
            self,
            rights=frozenset(right for right in self.rights if right.structure in structures),
            managed=self.managed & structures,
            attached=self.attached & structures,
            limits=structures,
        )

    @property
    def homes(self) -> tuple[StructureId, ...]:
        """The structures that the actor belongs to, by id; one with several must say which is meant."""
        return tuple(sorted(self.managed | self.attached))

    @property
    def structures(self) -> frozenset[StructureId]:
        """The structures that the actor belongs to or has a right on; empty for operator and platform."""
        return self.managed | self.attached | {right.structure for right in self.rights}

    def may(self, space: Space, level: Level, *, structure: str, service: str | None = None) -> bool:
        """Say whether the actor may enter that space at that level, for that structure and service."""
        if self.kind is PrincipalKind.PLATFORM:
            return True
        if self.kind is PrincipalKind.OPERATOR and self._operates(space, level):
            return True
        return structure in self.managed or any(
            right.grants(space, level, structure=structure, service=service) for right in self.rights
        )

    def require(self, space: Space, level: Level, *, structure: str, service: str | None = None) -> None:
        """Raise `ForbiddenError` unless `may` says yes."""
        if not self.may(space, level, structure=structure, service=service):
            raise ForbiddenError(right=f"{space}:{level.name.lower()}", structure=structure, service=service)

    def has_mandate(self, giver: str, scope: Scope) -> bool:
        """Say whether the actor may do something in the name of a supplier by a mandate."""
        return giver in self.givers(scope)

    def givers(self, scope: Scope) -> frozenset[StructureId]:
        """Return the suppliers in whose name the actor may do something by a mandate."""
        return frozenset(held.giver for held in self.mandates if scope in held.scopes)

    def structures_with(self, space: Space, level: Level = Level.CONSULT) -> frozenset[StructureId]:
        """Return the structures where the actor has that space for at least one service.

        To issue counts in the name of another supplier too.
        """
        granted = {r.structure for r in self.rights if r.space is space and r.level.covers(level)}
        needed = Scope.FOLLOW if level is Level.CONSULT else Scope.DEPOSIT
        return self.managed | granted | (self.givers(needed) if space is Space.ISSUE else frozenset())

    def services_with(
        self, space: Space, level: Level = Level.CONSULT, *, structure: str
    ) -> frozenset[ServiceCode] | None:
        """Return the services the actor is limited to in that structure; None means no limit.

        An empty set means no right there at all.
        """
        if self.may(space, level, structure=structure):
            return None
        return frozenset(
            right.service
            for right in self.rights
            if right.service is not None
            and right.structure == structure
            and right.space is space
            and right.level.covers(level)
        )

    @staticmethod
    def _operates(space: Space, level: Level) -> bool:
        return level is Level.CONSULT or space is Space.ORGANISATION
