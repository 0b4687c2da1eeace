"""Make the index that structures are found by what it should be: after a fault, or a change of its places."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.access.policy import require_operator
from choriste.application.access.ports import Directory
from choriste.application.parties.ports import StructureIndex
from choriste.domain.access.principal import Principal
from choriste.domain.parties.search import Place, places_of
from choriste.domain.parties.structure import StructureId


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How many structures were looked at, and how many rows were written and dropped."""

    structures: int
    written: int
    dropped: int


def reindex_structures(directory: Directory, index: StructureIndex, principal: Principal) -> Reindexed:
    """Write what is missing or wrong in the index, and drop what is left over.

    The platform goes on meanwhile: each structure is looked at again until nothing of it is wrong. Raises
    `ForbiddenError` for everybody but the operator.
    """
    require_operator(principal)
    structures = written = dropped = 0
    for structure in index.structures():
        structures += 1
        written += _repaired(directory, index, structure)
    for place, structure in index.rows():
        if not _belongs(directory, place, structure):
            index.drop(place)
            written += _repaired(directory, index, structure)
            dropped += 1
    return Reindexed(structures, written, dropped)


def _repaired(directory: Directory, index: StructureIndex, structure_id: StructureId) -> int:
    """Write rows of a structure until they are right, as it may change at the same time; return how many."""
    written = 0
    while (structure := directory.structure(structure_id)) is not None:
        wrong = index.wrong(structure)
        if not wrong:
            break
        index.put(structure, wrong)
        written += len(wrong)
    return written


def _belongs(directory: Directory, place: Place, structure_id: StructureId) -> bool:
    structure = directory.structure(structure_id)
    return structure is not None and place in places_of(structure)
