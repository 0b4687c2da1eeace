"""Which structures an organisation signs people in to now, whatever was stored once.

Roles pass on and structures close after a setting was saved. So nothing has to be undone then: a structure
other than the organisation's own is served while one person manages both, or where the operator has said so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from choriste.application.access.organisation_records import OrganisationSignIn
from choriste.application.access.ports import AccessPorts
from choriste.domain.parties.structure import StructureId


def still_served(
    sign_in: OrganisationSignIn, among: Iterable[str], *, access: AccessPorts
) -> frozenset[StructureId]:
    """Return which of some structures an organisation serves now; none once it is suspended or closed."""
    if not sign_in.active or not _is_open(sign_in.structure, access=access):
        return frozenset()
    wanted = frozenset(among)
    return frozenset(s for s in sign_in.served if s in wanted and _serves(sign_in, s, access=access))


def release(sign_in: OrganisationSignIn, structure: str, *, access: AccessPorts) -> None:
    """Have an organisation serve a structure no longer; raises `StaleRecordError`."""
    kept = tuple(each for each in sign_in.served if each != structure)
    access.organisations.save(replace(sign_in, served=kept, version=sign_in.version + 1), known=sign_in)


def _serves(sign_in: OrganisationSignIn, structure: StructureId, *, access: AccessPorts) -> bool:
    if structure == sign_in.structure:
        return True
    if not _is_open(structure, access=access):
        return False
    manager = access.accounts.manager_of(structure)
    same = manager is not None and manager == access.accounts.manager_of(sign_in.structure)
    return sign_in.by_operator or same


def _is_open(structure: StructureId, *, access: AccessPorts) -> bool:
    found = access.directory.structure(structure)
    return found is not None and found.active
