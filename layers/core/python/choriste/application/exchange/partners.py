"""Partners of the file exchange: registered, changed, closed and opened, by a manager or the operator.

Each act is kept in the history of the structure. Source: docs/reference/exchange.md#partners.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from choriste.application.access.policy import (
    may_exchange,
    operates,
    require_exchange,
    require_fresh_factor,
    require_holds,
)
from choriste.application.access.ports import Accounts, Directory
from choriste.application.connections.rights import rights_passed_on
from choriste.application.exchange.ports import Dispatches, Partners
from choriste.application.members.history import record_act
from choriste.application.members.ports import HistoryPorts
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, Level, Space
from choriste.domain.exchange.names import CODE
from choriste.domain.exchange.partner import RESERVED, Dispatch, Partner
from choriste.domain.exchange.roles import role_fault
from choriste.domain.members.act import ActKind, act_of, rights_text
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.field_faults import field_error, refused_field

LONGEST_NAME: Final = 100
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SPACES: Final = (Space.ISSUE, Space.RECEIVE, Space.WORKS)


class PartnerPorts(HistoryPorts, Protocol):
    """What it takes to administer partners."""

    @property
    def clock(self) -> Clock:
        """The source of time."""
        ...

    @property
    def accounts(self) -> Accounts:
        """Users, technical accounts, API clients and partners."""
        ...

    @property
    def directory(self) -> Directory:
        """The structures of the platform."""
        ...

    @property
    def partners(self) -> Partners:
        """Who takes part."""
        ...

    @property
    def dispatches(self) -> Dispatches:
        """What was sent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSettings:
    """What of a partner may be changed; `role` is the ARN of an AWS role of its own, None for none.

    While it is not `active` nothing is taken from it and nothing sent.
    """

    name: str
    pivots: bool = True
    statuses: bool = True
    role: str | None = None
    active: bool = True


def register_partner(
    ports: PartnerPorts,
    principal: Principal,
    structure: StructureId,
    settings: PartnerSettings,
    *,
    code: str | None = None,
) -> Partner:
    """Register a partner of a structure, with the rights that its manager has there; return it with its code.

    A code that is not given is chosen. Raises `ForbiddenError`, `FactorNeededError`, `BadRequestError`,
    `AlreadyExistsError` for a code that is taken, or `NotFoundError` for an unknown structure.
    """
    require_exchange(principal, structure)
    require_fresh_factor(principal, now=ports.clock.now())
    rights = frozenset(_rights(principal, structure))
    if not operates(principal):
        require_holds(principal, rights)
    if ports.directory.structure(structure) is None:
        raise NotFoundError(kind="structure", id=structure)
    partner = Partner(
        code=_checked_code(code),
        structure=structure,
        name=_checked(settings).name,
        registered_at=ports.clock.now(),
        rights=rights,
        pivots=settings.pivots,
        statuses=settings.statuses,
        role=settings.role,
        external_id=_external_id(settings.role),
    )
    ports.partners.add(partner)
    _record(ActKind.PARTNER_REGISTERED, partner, by=principal, ports=ports)
    return partner


def change_partner(
    ports: PartnerPorts,
    principal: Principal,
    code: str,
    settings: PartnerSettings,
    *,
    version: int | None = None,
) -> Partner:
    """Change a partner: its name, what it is sent, its AWS role, whether it is open.

    A new role gets a new external id. A `version` says which state is changed, that of now if None.
    Raises `NotFoundError`, also for a partner that the principal does not administer, `FactorNeededError`,
    `BadRequestError` or `StaleRecordError`.
    """
    partner = administered_partner(ports, principal, code)
    require_fresh_factor(principal, now=ports.clock.now())
    kept = partner.external_id if settings.role == partner.role else _external_id(settings.role)
    changed = replace(
        partner,
        name=_checked(settings).name,
        pivots=settings.pivots,
        statuses=settings.statuses,
        role=settings.role,
        external_id=kept,
        active=settings.active,
        version=(version or partner.version) + 1,
    )
    ports.partners.replace(changed)
    kind = ActKind.PARTNER_OPENED if changed.active else ActKind.PARTNER_CLOSED
    kind = ActKind.PARTNER_CHANGED if changed.active is partner.active else kind
    _record(kind, changed, by=principal, ports=ports)
    return changed


def list_partners(ports: PartnerPorts, principal: Principal, structure: StructureId) -> tuple[Partner, ...]:
    """Return the partners of a structure, closed ones too, by code; raises `ForbiddenError`."""
    require_exchange(principal, structure)
    return ports.partners.of_structure(structure)


def list_sent_files(
    ports: PartnerPorts, principal: Principal, code: str, *, after: str | None, limit: int
) -> Page[Dispatch]:
    """Return the files that were sent to a partner, newest first; raises `NotFoundError`."""
    administered_partner(ports, principal, code)
    return ports.dispatches.sent_to(code, after=after, limit=limit)


def administered_partner(ports: PartnerPorts, principal: Principal, code: str) -> Partner:
    """Return a partner that a principal administers; raises `NotFoundError` for any other."""
    partner = ports.accounts.partner(code)
    if partner is None or not may_exchange(principal, partner.structure):
        raise NotFoundError(kind="partner", id=code)
    return partner


def _rights(principal: Principal, structure: StructureId) -> Iterable[Habilitation]:
    """Return what a partner may do: what its manager may; all of its own structure, from the operator."""
    if operates(principal):
        return (Habilitation(structure=structure, space=space, level=Level.MODIFY) for space in _SPACES)
    return rights_passed_on(principal, structure)


def _checked_code(code: str | None) -> str:
    if code is None:
        return "".join(secrets.choice(_LETTERS) for _ in range(3)) + f"{secrets.randbelow(999) + 1:03d}"
    if CODE.fullmatch(code) is None:
        raise field_error("code", "PARTNER-CODE", found=code, expected="AAA999")
    if code.startswith(RESERVED):
        raise field_error("code", "PARTNER-CODE-RESERVED", found=code)
    return code


def _checked(settings: PartnerSettings) -> PartnerSettings:
    if not 1 <= len(settings.name.strip()) <= LONGEST_NAME:
        raise field_error("name", "PARTNER-NAME", limit=LONGEST_NAME)
    fault = role_fault(settings.role)
    if fault is not None:
        raise refused_field("role", fault)
    return settings


def _external_id(role: str | None) -> str | None:
    return secrets.token_urlsafe(24) if role is not None else None


def _record(kind: ActKind, partner: Partner, *, by: Principal, ports: PartnerPorts) -> None:
    after = {"rights": rights_text(partner.rights)}
    if partner.role is not None:
        after["role"] = partner.role
    act = act_of(
        by,
        kind,
        at=ports.clock.now(),
        structure=partner.structure,
        account=partner.code,
        subject=f"{partner.name} ({partner.code})",
        after=after,
    )
    record_act(act, ports=ports)
