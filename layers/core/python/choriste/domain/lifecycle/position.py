"""The decision core: given where an invoice stands and who asks, what may happen, and what then follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from choriste.domain.lifecycle.errors import RefusalCode, TransitionRefusedError
from choriste.domain.lifecycle.frames import Frame
from choriste.domain.lifecycle.reasons import (
    CORRECTING,
    MISSING_DOCUMENTS,
    REASON_TEXT_LIMIT,
    Reason,
    ReasonCode,
    ReasonFault,
    fault_of,
)
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import Status
from choriste.domain.lifecycle.transitions import (
    ACTIONS,
    TRANSITIONS,
    Guard,
    Transition,
    transitions_from,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an invoice stands, with the facts that guards read.

    `state_recipient`: the recipient is a service of the State, which rejects instead of sending back.
    `validation_step`: its structure put the optional validation step on (off by default).
    `second_validator`: a second level was named (subcontractor of a co-contractor).
    `reject_corrects`: it was rejected by the State for one of the two reasons that let the supplier correct.
    `overdue`: the contracting authority has let its 30 days pass without notifying the general account.
    `payment_unreported`: the recipient's structure never reports payments (the official flag
    `statutMiseEnPaiementNestPasRemonte`), so that COMPTABILISEE is the last that anybody hears.
    """

    frame: Frame
    status: Status
    state_recipient: bool = False
    validation_step: bool = False
    second_validator: bool = False
    reject_corrects: bool = False
    overdue: bool = False
    payment_unreported: bool = False

    def holds(self, guard: Guard) -> bool:
        """Whether a guard's condition is met here."""
        return {
            Guard.NOT_STATE: not self.state_recipient,
            Guard.REJECT_CORRECTS: self.reject_corrects,
            Guard.STEP_ON: self.validation_step,
            Guard.STEP_OFF: not self.validation_step,
            Guard.SECOND: self.second_validator,
            Guard.NO_SECOND: not self.second_validator,
            Guard.OVERDUE: self.overdue,
        }[guard]

    def allows(self, transition: Transition) -> bool:
        """Whether the transition starts here and its guards are met, whoever asks."""
        return transition.starts_from(self.frame, self.status) and all(map(self.holds, transition.guards))


@dataclass(frozen=True, slots=True)
class Decision:
    """A transition that may be written, and what it changes."""

    transition: Transition
    before: Position
    after: Position
    reason: Reason | None

    @property
    def emits(self) -> str:
        """The type of the event to publish."""
        return self.transition.emits


class Origin(StrEnum):
    """How an invoice begins: typed as a draft, read from a PDF for confirmation, or deposited whole."""

    DRAFT = "draft"
    PDF = "pdf"
    DEPOSIT = "deposit"


def initial(frame: Frame, *, origin: Origin = Origin.DEPOSIT) -> Status:
    """Return the first status: the same for every frame (Chorus Pro swagger, `soumettre`, `deposer/pdf`)."""
    del frame  # the official list gives every frame the same beginnings
    return {
        Origin.DRAFT: Status.BROUILLON,
        Origin.PDF: Status.INTERPRETEE_OCR,
        Origin.DEPOSIT: Status.DEPOSEE,
    }[origin]


def open_transitions(position: Position) -> tuple[Transition, ...]:
    """Return what anybody at all may do next, in the order of the table."""
    rows = transitions_from(position.frame, position.status)
    return tuple(row for row in rows if all(map(position.holds, row.guards)))


def available(position: Position, role: Role) -> tuple[Transition, ...]:
    """Return what a role may do next, in the order of the table: the API's `available_actions`."""
    return tuple(row for row in open_transitions(position) if role in row.roles)


def action_towards(position: Position, *, role: Role, target: Status) -> Transition | None:
    """Return the transition of a client that names the status it wants (`traiter/recue`), or None."""
    return next((row for row in available(position, role) if row.target is target), None)


def refusal_action(frame: Frame, reason: ReasonCode) -> str:
    """Return the transition of a validator who says no (`action` REFUS of `traiter/factureAValider`).

    A wrong validator goes back to be corrected; any other reason refuses for good.
    """
    wrong = reason is ReasonCode.ERR_VALIDEUR and frame.needs_validator_1
    return "return-validator" if wrong else "refuse-validation"


def decide(position: Position, *, name: str, role: Role, reason: Reason | None = None) -> Decision:
    """Return the decision, or raise TransitionRefusedError saying why not and what is allowed instead.

    A recipient's rejection for missing documents is decided as the suspension that it is (DGFiP list of
    reasons, JUSTIF_ABS).
    """
    row = _suspension_meant(position, _find(position, name=name, role=role), reason)
    fault = fault_of(row.reason, reason, frame=position.frame)
    if fault is not None:
        details = _details(fault, row, position.frame)
        raise _refusal(RefusalCode(fault.value), position, name=name, role=role, **details)
    corrects = (
        row.target is Status.REJETEE
        and position.state_recipient
        and reason is not None
        and reason.code in CORRECTING
    )
    after = replace(position, status=row.target, reject_corrects=corrects)
    return Decision(transition=row, before=position, after=after, reason=reason)


def _find(position: Position, *, name: str, role: Role) -> Transition:
    """Return the one row meant, or raise for the first test that no row passes."""
    if name not in ACTIONS:
        raise _refusal(RefusalCode.UNKNOWN_ACTION, position, name=name, role=role)
    rows = [row for row in transitions_from(position.frame, position.status) if row.name == name]
    if not rows:
        raise _refusal(_absence(position.frame, name), position, name=name, role=role)
    rows = [row for row in rows if role in row.roles]
    if not rows:
        raise _refusal(RefusalCode.WRONG_ROLE, position, name=name, role=role)
    met = [row for row in rows if position.allows(row)]
    if not met:
        unmet = sorted(guard for guard in rows[0].guards if not position.holds(guard))
        raise _refusal(RefusalCode.CONDITION, position, name=name, role=role, condition=unmet[0])
    return met[0]


def _absence(frame: Frame, name: str) -> RefusalCode:
    known = any(row.name == name and frame in row.frames for row in TRANSITIONS)
    return RefusalCode.WRONG_STATUS if known else RefusalCode.NOT_FOR_FRAME


def _suspension_meant(position: Position, row: Transition, reason: Reason | None) -> Transition:
    if row.target is not Status.REJETEE or reason is None or reason.code is not MISSING_DOCUMENTS:
        return row
    rows = open_transitions(position)
    return next((other for other in rows if other.target is Status.SUSPENDUE), row)


def _details(fault: ReasonFault, row: Transition, frame: Frame) -> dict[str, object]:
    if fault is ReasonFault.TOO_LONG:
        return {"limit": REASON_TEXT_LIMIT}
    return {"reasons": tuple(sorted(row.reason.codes_for(frame)))}


def _refusal(
    code: RefusalCode, position: Position, *, name: str, role: Role, **details: object
) -> TransitionRefusedError:
    return TransitionRefusedError(
        code,
        action=name,
        frame=position.frame,
        status=position.status,
        role=role,
        allowed=tuple(dict.fromkeys(row.name for row in available(position, role))),
        **details,
    )
