"""Lead an invoice of a sandbox to a status: each step is legal, whoever would have to take it.

So a developer plays the recipient, the validator, the project manager and the clock alike, and the history
reads as it would in production. What comes next is up to the actor of that status: an invoice that was led
to a status of transit stays there.
"""

from __future__ import annotations

from dataclasses import dataclass

from choriste.application.access.policy import require_sandbox
from choriste.application.invoices.access import require_visible
from choriste.application.invoices.ports import InvoicePorts
from choriste.application.invoices.write import change_invoice
from choriste.domain.access.principal import Principal
from choriste.domain.lifecycle import Reason, Role, Status, decide
from choriste.domain.parties.form import refused
from choriste.domain.sandbox.way import Step, reachable, way_to
from choriste.domain.shared.errors import StaleVersionError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import CLOCK, PLATFORM, Actor, Journey, position_of


@dataclass(frozen=True, slots=True)
class Lead:
    """Where an invoice is to be led, with the reason of the last step where one is given."""

    status: Status
    reason: Reason | None = None


def lead_invoice(
    ports: InvoicePorts,
    principal: Principal,
    invoice_id: InvoiceId,
    lead: Lead,
    *,
    expected_version: int | None = None,
) -> InvoiceHead:
    """Lead an invoice to a status and return it as it then stands.

    Raises `NotFoundError`, `ForbiddenError` for an invoice that is in no sandbox of the principal,
    `StaleVersionError`, `FieldsInvalidError` for a status that no way leads to, `TransitionRefusedError` for
    a reason that the last step does not take.
    """

    def led(head: InvoiceHead) -> Journey:
        require_visible(principal, head)
        require_sandbox(principal, head.supplier.structure)
        if expected_version is not None and head.version != expected_version:
            raise StaleVersionError(version=head.version, status=head.status.value, read=expected_version)
        journey = Journey.begin(head)
        for step in _way(head, lead):
            journey = _taken(journey, step, principal, ports)
        return journey

    return change_invoice(ports, invoice_id, led, tries=3 if expected_version is None else 1).head


def _way(head: InvoiceHead, lead: Lead) -> tuple[Step, ...]:
    position = position_of(head)
    if head.status is lead.status:
        return ()
    way = way_to(position, lead.status, reason=lead.reason)
    if way is None:
        expected = ", ".join(status.value for status in reachable(position))
        raise refused("status", "SANDBOX-NO-WAY", found=lead.status.value, expected=expected or "—")
    return way


def _taken(journey: Journey, step: Step, principal: Principal, ports: InvoicePorts) -> Journey:
    decision = decide(position_of(journey.head), name=step.row.name, role=step.role, reason=step.reason)
    own = {Role.CLOCK: CLOCK, Role.PLATFORM: PLATFORM}
    actor = own.get(step.role, Actor(step.role, principal.id, principal.name))
    return journey.then(decision, actor=actor, at=ports.clock.now())
