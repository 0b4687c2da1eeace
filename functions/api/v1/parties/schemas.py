"""What the operations of structures are asked and answered with."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final

from pydantic import Field

from choriste.application.parties.consult_structure import ConsultedStructure
from choriste.domain.invoice.model import Address
from choriste.domain.parties.search import StructureSummary
from choriste.domain.parties.structure import (
    Closing,
    ClosingReason,
    IdentifierKind,
    Service,
    StructureKind,
    StructureSettings,
)
from functions.api.http.models import Answer, Body, Moment

Line = Annotated[str, Field(max_length=100)]
Text = Annotated[str, Field(max_length=500)]


class AddressBody(Body):
    """A postal address; the country is an ISO 3166-1 code of two letters."""

    line1: Line = ""
    line2: Line = ""
    line3: Line = ""
    postcode: Line = ""
    city: Line = ""
    country: Line = "FR"


class ContactBody(Body):
    """How a structure is reached."""

    email: Annotated[str, Field(max_length=254)] = ""
    telephone: Annotated[str, Field(max_length=30)] = ""


class SettingsBody(Body):
    """What a structure asks of the invoices it receives; what is left out stays as it is."""

    engagement_mandatory: bool | None = None
    service_mandatory: bool | None = None
    either_mandatory: bool | None = None
    is_state: bool | None = None
    validation_step: bool | None = None
    payment_unreported: bool | None = None
    is_moa: bool | None = None
    is_moa_only: bool | None = None
    issues: bool | None = None
    receives: bool | None = None

    def given(self) -> dict[str, bool]:
        """Return the settings that are named."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class NewStructureBody(Body):
    """A structure to be put on the directory."""

    kind: StructureKind
    identifier_kind: IdentifierKind
    identifier: Annotated[str, Field(max_length=100)]
    name: Text = ""
    address: AddressBody = Field(default_factory=AddressBody)
    contact: ContactBody = Field(default_factory=ContactBody)
    settings: SettingsBody = Field(default_factory=SettingsBody)


class StructureChangeBody(Body):
    """What is to be changed of a structure; what is left out stays as it is."""

    name: Text | None = None
    address: AddressBody | None = None
    contact: ContactBody | None = None
    settings: SettingsBody = Field(default_factory=SettingsBody)


class ServiceBody(Body):
    """A service of a structure: the code by which invoices name it, and what it asks of them."""

    code: Annotated[str, Field(max_length=100)]
    name: Text
    description: Text = ""
    engagement_mandatory: bool = False


class ServiceState(Body):
    """A service to be closed to new invoices, or opened again."""

    code: Annotated[str, Field(max_length=100)]


class ClosingBody(Body):
    """Why a structure is to be deactivated."""

    reason: ClosingReason
    text: Annotated[str, Field(max_length=300)] = ""


class StructureRow(Answer):
    """A structure in a list."""

    id: str
    identifier_kind: IdentifierKind
    identifier: str
    name: str
    kind: StructureKind
    active: bool
    city: str | None
    postcode: str | None


class StructureList(Answer):
    """A page of structures; `next` leads to the one after, null at the end."""

    structures: list[StructureRow]
    next: str | None


class PostalAddress(Answer):
    """A postal address."""

    line1: str | None
    line2: str | None
    line3: str | None
    postcode: str | None
    city: str | None
    country: str | None


class SettingsOut(Answer):
    """What a structure asks of the invoices it receives, and which spaces are open."""

    engagement_mandatory: bool
    service_mandatory: bool
    either_mandatory: bool
    is_state: bool
    validation_step: bool
    payment_unreported: bool
    is_moa: bool
    is_moa_only: bool
    issues: bool
    receives: bool


class ServiceOut(Answer):
    """A service: whether invoices may name it, and since or until when."""

    code: str
    name: str
    description: str | None
    active: bool
    engagement_mandatory: bool
    since: dt.date | None
    until: dt.date | None


class ContactOut(Answer):
    """How a structure is reached."""

    email: str | None
    telephone: str | None


class ClosingOut(Answer):
    """When and why a structure was deactivated; who did it, and its words, for the structure's own people."""

    at: Moment
    reason: ClosingReason
    by: str | None
    text: str | None


class StructureDetails(Answer):
    """A structure as far as the caller may know it.

    `inside` says that nothing is kept back; others get the active services only, and no contact.
    `verified_at` is when the Sirene registry last confirmed it, null while it is yet to be verified.
    """

    id: str
    identifier_kind: IdentifierKind
    identifier: str
    name: str
    kind: StructureKind
    active: bool
    closing: ClosingOut | None
    address: PostalAddress | None
    vat_number: str | None
    contact: ContactOut | None
    settings: SettingsOut
    services: list[ServiceOut]
    verified_at: Moment | None
    inside: bool


_ADDRESS: Final = ("line1", "line2", "line3", "postcode", "city", "country")


def row_out(summary: StructureSummary) -> StructureRow:
    """Return a structure as a list shows it."""
    return StructureRow(
        id=summary.id,
        identifier_kind=summary.identifier.kind,
        identifier=summary.identifier.value,
        name=summary.name,
        kind=summary.kind,
        active=summary.active,
        city=summary.city,
        postcode=summary.postcode,
    )


def structure_out(consulted: ConsultedStructure) -> StructureDetails:
    """Return a structure as its reader may know it."""
    one = consulted.structure
    contact = ContactOut(email=one.contact.email, telephone=one.contact.telephone)
    return StructureDetails(
        id=one.id,
        identifier_kind=one.identifier.kind,
        identifier=one.identifier.value,
        name=one.name,
        kind=one.kind,
        active=one.active,
        closing=_closing_out(one.closing) if one.closing is not None else None,
        address=_address_out(one.address) if one.address is not None else None,
        vat_number=one.vat_number,
        contact=contact if consulted.inside else None,
        settings=_settings_out(one.settings),
        services=[_service_out(service) for service in one.services],
        verified_at=one.registry.verified_at,
        inside=consulted.inside,
    )


def _address_out(address: Address) -> PostalAddress:
    return PostalAddress(**{name: getattr(address, name) for name in _ADDRESS})


def _settings_out(settings: StructureSettings) -> SettingsOut:
    shown: dict[str, Any] = {name: getattr(settings, name) for name in SettingsOut.model_fields}
    return SettingsOut(**shown)


def _service_out(service: Service) -> ServiceOut:
    shown: dict[str, Any] = {name: getattr(service, name) for name in ServiceOut.model_fields}
    return ServiceOut(**shown)


def _closing_out(closing: Closing) -> ClosingOut:
    return ClosingOut(at=closing.at, reason=closing.reason, by=closing.by or None, text=closing.text)
