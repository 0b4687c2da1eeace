"""What a new connection gets of its creator's rights."""

from __future__ import annotations

from typing import Final

from choriste.application.access.policy import rights_held
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, Space
from choriste.domain.parties.structure import StructureId

_SPACES: Final = (Space.ISSUE, Space.RECEIVE, Space.WORKS)


def rights_passed_on(principal: Principal, structure: StructureId) -> tuple[Habilitation, ...]:
    """Return the rights of a principal that treat the invoices of a structure, none that administers it."""
    return rights_held(principal, structure, _SPACES)
