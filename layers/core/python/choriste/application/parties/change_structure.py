"""Change what a structure says of itself: address, contact, and what it asks of the invoices it receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from choriste.application.access.policy import operates, require_operator, require_organisation
from choriste.application.parties.ports import PartiesPorts
from choriste.application.parties.write import administer
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind
from choriste.domain.parties.form import Faults, Form, address_of, contact_of, text_of
from choriste.domain.parties.structure import Structure, StructureSettings
from choriste.domain.shared.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureChange:
    """What is to be changed; None, or a setting that is not named, stays as it is.

    `address` has the fields `line1` to `line3`, `postcode`, `city` and `country`; `contact` has `email` and
    `telephone`. The name and whether the structure is a service of the State are the operator's to change.
    """

    name: str | None = None
    address: Form | None = None
    contact: Form | None = None
    settings: Mapping[str, bool] = field(default_factory=dict)


def begin_change(ports: PartiesPorts, principal: Principal, structure_id: str) -> Structure:
    """Return a structure to whoever may change it; raises `ForbiddenError` or `NotFoundError`."""
    require_organisation(principal, structure_id)
    known = ports.directory.structure(structure_id)
    if known is None:
        raise NotFoundError(kind="structure", id=structure_id)
    return known


def change_structure(
    ports: PartiesPorts,
    principal: Principal,
    structure_id: str,
    change: StructureChange,
    *,
    seen: str | None = None,
) -> Structure:
    """Store the changes and return the structure as it is then.

    Raises `ForbiddenError`, `NotFoundError`, `FieldsInvalidError` with every fault, or `StaleRecordError`
    when the structure is no longer what was `seen`.
    """
    known = begin_change(ports, principal, structure_id)
    if not operates(principal) and _is_the_operators(change, known):
        require_operator(principal)
    return administer(
        ports,
        principal,
        structure_id,
        ActKind.STRUCTURE_CHANGED,
        lambda found: _changed(found, change),
        seen=seen,
    )


def _is_the_operators(change: StructureChange, known: Structure) -> bool:
    """Say whether a change touches what the registry or the law decides, and not the structure."""
    is_state = change.settings.get("is_state", known.settings.is_state)
    return change.name not in (None, known.name) or is_state is not known.settings.is_state


def _changed(known: Structure, change: StructureChange) -> Structure:
    faults = Faults()
    name = text_of({"name": change.name}, "name", faults, needed=True) if change.name is not None else None
    address = address_of(change.address, faults) if change.address is not None else known.address
    contact = contact_of(change.contact, faults) if change.contact is not None else known.contact
    settings = replace(known.settings, **change.settings)
    _check_settings(settings, known, faults)
    faults.refuse_any()
    return replace(known, name=name or known.name, address=address, contact=contact, settings=settings)


def _check_settings(settings: StructureSettings, known: Structure, faults: Faults) -> None:
    """Refuse settings under which no invoice could be addressed correctly."""
    if settings.service_mandatory and not any(service.active for service in known.services):
        faults.mark("service_mandatory", "SERVICE-MANDATORY-NONE")
    if settings.is_moa_only and not settings.is_moa:
        faults.mark("is_moa_only", "MOA-ONLY-WITHOUT-MOA")
