"""Put a structure on the directory."""

from __future__ import annotations

from choriste.application.access.policy import require_organisation
from choriste.application.access.ports import AccessPorts
from choriste.domain.access.principal import Principal
from choriste.domain.parties.structure import Structure


def register_structure(structure: Structure, *, by: Principal, access: AccessPorts) -> None:
    """Store a new structure; the operator and the platform may.

    Raises `ForbiddenError`, or `AlreadyExistsError` when its id or identifier is taken.
    """
    require_organisation(by, structure.id)
    access.directory.add_structure(structure)
