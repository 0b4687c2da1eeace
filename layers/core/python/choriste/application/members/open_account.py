"""Activate an account and bring its owner to the structure that they named when they signed up.

The first user of a structure that is new here becomes its primary manager; at one that is here already, a
request waits for whoever administers it (docs/reference/accounts.md#sign-up).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Protocol

from choriste.application.access.activate import activate
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import Joining
from choriste.application.members.ports import Change, MemberPorts
from choriste.application.members.request_access import SIGNED_UP, request_access
from choriste.application.parties.ports import RegistrationPorts
from choriste.application.parties.register_structure import NewStructure, register_structure
from choriste.domain.access.errors import AlreadyExistsError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, Level, Membership, Space, StructureRole, User
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.parties.structure import (
    IdentifierKind,
    Structure,
    StructureId,
    StructureIdentifier,
    StructureKind,
)
from choriste.domain.shared.errors import NotFoundError

_PLATFORM: Final = Principal.platform("sign-up")
_PUBLIC_SIREN: Final = ("1", "2")
"""How the SIREN of public bodies begin (INSEE)."""

_ASKED_SPACES: Final = (Space.ISSUE, Space.RECEIVE)


class ArrivalPorts(MemberPorts, RegistrationPorts, Protocol):
    """What it takes to bring a newcomer to a structure."""


def open_account(token: str, password: str, *, access: AccessPorts, ports: ArrivalPorts) -> User:
    """Give an account its first password, join the structure named at sign-up, and return whose it is.

    Raises `LinkEndedError` or `WeakPasswordError`.
    """
    user, joining = activate(token, password, access=access)
    if joining is not None:
        _arrive(user, joining, ports=ports)
    return user


def _arrive(user: User, joining: Joining, *, ports: ArrivalPorts) -> None:
    identifier = StructureIdentifier.siret(joining.siret)
    known = ports.directory.structure_by_identifier(identifier)
    if known is None:
        try:
            registered = register_structure(ports, _PLATFORM, _new_structure(joining))
        except AlreadyExistsError:  # somebody else arrived at the same moment
            known = ports.directory.structure_by_identifier(identifier)
        except FieldsInvalidError:  # closed by the registry since the sign-up
            return
        else:
            _appoint(user, registered, ports=ports)
    if known is not None:
        ask_for_first_rights(user, known, ports=ports)


def _new_structure(joining: Joining) -> NewStructure:
    public = joining.siret.startswith(_PUBLIC_SIREN)
    return NewStructure(
        kind=StructureKind.PUBLIC if public else StructureKind.PRIVATE,
        identifier_kind=IdentifierKind.SIRET,
        identifier=joining.siret,
        entry={"name": joining.name, "postcode": joining.postcode, "city": joining.city},
        settings={},
    )


def _appoint(user: User, structure: Structure, *, ports: ArrivalPorts) -> None:
    """Make a user the primary manager of a structure that has no users yet."""
    stored = ports.members.member(user.id)
    if stored is None:
        raise NotFoundError(kind="user", id=user.id)
    seat = Membership(structure=structure.id, role=StructureRole.PRIMARY_MANAGER)
    after = replace(stored.user, memberships=(*stored.user.memberships, seat))
    act = act_of(
        _PLATFORM,
        ActKind.MANAGER_APPOINTED,
        at=ports.clock.now(),
        structure=structure.id,
        account=user.id,
        subject=user.name,
    )
    ports.members.save(Change(acts=(act,), users=((stored, after),)))


def ask_for_first_rights(user: User, structure: Structure, *, ports: MemberPorts) -> None:
    """Ask to consult the invoices of a structure; one that is closed takes nobody in."""
    if structure.active:
        request_access(
            ports,
            user,
            structure=structure.id,
            service=None,
            rights=_first_rights(structure.id),
            comment=SIGNED_UP,
        )


def _first_rights(structure: StructureId) -> tuple[Habilitation, ...]:
    return tuple(
        Habilitation(structure=structure, space=space, level=Level.CONSULT) for space in _ASKED_SPACES
    )
