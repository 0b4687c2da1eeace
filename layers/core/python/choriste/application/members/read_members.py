"""Read who belongs to a structure, and with which rights (C4)."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.access.policy import administered_structures
from choriste.application.members.ports import MemberPorts, StoredUser
from choriste.application.members.scope import structure_seen
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Space, User
from choriste.domain.members.member import MemberState, Services, seen_in, state_in
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import NotFoundError

_STEP = 200
"""Users read at a time while looking for those that a filter wants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFilter:
    """Which users of a structure are wanted: by a part of the name or address, by state, by space."""

    text: str = ""
    state: MemberState | None = None
    space: Space | None = None

    def wants(self, member: Member) -> bool:
        """Say whether a user, as the structure sees it, is wanted."""
        words, user = self.text.casefold().split(), member.user
        shown = f"{user.name} {user.email}".casefold()
        return (
            all(word in shown for word in words)
            and self.state in (None, member.state)
            and (
                self.space is None
                or member.is_manager
                or any(right.space is self.space for right in user.rights)
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A user as its reader may see it: nothing of other structures; `version` is what a change names."""

    user: User
    version: int
    structure: Structure
    invited: bool = False

    @property
    def state(self) -> MemberState:
        """Whether the user's rights in the structure count, and whether the account is theirs yet."""
        state = state_in(self.user, self.structure.id)
        return MemberState.INVITED if self.invited and state is MemberState.ACTIVE else state

    @property
    def is_manager(self) -> bool:
        """Whether this is the primary manager."""
        return self.user.manages(self.structure.id)


def list_members(  # noqa: PLR0913 - which users of which structure, and which page
    ports: MemberPorts,
    principal: Principal,
    structure: str,
    *,
    wanted: MemberFilter,
    after: str | None,
    limit: int,
) -> Page[Member]:
    """Return users of a structure by id; whoever sees some services only gets the users of those.

    Raises `NotFoundError` for a structure whose users the principal may not see.
    """
    place, services = structure_seen(ports, principal, structure)
    found: list[Member] = []
    while True:
        page = ports.members.of_structure(structure, after=after, limit=min(_STEP, limit + 1))
        invited = ports.accounts.unactivated(stored.user.id for stored in page.rows)
        for stored in page.rows:
            member = _member(stored, place, services, invited)
            if member is None or not wanted.wants(member):
                continue
            if len(found) == limit:
                return Page(tuple(found), found[-1].user.id)
            found.append(member)
        if page.after is None:
            return Page(tuple(found), None)
        after = page.after


def read_member(ports: MemberPorts, principal: Principal, structure: str, user_id: str) -> Member:
    """Return one user of a structure; raises `NotFoundError`."""
    place, services = structure_seen(ports, principal, structure)
    stored = ports.members.member(user_id)
    invited = ports.accounts.unactivated([user_id])
    member = _member(stored, place, services, invited) if stored is not None else None
    if member is None:
        raise NotFoundError(kind="user", id=user_id)
    return member


def administered(ports: MemberPorts, principal: Principal) -> tuple[Structure, ...]:
    """Return the structures that a principal administers, wholly or in some services, by name."""
    found = (ports.directory.structure(structure) for structure in administered_structures(principal))
    return tuple(sorted((s for s in found if s is not None), key=lambda structure: structure.name))


def _member(
    stored: StoredUser, structure: Structure, services: Services, invited: frozenset[str]
) -> Member | None:
    seen = seen_in(stored.user, structure.id, services)
    if seen is None:
        return None
    return Member(user=seen, version=stored.version, structure=structure, invited=seen.id in invited)
