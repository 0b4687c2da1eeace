"""Make a structure inactive, and active again; nothing that it has is stranded by either.

An inactive structure receives and issues nothing new: the intake refuses it with the reason. Its invoices
stay readable, and those that are open are finished as before, because who treats an invoice is decided by the
invoice and the rights, and never by whether the structure is active.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from choriste.application.access.policy import require_operator, require_organisation
from choriste.application.parties.ports import PartiesPorts
from choriste.application.parties.write import administer
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind
from choriste.domain.parties.form import Faults, text_of
from choriste.domain.parties.structure import Closing, ClosingReason, RegistryStanding, Structure
from choriste.domain.shared.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingRequest:
    """Why a structure is to be closed; `text` is for its own people and the operator."""

    reason: ClosingReason
    text: str = ""


def deactivate_structure(
    ports: PartiesPorts,
    principal: Principal,
    structure_id: str,
    request: ClosingRequest,
    *,
    seen: str | None = None,
) -> Structure:
    """Make a structure inactive and return it; one that is inactive already keeps its first reason.

    Raises `ForbiddenError`, `NotFoundError`, `FieldsInvalidError` or `StaleRecordError`.
    """
    require_organisation(principal, structure_id)
    faults = Faults()
    text = text_of({"text": request.text}, "text", faults)
    faults.refuse_any()
    closing = Closing(at=ports.clock.now(), reason=request.reason, by=principal.id, text=text)

    def closed(known: Structure) -> Structure:
        return replace(known, active=False, closing=closing) if known.active else known

    return administer(ports, principal, structure_id, ActKind.STRUCTURE_CLOSED, closed, seen=seen)


def reactivate_structure(
    ports: PartiesPorts, principal: Principal, structure_id: str, *, seen: str | None = None
) -> Structure:
    """Make a structure active again and return it.

    One that the registry closed is the operator's to open, who answers for the registry being wrong: its
    standing is forgotten, so that the next check looks at it afresh. Raises `ForbiddenError`,
    `NotFoundError` or `StaleRecordError`.
    """
    require_organisation(principal, structure_id)
    known = ports.directory.structure(structure_id)
    if known is None:
        raise NotFoundError(kind="structure", id=structure_id)
    if known.closing is not None and known.closing.reason is ClosingReason.REGISTRY:
        require_operator(principal)
    return administer(ports, principal, structure_id, ActKind.STRUCTURE_OPENED, _opened, seen=seen)


def _opened(known: Structure) -> Structure:
    standing = RegistryStanding(undisclosed=known.registry.undisclosed, check_at=known.registry.check_at)
    fresh = known.registry if known.registry.closed_on is None else standing
    return replace(known, active=True, closing=None, registry=fresh)
