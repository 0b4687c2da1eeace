"""Treat an invoice: the one use case that writes statuses for people and programs.

A person acts in the role that their rights give for this invoice. Two people who act at once: the first
wins, the other is told the new state (`StaleVersionError`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from choriste.application.approvals.await_decision import follow_waits
from choriste.application.deposits.parse_named_parties import designation_error
from choriste.application.ports import Ports
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Level, Space
from choriste.domain.deposits.named_parties import designation_finding
from choriste.domain.lifecycle import (
    Carries,
    Reason,
    Role,
    Status,
    Transition,
    available,
    open_transitions,
)
from choriste.domain.lifecycle.rules import Field, recyclable_fields
from choriste.domain.parties.addressing import Addressing, PartyNumbers
from choriste.domain.parties.routing import recipient_findings
from choriste.domain.parties.structure import StructureId, StructureIdentifier
from choriste.domain.shared.errors import (
    BadRequestError,
    ComplementMissingError,
    NotFoundError,
    StaleVersionError,
)
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead, PartyReference
from choriste.domain.tracking.journey import Actor, party_of, position_of, take_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a supplier may correct when it recycles: the recipient, the service and the engagement only."""

    recipient_siret: str | None = None
    service_code: str | None = None
    engagement: str | None = None

    @property
    def fields(self) -> frozenset[Field]:
        """The fields that it touches."""
        stated = {
            Field.RECIPIENT: self.recipient_siret,
            Field.SERVICE_CODE: self.service_code,
            Field.ENGAGEMENT: self.engagement,
        }
        return frozenset(field for field, value in stated.items() if value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What is asked: the action's name, its reason, and what is corrected with it.

    `party` is the SIRET of the structure that should have been named (`correct-validator`,
    `correct-party`).
    """

    action: str
    reason: Reason | None = None
    correction: Correction | None = None
    party: str | None = None


def treat_invoice(
    ports: Ports,
    principal: Principal,
    invoice_id: InvoiceId,
    treatment: Treatment,
    *,
    expected_version: int | None = None,
) -> InvoiceHead:
    """Take a step for a principal and return the invoice as it then stands.

    Raises `NotFoundError` when there is no such invoice for this principal, `StaleVersionError` when
    `expected_version` is no longer in force, `TransitionRefusedError` when the step is not legal,
    `ComplementMissingError` for a completion that brings nothing.
    """
    head = ports.invoices.get(invoice_id)
    if head is None or not may_see(principal, head):
        raise NotFoundError(kind="invoice", id=invoice_id)
    if expected_version is not None and head.version != expected_version:
        raise StaleVersionError(version=head.version, status=head.status.value)
    role = _role_for(head, principal, treatment.action)
    _check_alone(head, treatment.action)
    corrected = _renamed(ports, _corrected(ports, head, treatment), treatment)
    actor = Actor(role=role, account=principal.id, name=principal.name)
    journey = take_step(
        corrected, action=treatment.action, actor=actor, at=ports.clock.now(), reason=treatment.reason
    )
    _check_complement(ports, head, treatment)
    ports.invoices.advance(journey.head, journey.changes, journey.audits, expected_version=head.version)
    follow_waits(ports, head, journey.head)
    return journey.head


def may_see(principal: Principal, head: InvoiceHead) -> bool:
    """Say whether a principal may read an invoice: a party's people, each within their services."""
    if principal.kind in {PrincipalKind.OPERATOR, PrincipalKind.PLATFORM}:
        return True
    return any(entitled(principal, head, role, Level.CONSULT) for role in _PARTIES)


def roles_of(principal: Principal, head: InvoiceHead) -> tuple[Role, ...]:
    """Return the roles in which a principal may act on an invoice."""
    if principal.kind is PrincipalKind.OPERATOR:
        return (Role.OPERATOR,)
    return tuple(role for role in _PARTIES if entitled(principal, head, role, Level.MODIFY))


def actions_of(principal: Principal, head: InvoiceHead) -> tuple[Transition, ...]:
    """Return what a principal may do with an invoice now, in the order of the table, each name once."""
    found: dict[str, Transition] = {}
    for role in roles_of(principal, head):
        for row in available(position_of(head), role):
            if row.carries not in _NOT_ALONE:
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

_NOT_ALONE = frozenset({Carries.DOCUMENT, Carries.NUMBER})
"""What comes with a deposit, never as an action: the works document that answers, the new invoice."""


def entitled(principal: Principal, head: InvoiceHead, role: Role, level: Level) -> bool:
    """Say whether a principal may act, or look, in a role for an invoice."""
    party = party_of(head, role)
    if party is None or party.structure is None:
        return False
    is_recipient = party.structure == head.recipient.structure
    space = Space.RECEIVE if role is Role.VALIDATOR_1 and is_recipient else _PARTIES[role]
    service = head.service_code if is_recipient else head.moe_service if role is Role.MOE else None
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


def _corrected(ports: Ports, head: InvoiceHead, treatment: Treatment) -> InvoiceHead:
    """Return the head with the routing fields that a recycling corrects, checked as at a deposit."""
    correction = treatment.correction
    if correction is None or correction == Correction():
        return head
    if treatment.action != "recycle":
        raise BadRequestError(field="correction", expected="only with the action recycle")
    _check_fields(head, correction)
    recipient = _recipient(ports, head, correction)
    service = correction.service_code or head.service_code
    engagement = correction.engagement or head.engagement
    numbers = PartyNumbers(siret=recipient.identifier, siren=None, vat_number=None, other=None)
    addressing = Addressing(numbers, service, engagement, head.contract)
    structure = ports.directory.structure(StructureId(recipient.structure or ""))
    supplier = ports.directory.structure(StructureId(head.supplier.structure or ""))
    findings = list(recipient_findings(addressing, structure, supplier=supplier))
    if findings:
        raise BadRequestError(field="correction", expected=findings[0].message.en, findings=findings)
    return replace(head, recipient=recipient, service_code=service, engagement=engagement)


def _check_fields(head: InvoiceHead, correction: Correction) -> None:
    """Refuse to change what this recycling may not: after the State's rejection, the field it names only."""
    allowed = recyclable_fields(position_of(head), reason=head.reason_code)
    if not correction.fields <= allowed:
        names = ", ".join(sorted(field.name.lower() for field in allowed)) or "nothing"
        raise BadRequestError(field="correction", expected=f"a change of {names} only")


def _check_alone(head: InvoiceHead, action: str) -> None:
    """Refuse as an action what only the deposit of another document brings about."""
    rows = (row for row in open_transitions(position_of(head)) if row.name == action)
    if any(row.carries in _NOT_ALONE for row in rows):
        expected = f"the deposit of the document that brings it about (POST /v1/deposits?previous={head.id})"
        raise BadRequestError(field="action", expected=expected)


def _check_complement(ports: Ports, head: InvoiceHead, treatment: Treatment) -> None:
    """Demand of a completion what it was asked for: a file attached since, or a remark (domain.md B3)."""
    said = treatment.reason is not None and treatment.reason.text.strip()
    if treatment.action != "complete" or said:
        return
    for change in reversed(ports.invoices.history(head.id)):
        if change.transition == "attach":
            return
        if not change.is_act:
            break
    raise ComplementMissingError


_RENAMED: dict[Status, Role] = {
    Status.ERREUR_FOURNISSEUR_SUR_VALIDEUR: Role.VALIDATOR_1,
    Status.ERREUR_COTRAITANT_SUR_VALIDEUR: Role.VALIDATOR_2,
    Status.ERREUR_FOURNISSEUR_SUR_MOE: Role.MOE,
    Status.ERREUR_FOURNISSEUR_SUR_MOA: Role.MOA,
    Status.ERREUR_MOE_SUR_MOA: Role.MOA,
    Status.ERREUR_MOE_SUR_FOURNISSEUR: Role.SUPPLIER,
    Status.ERREUR_MOA_SUR_FOURNISSEUR: Role.SUPPLIER,
}
"""Whom a correction names anew, by the status that says who was wrong."""


def _renamed(ports: Ports, head: InvoiceHead, treatment: Treatment) -> InvoiceHead:
    """Return the head with the party that a correction names."""
    carries = any(
        row.carries is Carries.PARTY
        for row in open_transitions(position_of(head))
        if row.name == treatment.action
    )
    if not carries:
        if treatment.party is not None:
            raise BadRequestError(field="party", expected="only with a correction of a party")
        return head
    if treatment.party is None:
        raise designation_error("party", designation_finding("PARTY-CORRECTION-MISSING"))
    return _with_party(head, _RENAMED[head.status], _active_party(ports, treatment.party))


def _active_party(ports: Ports, siret: str) -> PartyReference:
    structure = ports.directory.structure_by_identifier(StructureIdentifier.siret(siret))
    if structure is None or not structure.active:
        raise designation_error("party", designation_finding("PARTY-CORRECTION-UNKNOWN", found=siret))
    return PartyReference(identifier=structure.identifier.value, name=structure.name, structure=structure.id)


def _with_party(head: InvoiceHead, role: Role, party: PartyReference) -> InvoiceHead:
    match role:
        case Role.VALIDATOR_1:
            return replace(head, validator_1=party)
        case Role.VALIDATOR_2:
            return replace(head, validator_2=party)
        case Role.MOE:
            return replace(head, moe=party, moe_service=None)
        case Role.MOA:
            return replace(head, moa=party)
        case _:
            return replace(head, supplier=party)


def _recipient(ports: Ports, head: InvoiceHead, correction: Correction) -> PartyReference:
    if correction.recipient_siret is None:
        return head.recipient
    identifier = StructureIdentifier.siret(correction.recipient_siret)
    structure = ports.directory.structure_by_identifier(identifier)
    if structure is None:
        raise BadRequestError(field="correction.recipient_siret", expected="a structure of the directory")
    return PartyReference(identifier=identifier.value, name=structure.name, structure=structure.id)


__all__ = [
    "Correction",
    "Treatment",
    "actions_of",
    "entitled",
    "may_see",
    "roles_of",
    "treat_invoice",
]
