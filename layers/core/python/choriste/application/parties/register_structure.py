"""Put a structure on the directory, with what the Sirene registry has of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from choriste.application.access.policy import require_operator
from choriste.application.parties.ports import RegistrationPorts, RegistryUnavailableError
from choriste.application.parties.write import tell
from choriste.domain.access.principal import Principal
from choriste.domain.invoice.identifiers import french_vat_number
from choriste.domain.invoice.model import Address
from choriste.domain.members.act import ActKind
from choriste.domain.parties.form import NAME_LENGTH, Faults, Form, address_of, contact_of, text_of
from choriste.domain.parties.identifiers import identifier_fault, identifier_of, siren_of
from choriste.domain.parties.registry import RegistryEntry, confirmed, first_check
from choriste.domain.parties.structure import (
    IdentifierKind,
    RegistryStanding,
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
    `telephone`. For a SIRET, the registry's name counts, and its address where none was entered.
    """

    kind: StructureKind
    identifier_kind: IdentifierKind
    identifier: str
    entry: Form
    settings: Mapping[str, bool]


def register_structure(ports: RegistrationPorts, principal: Principal, wanted: NewStructure) -> Structure:
    """Store a new structure and return it; the operator and the platform may.

    While the registry does not answer, or does not have a SIRET yet, what was entered counts, and the
    structure is yet to be verified: `registry.verified_at` is None. Raises `ForbiddenError`,
    `FieldsInvalidError` with every fault, also for a SIRET that the registry has closed, or
    `AlreadyExistsError` when the identifier is taken, whether its structure is active or not.
    """
    require_operator(principal)
    faults = Faults()
    identifier = identifier_of(wanted.identifier_kind, wanted.identifier)
    faults.add("identifier", identifier_fault(identifier))
    try:
        entry, missing = _asked(ports, identifier, faults), "FIELD-LENGTH"
    except RegistryUnavailableError:
        entry, missing = None, "REGISTRY-SILENT"
    if (entry is None or entry.name is None) and not wanted.entry.get("name", "").strip():
        faults.mark("name", missing, limit=NAME_LENGTH)
    structure = _structure(ports, wanted, identifier, entry, faults)
    faults.refuse_any()
    ports.directory.add_structure(structure)
    tell(ports, principal, ActKind.STRUCTURE_REGISTERED, structure, known=None)
    return structure


def closed_on(ports: RegistrationPorts, siret: str) -> dt.date | None:
    """Return when the registry closed an establishment; None for any other, and while it does not answer."""
    if identifier_fault(StructureIdentifier.siret(siret)) is not None:
        return None
    try:
        entry = ports.registry.establishment(StructureIdentifier.siret(siret).value)
    except RegistryUnavailableError:
        return None
    return entry.closed_on if entry is not None else None


def _asked(ports: RegistrationPorts, identifier: StructureIdentifier, faults: Faults) -> RegistryEntry | None:
    """Return what the registry has of a SIRET, None where it has nothing; or raises as the registry does."""
    if identifier.kind is not IdentifierKind.SIRET or faults.found:
        return None
    entry = ports.registry.establishment(identifier.value)
    if entry is not None and entry.closed_on is not None:
        faults.mark("identifier", "SIRET-CLOSED", found=identifier.value, on=entry.closed_on)
    return entry


def _structure(
    ports: RegistrationPorts,
    wanted: NewStructure,
    identifier: StructureIdentifier,
    entry: RegistryEntry | None,
    faults: Faults,
) -> Structure:
    now = ports.clock.now()
    known_name = entry.name if entry is not None else None
    name = known_name or text_of(wanted.entry, "name", faults)
    standing = RegistryStanding(check_at=first_check(identifier, now))
    return Structure(
        id=StructureId(new_number(now)),
        identifier=identifier,
        name=name or "",
        kind=wanted.kind,
        settings=StructureSettings(**wanted.settings),
        address=_address(wanted.entry, entry, faults),
        vat_number=_vat_number(identifier, wanted.kind),
        contact=contact_of(wanted.entry, faults),
        registry=confirmed(entry, now) if entry is not None else standing,
    )


def _address(form: Form, entry: RegistryEntry | None, faults: Faults) -> Address:
    entered = any(form.get(name, "").strip() for name in ("line1", "line2", "line3", "postcode", "city"))
    known = entry.address if entry is not None else None
    return known if known is not None and not entered else address_of(form, faults)


def _vat_number(identifier: StructureIdentifier, kind: StructureKind) -> str | None:
    """Return the VAT number that follows from the identifier of a company."""
    siren = siren_of(identifier)
    if siren is not None and kind is StructureKind.PRIVATE:
        return french_vat_number(siren)
    return identifier.value if identifier.kind is IdentifierKind.EU_VAT else None
