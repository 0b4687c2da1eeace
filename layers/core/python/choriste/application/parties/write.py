"""How a structure is changed: on what its editor has seen, and again when somebody else was faster."""

from __future__ import annotations

from collections.abc import Callable

from choriste.application.parties.ports import PartiesPorts
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import NotFoundError

_TRIES = 3


def change_directory(
    ports: PartiesPorts,
    structure_id: str,
    change: Callable[[Structure], Structure],
    *,
    seen: str | None = None,
) -> Structure:
    """Store what `change` makes of a structure and return it; nothing is written when nothing differs.

    `seen` is the digest of the structure as its editor read it; None accepts any state. Raises
    `NotFoundError`, or `StaleRecordError` when the structure is no longer what was seen.
    """
    for attempt in range(1, _TRIES + 1):
        known = _known(ports, structure_id, seen=seen)
        changed = change(known)
        if changed == known:
            return known
        try:
            ports.directory.replace_structure(changed, known=known)
        except StaleRecordError:
            if attempt == _TRIES:
                raise
        else:
            return changed
    raise StaleRecordError(kind="structure", id=structure_id)


def _known(ports: PartiesPorts, structure_id: str, *, seen: str | None) -> Structure:
    known = ports.directory.structure(structure_id)
    if known is None:
        raise NotFoundError(kind="structure", id=structure_id)
    if seen is not None and seen != known.digest:
        raise StaleRecordError(kind="structure", id=structure_id)
    return known
