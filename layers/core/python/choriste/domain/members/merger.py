"""The merger of one structure into another: whose rights become which (C7).

Rights on the absorbed structure become rights on the absorbing one, service by service as the map says.
Whoever has a right on the absorbing structure keeps or gets the same on what the absorbed one left behind,
so that its invoices stay readable, and open ones can be finished; nothing new can be issued for it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from choriste.domain.access.user import (
    Habilitation,
    Level,
    Membership,
    Space,
    StructureRole,
    User,
    UserId,
)
from choriste.domain.members.member import highest, rights_in
from choriste.domain.parties.structure import ServiceCode, StructureId

WHOLE: Final = ""
"""In the map of a merger, stands for the whole of a structure where the code of a service would."""

_CARRIED: Final = {Space.RECEIVE: Level.MODIFY, Space.WORKS: Level.MODIFY, Space.ISSUE: Level.CONSULT}
"""The spaces that stay open on the absorbed structure, and how far at most."""


class MergerState(StrEnum):
    """Whether a merger is under way or done."""

    STARTED = "started"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """One structure goes into another; `services` says where the rights on each part of it go.

    Its keys are codes of services of the absorbed structure, and `WHOLE`; its values are those of the
    absorbing one, or `WHOLE`. `manager` is the absorbing structure's, who takes the seat of the other.
    """

    absorbed: StructureId
    absorbing: StructureId
    services: dict[str, str]
    manager: UserId
    begun_at: dt.datetime
    begun_by: str
    begun_by_name: str
    state: MergerState = MergerState.STARTED
    due_at: dt.datetime | None = None
    version: int = 1

    def moved(self, user: User) -> User:
        """Return a user of either structure after the merger; once moved, again is the same."""
        came = self._came(user)
        rights = highest([*(r for r in came.rights if r.structure != self.absorbed), *self._carried(came)])
        return replace(came, rights=rights)

    def _came(self, user: User) -> User:
        """Return a user whose rights and membership in the absorbed structure are in the absorbing one."""
        member = any(m.structure == self.absorbed for m in user.memberships)
        left = tuple(m for m in user.memberships if m.structure != self.absorbed)
        if user.id == self.manager:
            seat = Membership(structure=self.absorbed, role=StructureRole.PRIMARY_MANAGER)
            return replace(user, memberships=(*left, seat))
        if not member:
            return user
        known = any(m.structure == self.absorbing for m in left)
        suspended = self.absorbed in user.suspended_in
        joined = () if known else (Membership(structure=self.absorbing, active=not suspended),)
        rights = {self._translated(right) for right in rights_in(user, self.absorbed)}
        return replace(
            user, memberships=(*left, *joined), rights=highest([*user.rights, *(r for r in rights if r)])
        )

    def _translated(self, right: Habilitation) -> Habilitation | None:
        target = self.services.get(right.service or WHOLE)
        if target is None:
            return None
        return replace(right, structure=self.absorbing, service=ServiceCode(target) if target else None)

    def _carried(self, user: User) -> list[Habilitation]:
        """Return the rights on the absorbed structure that follow from those on the absorbing one."""
        carried = []
        for right in rights_in(user, self.absorbing):
            if right.space not in _CARRIED:
                continue
            most = _CARRIED[right.space]
            level = right.level if most is Level.MODIFY else Level.CONSULT
            for source in self._sources(right.service):
                service = ServiceCode(source) if source else None
                carried.append(replace(right, structure=self.absorbed, service=service, level=level))
        return carried

    def _sources(self, service: ServiceCode | None) -> list[str]:
        """Return the parts of the absorbed structure that went into one of the absorbing structure."""
        if service is None:
            return [WHOLE]
        return [source for source, target in self.services.items() if target == service]
