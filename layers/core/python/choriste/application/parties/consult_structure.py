"""Read a structure: all of it for its own people and the operator, the public part for everybody else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from choriste.application.access.policy import may_know, sees_inside
from choriste.application.parties.ports import PartiesPorts
from choriste.domain.access.principal import Principal
from choriste.domain.parties.structure import Structure, StructureContact
from choriste.domain.shared.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class ConsultedStructure:
    """A structure as far as its reader may know it; `inside` says that nothing is kept back."""

    structure: Structure
    inside: bool


def consult_structure(ports: PartiesPorts, principal: Principal, structure_id: str) -> ConsultedStructure:
    """Return a structure, active or not; raises `NotFoundError`."""
    structure = ports.directory.structure(structure_id)
    if structure is None or not may_know(principal, structure.id):
        raise NotFoundError(kind="structure", id=structure_id)
    inside = sees_inside(principal, structure.id)
    return ConsultedStructure(structure if inside else public_part(structure), inside)


def public_part(structure: Structure) -> Structure:
    """Return what anybody may know of a structure who knows its identifier.

    That is its name, its identifiers, its address, its active services and what it asks of invoices. The
    address of an establishment that the registry may not publish is kept back, and so are contacts, closed
    services, and who closed the structure.
    """
    address = None if structure.registry.undisclosed else structure.address
    closing = replace(structure.closing, by="", text=None) if structure.closing is not None else None
    return replace(
        structure,
        address=address,
        contact=StructureContact(),
        services=tuple(service for service in structure.services if service.active),
        closing=closing,
    )
