"""Put a structure on the directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from choriste.application.access.policy import require_operator
from choriste.application.parties.ports import PartiesPorts
from choriste.application.parties.write import tell
from choriste.domain.access.principal import Principal
from choriste.domain.invoice.identifiers import french_vat_number
from choriste.domain.members.act import ActKind
from choriste.domain.parties.form import Faults, Form, address_of, contact_of, text_of
from choriste.domain.parties.identifiers import identifier_fault, identifier_of, siren_of
from choriste.domain.parties.structure import (
    IdentifierKind,
    Structure,
    StructureId,
    StructureIdentifier,
    StructureKind,
    StructureSettings,
)
from choriste.domain.shared.ids import new_number


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStructure:
    """A structure to be put on the directory, as it was entered.

    `entry` holds the texts `name`, `line1` to `line3`, `postcode`, `city`, `country`, `email` and
    `telephone`.
    """

    kind: StructureKind
    identifier_kind: IdentifierKind
    identifier: str
    entry: Form
    settings: Mapping[str, bool]


def register_structure(ports: PartiesPorts, principal: Principal, wanted: NewStructure) -> Structure:
    """Store a new structure and return it; the operator and the platform may.

    Raises `ForbiddenError`, `FieldsInvalidError` with every fault, or `AlreadyExistsError` when the
    identifier is taken, whether its structure is active or not.
    """
    require_operator(principal)
    faults = Faults()
    identifier = identifier_of(wanted.identifier_kind, wanted.identifier)
    faults.add("identifier", identifier_fault(identifier))
    name = text_of(wanted.entry, "name", faults, needed=True)
    address, contact = address_of(wanted.entry, faults), contact_of(wanted.entry, faults)
    faults.refuse_any()
    structure = Structure(
        id=StructureId(new_number(ports.clock.now())),
        identifier=identifier,
        name=name or "",
        kind=wanted.kind,
        settings=StructureSettings(**wanted.settings),
        address=address,
        vat_number=_vat_number(identifier, wanted.kind),
        contact=contact,
    )
    ports.directory.add_structure(structure)
    tell(ports, principal, ActKind.STRUCTURE_REGISTERED, structure, known=None)
    return structure


def _vat_number(identifier: StructureIdentifier, kind: StructureKind) -> str | None:
    """Return the VAT number that follows from the identifier of a company."""
    siren = siren_of(identifier)
    if siren is not None and kind is StructureKind.PRIVATE:
        return french_vat_number(siren)
    return identifier.value if identifier.kind is IdentifierKind.EU_VAT else None
