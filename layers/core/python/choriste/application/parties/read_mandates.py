"""Read the billing mandates that a structure gave or was given, and their files."""

from __future__ import annotations

from typing import Final

from choriste.application.access.policy import may_read_organisation
from choriste.application.parties.ports import MandatePorts
from choriste.application.shared.archived import read_archived
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.parties.mandate import Mandate, MandateFile
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import NotFoundError

_VALID_SECONDS: Final = 300


def list_mandates(ports: MandatePorts, principal: Principal, structure_id: str) -> tuple[Mandate, ...]:
    """Return the mandates that a structure gave or was given, newest first.

    Raises `NotFoundError` unless the principal consults the organisation of the structure.
    """
    if not may_read_organisation(principal, structure_id):
        raise NotFoundError(kind="structure", id=structure_id)
    return ports.mandates.of(structure_id)


def read_mandate(ports: MandatePorts, principal: Principal, structure_id: str, mandate_id: str) -> Mandate:
    """Return a mandate of a structure; raises `NotFoundError`, also for somebody else's."""
    known = ports.mandates.get(mandate_id) if may_read_organisation(principal, structure_id) else None
    if known is None or structure_id not in known.sides:
        raise NotFoundError(kind="mandate", id=mandate_id)
    return known


def read_mandate_file(
    ports: MandatePorts, principal: Principal, structure_id: str, mandate_id: str, name: str
) -> tuple[MandateFile, bytes]:
    """Return a file of a mandate with its bytes; raises `NotFoundError`."""
    file = _file(read_mandate(ports, principal, structure_id, mandate_id), name)
    return file, read_archived(ports.files, file)


def mandate_file_address(
    ports: MandatePorts, principal: Principal, structure_id: str, mandate_id: str, name: str
) -> str:
    """Return an address from which a file can be downloaded for five minutes; raises `NotFoundError`."""
    file = _file(read_mandate(ports, principal, structure_id, mandate_id), name)
    return ports.files.download_address(Bucket.ARCHIVE, file.key, filename=file.name, seconds=_VALID_SECONDS)


def _file(mandate: Mandate, name: str) -> MandateFile:
    file = next((file for file in mandate.files if file.name == name), None)
    if file is None:
        raise NotFoundError(kind="file", id=name)
    return file


def own_side(mandate: Mandate, structure_id: str) -> StructureId:
    """Return the side of a mandate that a structure is."""
    return next(side for side in mandate.sides if side == structure_id)
