"""Structures: the public entities and companies that issue and receive invoices.

Source: docs/reference/parties.md#structures.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from choriste.domain.invoice.model import Address

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
    """A service of a structure, as an invoice names it (*service exécutant*).

    A service is never removed: invoices name it for ever. `since` is when it opened, `until` when it was
    closed, each None where that is not known or has not happened.
    """

    code: ServiceCode
    name: str
    active: bool = True
    engagement_mandatory: bool = False
    description: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureSettings:
    """What a recipient asks of the invoices it receives.

    `either_mandatory` is Chorus Pro's `gestionNumeroEJOuCodeService`: one of the two must be present.
    `is_state` marks a service of the State, which rejects instead of recycling
    (docs/reference/b2g-lifecycle.md#refuse-or-recycle).
    `validation_step` puts the optional validation before the accountant
    (docs/reference/b2g-lifecycle.md#optional-validation).
    `payment_unreported` is Chorus Pro's `statutMiseEnPaiementNestPasRemonte`: invoices end in the accounts.
    `is_moa` and `is_moa_only` are its `getaMoa` and `estMoaUniquement`: a contracting authority of works, and
    one that receives nothing else. `issues` and `receives` are the spaces that are open.
    """

    engagement_mandatory: bool = False
    service_mandatory: bool = False
    either_mandatory: bool = False
    is_state: bool = False
    validation_step: bool = False
    payment_unreported: bool = False
    is_moa: bool = False
    is_moa_only: bool = False
    issues: bool = True
    receives: bool = True


class ClosingReason(StrEnum):
    """Why a structure is inactive."""

    REGISTRY = "registry"
    CEASED = "ceased"
    MERGED = "merged"
    MISTAKEN = "mistaken"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """When and why a structure was made inactive, and by whom; `text` is what that person wrote."""

    at: dt.datetime
    reason: ClosingReason
    by: str
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureContact:
    """How a structure is reached."""

    email: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryStanding:
    """What the Sirene registry said of a structure, and when it is asked next.

    `verified_at` is when it last answered, None while the structure is yet to be verified. `closed_on` is the
    closing date it gives, and `warned_at` when the managers were told. `undisclosed` marks an establishment
    whose name and address the registry may not publish (*diffusion partielle*). `check_at` is None for what
    the registry does not hold.
    """

    verified_at: dt.datetime | None = None
    closed_on: dt.date | None = None
    warned_at: dt.datetime | None = None
    undisclosed: bool = False
    check_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A structure of the directory. An inactive one receives nothing new; its past stays readable (C3).

    `closing` says why it is inactive, None for an active one and for those closed before it was kept.
    """

    id: StructureId
    identifier: StructureIdentifier
    name: str
    kind: StructureKind
    active: bool = True
    settings: StructureSettings = field(default_factory=StructureSettings)
    services: tuple[Service, ...] = ()
    address: Address | None = None
    vat_number: str | None = None
    contact: StructureContact = field(default_factory=StructureContact)
    closing: Closing | None = None
    registry: RegistryStanding = field(default_factory=RegistryStanding)

    @property
    def city(self) -> str | None:
        """The city of the address, None where the directory does not know it."""
        return self.address.city if self.address is not None else None

    @property
    def digest(self) -> str:
        """A short text that changes with any field: whoever read it has seen this very state."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

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
