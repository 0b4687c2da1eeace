"""How a structure is changed: on what its editor has seen, again when somebody else was faster, and told.

Each change that makes a difference is an act in the history of the structure, with what differs.
"""

from __future__ import annotations

from collections.abc import Callable

from choriste.application.access.policy import require_organisation
from choriste.application.members.history import record_act
from choriste.application.parties.ports import PartiesPorts
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.parties.differences import differences
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import NotFoundError

_TRIES = 3


def change_directory(  # noqa: PLR0913 - the ports, who, where, what, and what was seen
    ports: PartiesPorts,
    principal: Principal,
    structure_id: str,
    kind: ActKind,
    change: Callable[[Structure], Structure],
    *,
    seen: str | None = None,
) -> Structure:
    """Store what `change` makes of a structure, record the act, and return the structure as it is then.

    Nothing is written when nothing differs. `seen` is the digest of the structure as its editor read it; None
    accepts any state. Raises `ForbiddenError` unless the principal administers the structure,
    `NotFoundError`, or `StaleRecordError` when the structure is no longer what was seen.
    """
    require_organisation(principal, structure_id)
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
            tell(ports, principal, kind, changed, known=known)
            return changed
    raise StaleRecordError(kind="structure", id=structure_id)


def tell(
    ports: PartiesPorts, principal: Principal, kind: ActKind, structure: Structure, *, known: Structure | None
) -> None:
    """Record what was done to a structure; `known` is what it was before, None for a new one."""
    before, after = differences(known, structure)
    act = act_of(
        principal,
        kind,
        at=ports.clock.now(),
        structure=structure.id,
        account=None,
        subject=structure.name,
        before=before,
        after=after,
    )
    record_act(act, ports=ports)


def _known(ports: PartiesPorts, structure_id: str, *, seen: str | None) -> Structure:
    known = ports.directory.structure(structure_id)
    if known is None:
        raise NotFoundError(kind="structure", id=structure_id)
    if seen is not None and seen != known.digest:
        raise StaleRecordError(kind="structure", id=structure_id)
    return known
