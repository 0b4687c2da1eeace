"""Treat an invoice: the one use case that writes statuses for people and programs.

A person acts in the role that their rights give for this invoice. Two people who act at once: the first
wins, the other is told the new state (`StaleVersionError`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from choriste.application.ports import Workshop
from choriste.domain.addressing import Addressing, PartyNumbers
from choriste.domain.errors import BadRequestError, NotFoundError, StaleVersionError
from choriste.domain.head import InvoiceHead, PartyReference
from choriste.domain.identity.principal import Principal, PrincipalKind
from choriste.domain.identity.structure import StructureId, StructureIdentifier
from choriste.domain.identity.user import Level, Space
from choriste.domain.ids import InvoiceId
from choriste.domain.lifecycle import Reason, Role, Transition, available
from choriste.domain.routing import recipient_findings
from choriste.domain.tracking import Actor, position_of, take_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a supplier may correct when it recycles: the recipient, the service and the engagement only."""

    recipient_siret: str | None = None
    service_code: str | None = None
    engagement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What is asked: the action's name, its reason, and what is corrected with it."""

    action: str
    reason: Reason | None = None
    correction: Correction | None = None


def treat_invoice(
    shop: Workshop,
    principal: Principal,
    invoice_id: InvoiceId,
    treatment: Treatment,
    *,
    expected_version: int | None = None,
) -> InvoiceHead:
    """Take a step for a principal and return the invoice as it then stands.

    Raises `NotFoundError` when there is no such invoice for this principal, `StaleVersionError` when
    `expected_version` is no longer in force, `TransitionRefusedError` when the step is not legal.
    """
    head = shop.invoices.get(invoice_id)
    if head is None or not may_see(principal, head):
        raise NotFoundError(kind="invoice", id=invoice_id)
    if expected_version is not None and head.version != expected_version:
        raise StaleVersionError(version=head.version, status=head.status.value)
    role = _role_for(head, principal, treatment.action)
    corrected = _corrected(shop, head, treatment)
    actor = Actor(role=role, account=principal.id, name=principal.name)
    journey = take_step(
        corrected, action=treatment.action, actor=actor, at=shop.clock.now(), reason=treatment.reason
    )
    shop.invoices.advance(journey.head, journey.changes, journey.audits, expected_version=head.version)
    return journey.head


def may_see(principal: Principal, head: InvoiceHead) -> bool:
    """Say whether a principal may read an invoice: a party's people, each within their services."""
    if principal.kind in {PrincipalKind.OPERATOR, PrincipalKind.PLATFORM}:
        return True
    return any(_entitled(principal, head, role, Level.CONSULT) for role in _PARTIES)


def roles_of(principal: Principal, head: InvoiceHead) -> tuple[Role, ...]:
    """Return the roles in which a principal may act on an invoice."""
    if principal.kind is PrincipalKind.OPERATOR:
        return (Role.OPERATOR,)
    return tuple(role for role in _PARTIES if _entitled(principal, head, role, Level.MODIFY))


def actions_of(principal: Principal, head: InvoiceHead) -> tuple[Transition, ...]:
    """Return what a principal may do with an invoice now, in the order of the table, each name once."""
    found: dict[str, Transition] = {}
    for role in roles_of(principal, head):
        for row in available(position_of(head), role):
            found.setdefault(row.name, row)
    return tuple(found.values())


_PARTIES: dict[Role, Space] = {
    Role.SUPPLIER: Space.ISSUE,
    Role.RECIPIENT: Space.RECEIVE,
    Role.VALIDATOR_1: Space.ISSUE,
    Role.VALIDATOR_2: Space.ISSUE,
    Role.MOE: Space.WORKS,
    Role.MOA: Space.WORKS,
}


def _party(head: InvoiceHead, role: Role) -> PartyReference | None:
    step_validator = head.recipient if head.validation_step and head.validator_1 is None else None
    return {
        Role.SUPPLIER: head.supplier,
        Role.RECIPIENT: head.recipient,
        Role.VALIDATOR_1: head.validator_1 or step_validator,
        Role.VALIDATOR_2: head.validator_2,
        Role.MOE: head.moe,
        Role.MOA: head.moa,
    }.get(role)


def _entitled(principal: Principal, head: InvoiceHead, role: Role, level: Level) -> bool:
    party = _party(head, role)
    if party is None or party.structure is None:
        return False
    is_recipient = party.structure == head.recipient.structure
    space = Space.RECEIVE if role is Role.VALIDATOR_1 and is_recipient else _PARTIES[role]
    service = head.service_code if is_recipient else None
    return principal.may(space, level, structure=party.structure, service=service)


def _role_for(head: InvoiceHead, principal: Principal, action: str) -> Role:
    """Return the role in which a principal takes an action: the first that may, else the first it has."""
    roles = roles_of(principal, head)
    if not roles:
        structure = head.recipient.structure or ""
        principal.require(Space.RECEIVE, Level.MODIFY, structure=structure, service=head.service_code)
    position = position_of(head)
    able = (role for role in roles if any(row.name == action for row in available(position, role)))
    return next(able, roles[0] if roles else Role.RECIPIENT)


def _corrected(shop: Workshop, head: InvoiceHead, treatment: Treatment) -> InvoiceHead:
    """Return the head with the routing fields that a recycling corrects, checked as at a deposit."""
    correction = treatment.correction
    if correction is None or correction == Correction():
        return head
    if treatment.action != "recycle":
        raise BadRequestError(field="correction", expected="only with the action recycle")
    recipient = _recipient(shop, head, correction)
    service = correction.service_code or head.service_code
    engagement = correction.engagement or head.engagement
    numbers = PartyNumbers(siret=recipient.identifier, siren=None, vat_number=None, other=None)
    addressing = Addressing(numbers, service, engagement, head.contract)
    structure = shop.directory.structure(StructureId(recipient.structure or ""))
    findings = list(recipient_findings(addressing, structure))
    if findings:
        raise BadRequestError(field="correction", expected=findings[0].message.en, findings=findings)
    return replace(head, recipient=recipient, service_code=service, engagement=engagement)


def _recipient(shop: Workshop, head: InvoiceHead, correction: Correction) -> PartyReference:
    if correction.recipient_siret is None:
        return head.recipient
    identifier = StructureIdentifier.siret(correction.recipient_siret)
    structure = shop.directory.structure_by_identifier(identifier)
    if structure is None:
        raise BadRequestError(field="correction.recipient_siret", expected="a structure of the directory")
    return PartyReference(identifier=identifier.value, name=structure.name, structure=structure.id)


__all__ = [
    "Correction",
    "Treatment",
    "actions_of",
    "may_see",
    "roles_of",
    "treat_invoice",
]
