"""Treat an invoice: take a step for a person or a program that acts for one of its parties.

A person acts in the role that their rights give for this invoice. Of two people who act at once, the first
wins and the other gets the new state (`StaleVersionError`). The platform's own steps and those of the clock
are in `deliver_invoice` and `expire_wait`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from choriste.application.deposits.parse_named_parties import parties_error
from choriste.application.invoices.access import NOT_ALONE, require_visible, role_for_action, visible_invoice
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.invoices.write import change_invoice
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.named_parties import parties_finding
from choriste.domain.lifecycle import (
    Reason,
    Role,
    open_transitions,
)
from choriste.domain.lifecycle.editing import Field, recyclable_fields
from choriste.domain.parties.addressing import Addressing, PartyNumbers
from choriste.domain.parties.routing import recipient_findings
from choriste.domain.parties.structure import StructureId, StructureIdentifier
from choriste.domain.sandbox.world import same_world
from choriste.domain.shared.errors import (
    BadRequestError,
    ComplementMissingError,
    StaleVersionError,
)
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead, PartyReference
from choriste.domain.tracking.journey import Actor, Journey, position_of
from choriste.i18n.catalogue import message


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
    ports: InvoicePorts,
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

    def treated(head: InvoiceHead) -> Journey:
        return _checked(ports, principal, head, treatment, expected_version=expected_version)

    # two people who act at once: the second must see what the first did before it decides
    return change_invoice(ports, invoice_id, treated, tries=1).head


def check_treatment(
    ports: InvoicePorts,
    principal: Principal,
    invoice_id: InvoiceId,
    treatment: Treatment,
    *,
    expected_version: int | None = None,
) -> InvoiceHead:
    """Return an invoice as a step would leave it, and write nothing; raises what `treat_invoice` raises."""
    head = visible_invoice(ports.invoices, principal, invoice_id)
    return _checked(ports, principal, head, treatment, expected_version=expected_version).head


def _checked(
    ports: InvoicePorts,
    principal: Principal,
    head: InvoiceHead,
    treatment: Treatment,
    *,
    expected_version: int | None,
) -> Journey:
    require_visible(principal, head)
    if expected_version is not None and head.version != expected_version:
        raise StaleVersionError(version=head.version, status=head.status.value, read=expected_version)
    return _treated(ports, principal, head, treatment)


def _treated(ports: InvoicePorts, principal: Principal, head: InvoiceHead, treatment: Treatment) -> Journey:
    """Return the journey after the step: legality is decided on the head as it is corrected."""
    actor = Actor(role_for_action(principal, head, treatment.action), principal.id, principal.name)
    _check_alone(head, treatment.action)
    corrected = _renamed(ports, _corrected(ports, head, treatment), treatment)
    journey = Journey.begin(head).edited(corrected)
    journey = journey.take_step(
        action=treatment.action, actor=actor, at=ports.clock.now(), reason=treatment.reason
    )
    # a step that is not legal is refused for that, whatever else is missing
    _check_complement(ports, head, treatment)
    return journey


def _corrected(ports: InvoicePorts, head: InvoiceHead, treatment: Treatment) -> InvoiceHead:
    """Return the head with the routing fields that a recycling corrects, checked as at a deposit."""
    correction = treatment.correction
    if correction is None or correction == Correction():
        return head
    if treatment.action != "recycle":
        raise BadRequestError(field="correction", expected=message("expected", "only-recycle"))
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
        raise BadRequestError(field="correction", findings=findings)
    return replace(head, recipient=recipient, service_code=service, engagement=engagement)


def _check_fields(head: InvoiceHead, correction: Correction) -> None:
    """Refuse to change what this recycling may not: after the State's rejection, the field it names only."""
    allowed = recyclable_fields(position_of(head), reason=head.reason_code)
    if not correction.fields <= allowed:
        names = sorted(field.name.lower() for field in allowed)
        code = "correctable-fields" if names else "nothing-correctable"
        raise BadRequestError(field="correction", expected=message("expected", code, fields=names))


def _check_alone(head: InvoiceHead, action: str) -> None:
    """Refuse as an action what only the deposit of another document brings about."""
    rows = (row for row in open_transitions(position_of(head)) if row.name == action)
    if any(row.carries in NOT_ALONE for row in rows):
        expected = message("expected", "answering-deposit", invoice=head.id)
        raise BadRequestError(field="action", expected=expected)


def _check_complement(ports: InvoicePorts, head: InvoiceHead, treatment: Treatment) -> None:
    """Demand of a completion what it was asked for: a file attached since, or a remark.

    Source: docs/reference/b2g-lifecycle.md#suspend-and-complete.
    """
    said = treatment.reason is not None and treatment.reason.text.strip()
    if treatment.action != "complete" or said:
        return
    for change in reversed(ports.invoices.history(head.id)):
        if change.transition == "attach":
            return
        if not change.is_act:
            break
    raise ComplementMissingError


def _renamed(ports: InvoicePorts, head: InvoiceHead, treatment: Treatment) -> InvoiceHead:
    """Return the head with the party that a correction names."""
    rows = (row for row in open_transitions(position_of(head)) if row.name == treatment.action)
    role = next((row.renames for row in rows if row.renames is not None), None)
    if role is None:
        if treatment.party is not None:
            raise BadRequestError(field="party", expected=message("expected", "only-party-correction"))
        return head
    if treatment.party is None:
        raise parties_error("party", parties_finding("PARTY-CORRECTION-MISSING"))
    return _with_party(head, role, _active_party(ports, head, treatment.party))


def _active_party(ports: InvoicePorts, head: InvoiceHead, siret: str) -> PartyReference:
    structure = ports.directory.structure_by_identifier(StructureIdentifier.siret(siret))
    known = structure is not None and same_world(structure.id, head.recipient.structure)
    if structure is None or not known or not structure.active:
        raise parties_error("party", parties_finding("PARTY-CORRECTION-UNKNOWN", found=siret))
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


def _recipient(ports: InvoicePorts, head: InvoiceHead, correction: Correction) -> PartyReference:
    if correction.recipient_siret is None:
        return head.recipient
    identifier = StructureIdentifier.siret(correction.recipient_siret)
    structure = ports.directory.structure_by_identifier(identifier)
    if structure is None:
        expected = message("expected", "known-structure")
        raise BadRequestError(field="correction.recipient_siret", expected=expected)
    return PartyReference(identifier=identifier.value, name=structure.name, structure=structure.id)
