"""What the pages of structures show: identifiers as people write them, forms, and faults by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from choriste.application.access.policy import (
    may_administer,
    may_change_bank_details,
    may_read_bank_details,
    may_read_organisation,
    operates,
)
from choriste.application.parties.consult_structure import ConsultedStructure
from choriste.domain.access.principal import Principal
from choriste.domain.parties.routing import why_inactive
from choriste.domain.parties.structure import (
    IdentifierKind,
    Structure,
    StructureIdentifier,
    StructureSettings,
)
from choriste.domain.shared.errors import ChoristeError
from functions.console.web import views
from functions.console.web.rendering import text
from functions.console.web.views import Badge

ADDRESS: Final = ("line1", "line2", "line3", "postcode", "city", "country")
CONTACT: Final = ("email", "telephone")
SETTINGS: Final = (
    "service_mandatory",
    "engagement_mandatory",
    "either_mandatory",
    "validation_step",
    "payment_unreported",
    "is_moa",
    "is_moa_only",
    "issues",
    "receives",
)
OPERATORS: Final = ("is_state",)
"""The settings that the operator alone changes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A structure as a visitor sees it, and what the visitor may do with it."""

    structure: Structure
    inside: bool
    may_change: bool
    may_bank: bool
    may_read_bank: bool
    may_mandates: bool
    operates: bool


def seen_by(principal: Principal, consulted: ConsultedStructure) -> Seen:
    """Return a structure with what its visitor may do."""
    structure = consulted.structure
    return Seen(
        structure=structure,
        inside=consulted.inside,
        may_change=may_administer(principal, structure.id),
        may_bank=may_change_bank_details(principal, structure.id),
        may_read_bank=may_read_bank_details(principal, structure.id),
        may_mandates=may_read_organisation(principal, structure.id),
        operates=operates(principal),
    )


def identifier_text(identifier: StructureIdentifier) -> str:
    """Return an identifier as people write it: a SIRET in the groups of its SIREN and its establishment."""
    value = identifier.value
    if identifier.kind is not IdentifierKind.SIRET:
        return value
    return "\N{NO-BREAK SPACE}".join((value[:3], value[3:6], value[6:9], value[9:]))


def state_badge(structure: Structure, *, language: str) -> Badge:
    """Return whether a structure is active."""
    if structure.active:
        return Badge(text("structures.active", language=language), "good")
    return Badge(text("structures.inactive", language=language), "bad")


def closing_text(structure: Structure, *, language: str) -> str:
    """Return why a structure is inactive."""
    return why_inactive(structure).in_language(language)


def typed_of(structure: Structure) -> dict[str, str]:
    """Return the fields of the form of a structure as it stands; a setting that holds is `on`."""
    address, contact = structure.address, structure.contact
    texts = {name: (getattr(address, name) if address is not None else None) or "" for name in ADDRESS}
    reached = {name: getattr(contact, name) or "" for name in CONTACT}
    names = (*SETTINGS, *OPERATORS)
    ticked = {name: "on" if getattr(structure.settings, name) else "" for name in names}
    return {"name": structure.name, **texts, **reached, **ticked}


def settings_of(fields: Mapping[str, str], names: tuple[str, ...]) -> dict[str, bool]:
    """Return the boxes of a form: one that is not ticked is not sent."""
    return {name: fields.get(name) == "on" for name in names}


def settings_that_hold(settings: StructureSettings) -> tuple[str, ...]:
    """Return the names of the settings that hold, in the order of the form."""
    return tuple(name for name in (*SETTINGS, *OPERATORS) if getattr(settings, name))


def faults_of(error: ChoristeError | None, *, language: str) -> dict[str, list[str]]:
    """Return the faults of a refused form, by field."""
    found: dict[str, list[str]] = {}
    rows = error.parameters.get("findings") if error is not None else ()
    for finding in rows if isinstance(rows, tuple) else ():
        shown = views.findings([finding], language=language)[0].message
        found.setdefault(finding.location or "", []).append(shown)
    return found
