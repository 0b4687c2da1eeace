"""Add, change, close and reopen the services of a structure; none is ever removed, since invoices name it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from choriste.application.access.policy import require_organisation
from choriste.application.parties.ports import PartiesPorts
from choriste.application.parties.write import administer
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind
from choriste.domain.parties.form import Faults, Form, refused, text_of
from choriste.domain.parties.structure import Service, ServiceCode, Structure
from choriste.domain.shared.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """A service as it was entered: the texts `name` and `description`, and whether it wants an engagement."""

    entry: Form
    engagement_mandatory: bool = False


def add_service(  # noqa: PLR0913 - the ports, who, where, and what
    ports: PartiesPorts,
    principal: Principal,
    structure_id: str,
    code: str,
    entry: ServiceEntry,
    *,
    seen: str | None = None,
) -> Structure:
    """Add an active service and return the structure; its code is compared as written.

    Raises `ForbiddenError`, `NotFoundError`, `FieldsInvalidError` (also for a code that is taken), or
    `StaleRecordError`.
    """
    require_organisation(principal, structure_id)
    today = ports.clock.now().date()

    def added(known: Structure) -> Structure:
        faults = Faults()
        plain = text_of({"code": code}, "code", faults, needed=True)
        if plain is not None and known.service(plain) is not None:
            faults.mark("code", "SERVICE-CODE-TAKEN", found=plain)
        name, description = _texts(entry, faults)
        faults.refuse_any()
        service = Service(
            code=ServiceCode(plain or ""),
            name=name,
            description=description,
            engagement_mandatory=entry.engagement_mandatory,
            since=today,
        )
        return replace(known, services=(*known.services, service))

    return administer(ports, principal, structure_id, ActKind.SERVICE_ADDED, added, seen=seen)


def change_service(  # noqa: PLR0913 - as above
    ports: PartiesPorts,
    principal: Principal,
    structure_id: str,
    code: str,
    entry: ServiceEntry,
    *,
    seen: str | None = None,
) -> Structure:
    """Change the name, the description and the rule of a service, and return the structure.

    Raises `ForbiddenError`, `NotFoundError`, `FieldsInvalidError` or `StaleRecordError`.
    """
    require_organisation(principal, structure_id)
    faults = Faults()
    name, description = _texts(entry, faults)
    faults.refuse_any()

    def changed(service: Service) -> Service:
        return replace(
            service, name=name, description=description, engagement_mandatory=entry.engagement_mandatory
        )

    return administer(
        ports,
        principal,
        structure_id,
        ActKind.SERVICE_CHANGED,
        lambda known: _with(known, code, changed),
        seen=seen,
    )


def close_service(
    ports: PartiesPorts, principal: Principal, structure_id: str, code: str, *, seen: str | None = None
) -> Structure:
    """Close a service to new invoices; those it has go on as before.

    Raises `ForbiddenError`, `NotFoundError`, `StaleRecordError`, or `FieldsInvalidError` when it is the last
    active one of a structure that demands a service code: nobody could invoice that structure any more.
    """
    require_organisation(principal, structure_id)
    today = ports.clock.now().date()

    def closed(known: Structure) -> Structure:
        found = _with(known, code, lambda service: _set_active(service, today, active=False))
        if found.settings.service_mandatory and not any(service.active for service in found.services):
            raise refused("active", "SERVICE-LAST", found=code)
        return found

    return administer(ports, principal, structure_id, ActKind.SERVICE_CLOSED, closed, seen=seen)


def reopen_service(
    ports: PartiesPorts, principal: Principal, structure_id: str, code: str, *, seen: str | None = None
) -> Structure:
    """Open a closed service to invoices again.

    Raises `ForbiddenError`, `NotFoundError` or `StaleRecordError`.
    """
    require_organisation(principal, structure_id)
    today = ports.clock.now().date()

    def reopened(service: Service) -> Service:
        return _set_active(service, today, active=True)

    return administer(
        ports,
        principal,
        structure_id,
        ActKind.SERVICE_OPENED,
        lambda known: _with(known, code, reopened),
        seen=seen,
    )


def _set_active(service: Service, today: dt.date, *, active: bool) -> Service:
    if service.active is active:
        return service
    since = today if active else service.since
    return replace(service, active=active, since=since, until=None if active else today)


def _texts(entry: ServiceEntry, faults: Faults) -> tuple[str, str | None]:
    name = text_of(entry.entry, "name", faults, needed=True)
    return name or "", text_of(entry.entry, "description", faults)


def _with(known: Structure, code: str, change: Callable[[Service], Service]) -> Structure:
    """Return a structure with one service changed; raises `NotFoundError` when it has no such service."""
    if known.service(code) is None:
        raise NotFoundError(kind="service", id=code)
    services = tuple(change(each) if each.code == code else each for each in known.services)
    return replace(known, services=services)
