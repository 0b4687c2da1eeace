"""How a structure is changed: on what its editor has seen, again when somebody else was faster, and told.

Each change that makes a difference is an act in the history of the structure, with what differs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from choriste.application.access.policy import require_organisation
from choriste.application.access.ports import Directory
from choriste.application.members.history import record_act
from choriste.application.parties.ports import PartiesPorts
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.parties.differences import differences
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import NotFoundError

_TRIES = 3


class DirectoryPorts(Protocol):
    """What it takes to store a change of a structure."""

    @property
    def directory(self) -> Directory:
        """The structures of the platform."""
        ...


def administer(  # noqa: PLR0913 - the ports, who, where, what, and what was seen
    ports: PartiesPorts,
    principal: Principal,
    structure_id: str,
    kind: ActKind,
    change: Callable[[Structure], Structure],
    *,
    seen: str | None = None,
) -> Structure:
    """Store what `change` makes of a structure, record the act, and return the structure as it is then.

    `seen` is the digest of the structure as its editor read it; None accepts any state. Raises
    `ForbiddenError` unless the principal administers the structure, and what `change_directory` raises.
    """
    require_organisation(principal, structure_id)
    known, changed = _stored(ports, structure_id, change, seen=seen)
    if changed != known:
        tell(ports, principal, kind, changed, known=known)
    return changed


def change_directory(
    ports: DirectoryPorts, structure_id: str, change: Callable[[Structure], Structure]
) -> Structure:
    """Store what `change` makes of a structure, and return it: for acts that record themselves.

    Nothing is written when nothing differs. Raises `NotFoundError`, or `StaleRecordError` when others were
    faster each time.
    """
    return _stored(ports, structure_id, change, seen=None)[1]


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


def _stored(
    ports: DirectoryPorts, structure_id: str, change: Callable[[Structure], Structure], *, seen: str | None
) -> tuple[Structure, Structure]:
    """Return a structure as it was and as it was stored."""
    for attempt in range(1, _TRIES + 1):
        known = _known(ports, structure_id, seen=seen)
        changed = change(known)
        if changed == known:
            return known, known
        try:
            ports.directory.replace_structure(changed, known=known)
        except StaleRecordError:
            if attempt == _TRIES:
                raise
        else:
            return known, changed
    raise StaleRecordError(kind="structure", id=structure_id)


def _known(ports: DirectoryPorts, structure_id: str, *, seen: str | None) -> Structure:
    known = ports.directory.structure(structure_id)
    if known is None:
        raise NotFoundError(kind="structure", id=structure_id)
    if seen is not None and seen != known.digest:
        raise StaleRecordError(kind="structure", id=structure_id)
    return known
