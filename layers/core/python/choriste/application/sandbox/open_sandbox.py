"""Open a sandbox: its structures, an API connection and a technical account, in one act of a developer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.policy import own_sandbox, require_fresh_factor, require_person
from choriste.application.access.ports import AccessPorts
from choriste.application.connections.api_clients import IssuedClient, create_api_client
from choriste.application.connections.technical_accounts import IssuedAccount, create_technical_account
from choriste.application.members.ports import Change
from choriste.application.sandbox.ports import SandboxPorts
from choriste.domain.access.errors import AlreadyExistsError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, Level, Membership, Space, StructureRole, User, UserId
from choriste.domain.invoice.identifiers import french_vat_number
from choriste.domain.invoice.model import Address
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.parties.structure import (
    Service,
    ServiceCode,
    Structure,
    StructureIdentifier,
    StructureKind,
    StructureSettings,
)
from choriste.domain.sandbox.sandbox import Sandbox, SandboxPart
from choriste.domain.sandbox.world import new_sandbox_id, new_siret
from choriste.domain.shared.errors import NotFoundError
from choriste.i18n.catalogue import translate

_SPACES: Final = (Space.ISSUE, Space.RECEIVE, Space.WORKS)
_NAME: Final = "ERP"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSandbox:
    """A new sandbox with the credentials of its program: shown once, stored nowhere."""

    sandbox: Sandbox
    client: IssuedClient
    account: IssuedAccount


def open_sandbox(ports: SandboxPorts, access: AccessPorts, principal: Principal) -> OpenedSandbox:
    """Open a sandbox for a person, who manages all its structures; its program may act for each of them.

    Raises `ForbiddenError` for a program, `FactorNeededError`, or `AlreadyExistsError` for who has one.
    """
    require_person(principal)
    require_fresh_factor(principal, now=access.clock.now())
    known = own_sandbox(principal)
    if known is not None:
        raise AlreadyExistsError(kind="sandbox", id=known)
    sandbox = Sandbox(id=new_sandbox_id(), owner=UserId(principal.id), opened_at=ports.clock.now())
    ports.sandboxes.save(sandbox)
    for part in SandboxPart:
        ports.directory.add_structure(_structure(ports, sandbox, part, principal.language.value))
    owner = _appoint(ports, principal, sandbox)
    manager = replace(Principal.of_user(owner), factor_at=principal.factor_at)
    home, rights = sandbox.structure(SandboxPart.SUPPLIER), _rights(sandbox)
    return OpenedSandbox(
        sandbox=sandbox,
        client=create_api_client(home, name=_NAME, rights=rights, by=manager, access=access),
        account=create_technical_account(home, name=_NAME, rights=rights, by=manager, access=access),
    )


def _rights(sandbox: Sandbox) -> frozenset[Habilitation]:
    return frozenset(
        Habilitation(structure=structure, space=space, level=Level.MODIFY)
        for structure in sandbox.structures.values()
        for space in _SPACES
    )


def _structure(ports: SandboxPorts, sandbox: Sandbox, part: SandboxPart, language: str) -> Structure:
    siret, public = _free_siret(ports), part is SandboxPart.RECIPIENT
    return Structure(
        id=sandbox.structure(part),
        identifier=StructureIdentifier.siret(siret),
        name=translate("sandbox", f"structure.{part}", language, number=sandbox.id[-4:]),
        kind=StructureKind.PUBLIC if public else StructureKind.PRIVATE,
        settings=StructureSettings(is_moa=public),
        services=_services(language) if public else (),
        address=Address(line1="1 rue du Test", postcode="99999", city="Essai-sur-Bac", country="FR"),
        vat_number=None if public else french_vat_number(siret[:9]),
    )


def _free_siret(ports: SandboxPorts) -> str:
    """Return an invented SIRET that no structure has, real or of a test."""
    while True:
        siret = new_siret()
        if ports.directory.structure_by_identifier(StructureIdentifier.siret(siret)) is None:
            return siret


def _services(language: str) -> tuple[Service, ...]:
    """Return a service that asks for nothing, and one that asks for an engagement number."""
    named = {code: translate("sandbox", f"service.{code}", language) for code in ("SERVICE", "ENGAGEMENT")}
    return tuple(
        Service(code=ServiceCode(code), name=name, engagement_mandatory=code == "ENGAGEMENT")
        for code, name in named.items()
    )


def _appoint(ports: SandboxPorts, principal: Principal, sandbox: Sandbox) -> User:
    """Make the developer the primary manager of every structure of the sandbox."""
    stored = ports.members.member(principal.id)
    if stored is None:
        raise NotFoundError(kind="user", id=principal.id)
    structures = sandbox.structures.values()
    seats = tuple(Membership(structure=each, role=StructureRole.PRIMARY_MANAGER) for each in structures)
    after = replace(stored.user, memberships=(*stored.user.memberships, *seats))
    acts = tuple(
        act_of(
            principal,
            ActKind.MANAGER_APPOINTED,
            at=ports.clock.now(),
            structure=each,
            account=principal.id,
            subject=principal.name,
        )
        for each in structures
    )
    ports.members.save(Change(acts=acts, users=((stored, after),)))
    return after
