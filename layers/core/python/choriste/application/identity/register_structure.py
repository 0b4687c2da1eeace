"""Put a structure on the directory."""

from __future__ import annotations

from choriste.application.identity.ports import Gate
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.structure import Structure
from choriste.domain.identity.user import Level, Space


def register_structure(structure: Structure, *, by: Principal, gate: Gate) -> None:
    """Store a new structure; the operator and the platform may.

    Raises `ForbiddenError`, or `AlreadyExistsError` when its id or identifier is taken.
    """
    by.require(Space.ORGANISATION, Level.MODIFY, structure=structure.id)
    gate.directory.add_structure(structure)
