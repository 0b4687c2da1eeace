"""Give and take rights in a structure: nobody gives more than they hold."""

from __future__ import annotations

from collections.abc import Iterable

from choriste.application.access.policy import operates, require_holds
from choriste.application.members.ports import Change, MemberPorts, StoredUser
from choriste.application.members.scope import member_seen, structure_administered
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, User
from choriste.domain.members.act import ActKind, act_of, rights_text
from choriste.domain.members.member import (
    full_rights,
    gained,
    joined,
    rights_in,
    state_in,
    suspended,
    with_more_rights,
    with_rights,
)
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message


def change_rights(  # noqa: PLR0913 - to whom, where, which, by whom
    ports: MemberPorts,
    principal: Principal,
    structure: str,
    user_id: str,
    *,
    rights: Iterable[Habilitation],
    version: int | None = None,
) -> StoredUser:
    """Let a user have exactly these rights in a structure, and return the user.

    Whoever administers some services only names the rights on those, and leaves all others. Raises
    `NotFoundError`, `ForbiddenError` for rights that the giver does not hold, `BadRequestError` for rights
    elsewhere, and `StaleRecordError` when the user is no longer of that `version`.
    """
    place, services = structure_administered(ports, principal, structure, whole=False)
    stored, wanted = member_seen(ports, structure, user_id, services, version=version), frozenset(rights)
    require_rights_there(place, wanted)
    if services is not None and any(right.service not in services for right in wanted):
        raise BadRequestError(field="/body/rights", expected=message("expected", "rights-there"))
    after = with_rights(stored.user, structure, wanted, services)
    return _give(ports, principal, place, stored, after, kind=ActKind.RIGHTS_CHANGED)


def duplicate_rights(  # noqa: PLR0913 - from whom, to whom, where, by whom
    ports: MemberPorts,
    principal: Principal,
    structure: str,
    user_id: str,
    *,
    source: str,
    version: int | None = None,
) -> StoredUser:
    """Give a user the rights that another one has in a structure, on top of its own; return the user (C6).

    The primary manager's are every right in the structure. Raises as `change_rights` does.
    """
    place, _ = structure_administered(ports, principal, structure)
    stored = member_seen(ports, structure, user_id, None, version=version)
    model = member_seen(ports, structure, source, None).user
    copied = full_rights(place.id) if model.manages(structure) else rights_in(model, structure)
    after = with_more_rights(stored.user, copied)
    return _give(ports, principal, place, stored, after, kind=ActKind.RIGHTS_DUPLICATED, source=model.name)


def suspend_member(
    ports: MemberPorts, principal: Principal, structure: str, user_id: str, *, version: int | None = None
) -> StoredUser:
    """Let a user's rights in a structure count no longer; they stay written for the day that they do again.

    Raises `ManagerStaysError` for the primary manager, else as `change_rights` does.
    """
    place, _ = structure_administered(ports, principal, structure)
    stored = member_seen(ports, structure, user_id, None, version=version)
    after = suspended(stored.user, place.id)
    return _turn(ports, principal, stored, after, place=place, kind=ActKind.USER_DEACTIVATED)


def reinstate_member(
    ports: MemberPorts, principal: Principal, structure: str, user_id: str, *, version: int | None = None
) -> StoredUser:
    """Let the rights of a suspended user count again: all but the operator must hold each themselves.

    Raises as `change_rights` does.
    """
    place, _ = structure_administered(ports, principal, structure)
    stored = member_seen(ports, structure, user_id, None, version=version)
    if not operates(principal):
        require_holds(principal, rights_in(stored.user, structure))
    after = joined(stored.user, place.id)
    return _turn(ports, principal, stored, after, place=place, kind=ActKind.USER_REACTIVATED)


def require_rights_there(structure: Structure, rights: Iterable[Habilitation]) -> None:
    """Raise `BadRequestError` unless every right is on a structure, and on a service that it has."""
    for right in rights:
        known = right.service is None or structure.service(right.service) is not None
        if right.structure != structure.id or not known:
            raise BadRequestError(field="/body/rights", expected=message("expected", "rights-there"))


def _give(  # noqa: PLR0913 - a change and all that its act tells of it
    ports: MemberPorts,
    principal: Principal,
    place: Structure,
    stored: StoredUser,
    after: User,
    *,
    kind: ActKind,
    source: str | None = None,
) -> StoredUser:
    require_holds(principal, gained(stored.user, after))
    if after == stored.user:
        return stored
    act = act_of(
        principal,
        kind,
        at=ports.clock.now(),
        structure=place.id,
        account=after.id,
        subject=after.name,
        before={"rights": rights_text(rights_in(stored.user, place.id))},
        after={
            "rights": rights_text(rights_in(after, place.id)),
            **({"source": source} if source is not None else {}),
        },
    )
    ports.members.save(Change(acts=(act,), users=((stored, after),)))
    return StoredUser(after, stored.version + 1)


def _turn(  # noqa: PLR0913 - a change and all that its act tells of it
    ports: MemberPorts,
    principal: Principal,
    stored: StoredUser,
    after: User,
    *,
    place: Structure,
    kind: ActKind,
) -> StoredUser:
    if after == stored.user:
        return stored
    act = act_of(
        principal,
        kind,
        at=ports.clock.now(),
        structure=place.id,
        account=after.id,
        subject=after.name,
        before={"state": state_in(stored.user, place.id).value},
        after={"state": state_in(after, place.id).value},
    )
    ports.members.save(Change(acts=(act,), users=((stored, after),)))
    return StoredUser(after, stored.version + 1)
