"""What an address asks for: an invoice, one of the visitor's structures."""

from __future__ import annotations

from choriste.domain.access.user import Level, Space
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.ports import platform_ports
from functions.console.web.visit import Visit


def invoice_id_of(number: str) -> InvoiceId:
    """Return the technical id that an address names; raises `NotFoundError` for anything else."""
    if not (number.isascii() and number.isdigit()):
        raise NotFoundError(kind="invoice", id=number)
    return InvoiceId(int(number))


def structures_with(visit: Visit, space: Space, level: Level) -> list[Structure]:
    """Return the structures where the visitor has a right, those that are still known."""
    wanted = sorted(visit.user.principal.structures_with(space, level))
    found = (platform_ports().directory.structure(structure) for structure in wanted)
    return [structure for structure in found if structure is not None]


def chosen_structure(wanted: str | None, structures: list[Structure]) -> Structure:
    """Return the structure asked for among those open, else the first by name; raises `NotFoundError`."""
    ordered = sorted(structures, key=lambda structure: structure.name)
    chosen = next((each for each in ordered if wanted in (None, "", each.id)), None)
    if chosen is None:
        raise NotFoundError(kind="structure", id=wanted)
    return chosen
