"""Accept or refuse a billing mandate that was proposed, and end one that is open: either side may end it."""

from __future__ import annotations

from choriste.application.access.policy import require_fresh_factor, require_give_mandates
from choriste.application.parties.ports import MandatePorts
from choriste.application.parties.read_mandates import own_side, read_mandate
from choriste.application.parties.write_mandate import save_step
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind
from choriste.domain.parties.form import Form
from choriste.domain.parties.mandate import (
    Mandate,
    MandateState,
    MandateStep,
    Standing,
    reason_of,
)
from choriste.domain.shared.errors import ForbiddenError


def accept_mandate(ports: MandatePorts, principal: Principal, structure_id: str, mandate_id: str) -> Mandate:
    """Accept a mandate for its holder: it is in force from its first day on.

    Raises `ForbiddenError`, also for the giver's people, `FactorNeededError`, `NotFoundError`,
    or `StaleRecordError` when it is no longer proposed.
    """
    require_give_mandates(principal, structure_id)
    require_fresh_factor(principal, now=ports.clock.now())
    mandate = _proposed_to(ports, principal, structure_id, mandate_id)
    return _step(ports, principal, mandate, structure_id, MandateState.ACCEPTED)


def refuse_mandate(
    ports: MandatePorts, principal: Principal, structure_id: str, mandate_id: str, form: Form
) -> Mandate:
    """Refuse a mandate for its holder; the field `text` may say why. Raises as `accept_mandate`."""
    require_give_mandates(principal, structure_id)
    mandate = _proposed_to(ports, principal, structure_id, mandate_id)
    return _step(ports, principal, mandate, structure_id, MandateState.REFUSED, reason=reason_of(form))


def end_mandate(
    ports: MandatePorts, principal: Principal, structure_id: str, mandate_id: str, form: Form
) -> Mandate:
    """End an open mandate at once, for either side; what was deposited by it stays as it is.

    The field `text` may say why. Raises `ForbiddenError`, `NotFoundError`, or `StaleRecordError` when it is
    over already.
    """
    require_give_mandates(principal, structure_id)
    mandate = read_mandate(ports, principal, structure_id, mandate_id)
    standing = mandate.standing(ports.clock.now().date())
    if not standing.is_open:
        raise StaleRecordError(kind="mandate", id=mandate.id)
    return _step(ports, principal, mandate, structure_id, MandateState.REVOKED, reason=reason_of(form))


def _proposed_to(ports: MandatePorts, principal: Principal, structure_id: str, mandate_id: str) -> Mandate:
    mandate = read_mandate(ports, principal, structure_id, mandate_id)
    if mandate.holder != structure_id:
        raise ForbiddenError(right="organisation:modify", structure=mandate.holder, service=None)
    standing = mandate.standing(ports.clock.now().date())
    if standing is not Standing.PROPOSED:
        raise StaleRecordError(kind="mandate", id=mandate.id)
    return mandate


_KINDS = {
    MandateState.ACCEPTED: ActKind.MANDATE_ACCEPTED,
    MandateState.REFUSED: ActKind.MANDATE_REFUSED,
    MandateState.REVOKED: ActKind.MANDATE_ENDED,
}


def _step(  # noqa: PLR0913 - a step is these facts
    ports: MandatePorts,
    principal: Principal,
    mandate: Mandate,
    structure_id: str,
    state: MandateState,
    *,
    reason: str | None = None,
) -> Mandate:
    side = own_side(mandate, structure_id)
    step = MandateStep(
        at=ports.clock.now(), by=principal.id, by_name=principal.name, side=side, state=state, reason=reason
    )
    other = mandate.holder if side == mandate.giver else mandate.giver
    told = ports.directory.structure(other)
    return save_step(ports, principal, mandate.stepped(step), _KINDS[state], tell=told)
