"""Structures: the public entities and companies that issue and receive invoices.

Source: docs/reference/parties.md#structures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

StructureId = NewType("StructureId", str)
"""Decimal digits only, no leading zero: the Chorus Pro routes write it as the integer `idStructureCPP`."""

ServiceCode = NewType("ServiceCode", str)
"""The code that the structure gave its service: at most 100 characters, compared as written."""


class IdentifierKind(StrEnum):
    """How a structure is identified; the values are Chorus Pro's `typeIdentifiantStructure`."""

    SIRET = "SIRET"
    EU_VAT = "UE_HORS_FRANCE"
    NON_EU = "HORS_UE"
    RIDET = "RIDET"
    TAHITI = "TAHITI"
    BEING_REGISTERED = "AUTRE"
    INDIVIDUAL = "PARTICULIER"


class StructureKind(StrEnum):
    """Public entity or private company; the values are Chorus Pro's `typeStructure`."""

    PUBLIC = "PUBLIQUE"
    PRIVATE = "PRIVEE"


@dataclass(frozen=True, slots=True)
class StructureIdentifier:
    """The official identifier of a structure, unique on the platform with its kind."""

    kind: IdentifierKind
    value: str

    @classmethod
    def siret(cls, value: str) -> StructureIdentifier:
        """Return a SIRET identifier: 14 digits, written here without spaces."""
        return cls(IdentifierKind.SIRET, value.replace(" ", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service of a structure, as an invoice names it (*service exécutant*)."""

    code: ServiceCode
    name: str
    active: bool = True
    engagement_mandatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureSettings:
    """What a recipient asks of the invoices it receives.

    `either_mandatory` is Chorus Pro's `gestionNumeroEJOuCodeService`: one of the two must be present.
    `is_state` marks a service of the State, which rejects instead of recycling
    (docs/reference/b2g-lifecycle.md#refuse-or-recycle).
    `validation_step` puts the optional validation before the accountant
    (docs/reference/b2g-lifecycle.md#optional-validation).
    `payment_unreported` is Chorus Pro's `statutMiseEnPaiementNestPasRemonte`: invoices end in the accounts.
    """

    engagement_mandatory: bool = False
    service_mandatory: bool = False
    either_mandatory: bool = False
    is_state: bool = False
    validation_step: bool = False
    payment_unreported: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A structure of the directory. An inactive one receives nothing new; its past stays readable (C3)."""

    id: StructureId
    identifier: StructureIdentifier
    name: str
    kind: StructureKind
    active: bool = True
    settings: StructureSettings = field(default_factory=StructureSettings)
    services: tuple[Service, ...] = ()
    city: str | None = None
    vat_number: str | None = None

    def service(self, code: str) -> Service | None:
        """Return the service with exactly this code, active or not; None where there is none."""
        return next((service for service in self.services if service.code == code), None)

    def requires_service(self) -> bool:
        """Say whether an invoice to this structure must name one of its services."""
        return self.settings.service_mandatory

    def requires_engagement(self, *, service: str | None) -> bool:
        """Say whether an invoice to this structure (and service) must carry an engagement number."""
        named = self.service(service) if service else None
        return self.settings.engagement_mandatory or bool(named and named.engagement_mandatory)
