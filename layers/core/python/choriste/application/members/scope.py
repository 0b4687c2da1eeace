"""Whose matter a structure is: what a principal administers or sees of it, and whom it finds there."""

from __future__ import annotations

from choriste.application.access.policy import administered_services, consulted_services
from choriste.application.members.ports import MemberPorts, StoredUser
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.members.member import Services, seen_in
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import ForbiddenError, NotFoundError


def structure_seen(ports: MemberPorts, principal: Principal, structure: str) -> tuple[Structure, Services]:
    """Return a structure whose users a principal may see, and of which services; else `NotFoundError`."""
    services = consulted_services(principal, structure)
    found = ports.directory.structure(structure)
    if found is None or services == frozenset():
        raise NotFoundError(kind="structure", id=structure)
    return found, services


def structure_administered(
    ports: MemberPorts, principal: Principal, structure: str, *, whole: bool = True
) -> tuple[Structure, Services]:
    """Return a structure that a principal administers, and which services of it.

    Raises `NotFoundError` for one whose users the principal may not even see, and `ForbiddenError` for one
    that it sees but does not administer, or not the `whole` of it where that is wanted.
    """
    found, _ = structure_seen(ports, principal, structure)
    services = administered_services(principal, structure)
    if services == frozenset() or (whole and services is not None):
        raise ForbiddenError(right="organisation:modify", structure=structure, service=None)
    return found, services


def member_seen(
    ports: MemberPorts, structure: str, user_id: str, services: Services, *, version: int | None = None
) -> StoredUser:
    """Return a user of a structure as stored; raises `NotFoundError` for whoever has nothing there.

    With `version`, raises `StaleRecordError` when the user has changed since that version was read.
    """
    stored = ports.members.member(user_id)
    if stored is None or seen_in(stored.user, structure, services) is None:
        raise NotFoundError(kind="user", id=user_id)
    if version is not None and stored.version != version:
        raise StaleRecordError(kind="user", id=user_id)
    return stored
