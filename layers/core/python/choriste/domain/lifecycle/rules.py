"""Rules around a status change: what may be edited, which number may be used again, what stays possible.

Everything here is pure and derived from a `Position`; storage and rights are elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from choriste.domain.lifecycle.frames import Frame
from choriste.domain.lifecycle.position import Position, open_transitions
from choriste.domain.lifecycle.reasons import ReasonCode
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import DRAFTS, ENDED, REFUSED, Status
from choriste.domain.works.chain import addressee


class Field(StrEnum):
    """What a correction may change; the value is the business term of EN 16931."""

    RECIPIENT = "BT-46"
    SERVICE_CODE = "BT-10"
    ENGAGEMENT = "BT-13"


_CORRECTED_BY_REASON = {
    ReasonCode.SE_ERR: frozenset({Field.SERVICE_CODE}),
    ReasonCode.EJ_ERR: frozenset({Field.ENGAGEMENT}),
}


def recyclable_fields(position: Position, *, reason: ReasonCode | None = None) -> frozenset[Field]:
    """Return what `recycle` may change here; the number and everything else stay (B2, A7).

    Sent back: recipient, service code and engagement number (Chorus Pro swagger, `recycler`). Rejected by
    the State: the one field that `reason`, the reason of the rejection, names.
    """
    if position.status is Status.REJETEE and position.reject_corrects:
        both = frozenset({Field.SERVICE_CODE, Field.ENGAGEMENT})
        return both if reason is None else _CORRECTED_BY_REASON.get(reason, frozenset())
    if position.status in {Status.A_RECYCLER, Status.EN_ATTENTE_RECYCLAGE_FOURNISSEUR}:
        return frozenset(Field)
    return frozenset()


def is_editable(status: Status) -> bool:
    """Whether the depositor may still change anything at all: drafts only."""
    return status in DRAFTS


def needs_new_number(position: Position) -> bool:
    """Whether the supplier must issue a new invoice under a new number: refused for good (B2)."""
    return position.status in REFUSED and not position.reject_corrects


def frees_number(status: Status) -> bool:
    """Whether the number may be used again: only a deleted draft gives it back."""
    return status is Status.SUPPRIMEE


def is_ended(position: Position) -> bool:
    """Whether nobody owes anything any more.

    The State's correcting rejection still awaits the supplier; an invoice in the accounts of a recipient
    that never reports payments awaits nobody.
    """
    if position.status is Status.COMPTABILISEE:
        return position.payment_unreported
    return position.status in ENDED and not position.reject_corrects


_DEPOSITOR_ACTS = frozenset(
    {
        Status.A_RECYCLER,
        Status.SUSPENDUE,
        Status.A_COMPLETER,
        Status.ERREUR_FOURNISSEUR_SUR_VALIDEUR,
        Status.ERREUR_FOURNISSEUR_SUR_MOE,
        Status.ERREUR_FOURNISSEUR_SUR_MOA,
        Status.ERREUR_MOE_SUR_MOA,
        Status.ERREUR_MOE_SUR_FOURNISSEUR,
        Status.ERREUR_MOA_SUR_FOURNISSEUR,
        Status.REJETEE,
        *DRAFTS,
    }
)
_ACTOR_OF: dict[Status, Role] = {
    Status.A_VALIDER_1: Role.VALIDATOR_1,
    Status.A_VALIDER_2: Role.VALIDATOR_2,
    Status.ERREUR_COTRAITANT_SUR_VALIDEUR: Role.VALIDATOR_1,
    Status.EN_ATTENTE_RECYCLAGE_FOURNISSEUR: Role.SUPPLIER,
    Status.MISE_A_DISPOSITION_MOE: Role.MOE,
    Status.PRISE_EN_COMPTE_MOE: Role.MOE,
    Status.A_ASSOCIER_MOE: Role.MOE,
    Status.MISE_A_DISPOSITION_MOA: Role.MOA,
    Status.PRISE_EN_COMPTE_MOA: Role.MOA,
    Status.A_ASSOCIER_MOA: Role.MOA,
    Status.TRANSMISE_MOA: Role.MOA,
    Status.A_ASSOCIER_FOURNISSEUR: Role.SUPPLIER,
    Status.DEPOSEE: Role.PLATFORM,
    Status.EN_COURS_ACHEMINEMENT: Role.PLATFORM,
    Status.VALIDEE_1: Role.PLATFORM,
    Status.VALIDEE_2: Role.PLATFORM,
    Status.ABSENCE_VALIDATION_1_HORS_DELAI: Role.PLATFORM,
    Status.ABSENCE_VALIDATION_2_HORS_DELAI: Role.PLATFORM,
    Status.ABSENCE_VALIDATION_MOE_DELAI_REGLEMENTAIRE: Role.PLATFORM,
}


def expected_actors(position: Position) -> frozenset[Role]:
    """Return who must act next, empty once the invoice has ended: the answer to "who has it now?"."""
    if is_ended(position) or not open_transitions(position):
        return frozenset()
    if position.status in _DEPOSITOR_ACTS:
        return position.frame.depositors
    return frozenset({_ACTOR_OF.get(position.status, addressee(position.frame))})


def worklist(role: Role) -> frozenset[tuple[Frame, Status]]:
    """Return where an invoice awaits this role: the inbox of a person, the sweep of the platform."""
    return frozenset(
        (frame, status)
        for frame, status in product(Frame, Status)
        if role in expected_actors(Position(frame=frame, status=status))
    )


_TREATMENT = (
    Status.MISE_A_DISPOSITION,
    Status.SERVICE_FAIT,
    Status.MANDATEE,
    Status.MISE_A_DISPOSITION_COMPTABLE,
    Status.COMPTABILISEE,
    Status.MISE_EN_PAIEMENT,
)


def is_late(position: Position, *, target: Status) -> bool:
    """Whether a status reported by another system is one that the treatment already had or went past.

    Status flows arrive in any order: such a report is noted and changes nothing, it is no error.
    """
    if position.status not in _TREATMENT or target not in _TREATMENT:
        return target is position.status
    return _TREATMENT.index(target) <= _TREATMENT.index(position.status)


def concerned_roles(before: Position, after: Position, *, actor: Role) -> frozenset[Role]:
    """Return the people to tell of a status change: depositor, who is expected, who held it before.

    Whoever acted knows already; the platform's machines are not told.
    """
    roles = after.frame.depositors | expected_actors(after) | expected_actors(before)
    return frozenset(role for role in roles if role.is_person and role is not actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something done to an invoice that leaves its status alone."""

    name: str
    roles: frozenset[Role]
    statuses: frozenset[Status]


_PERSONS = frozenset(role for role in Role if role.is_person)
_DEPOSITORS = frozenset({Role.SUPPLIER, Role.MOE, Role.MOA})
_SENT = frozenset(Status) - DRAFTS - {Status.SUPPRIMEE}
_RECEIVED = frozenset(
    {
        Status.MISE_A_DISPOSITION,
        Status.COMPLETEE,
        Status.SUSPENDUE,
        Status.SERVICE_FAIT,
        Status.MANDATEE,
        Status.MISE_A_DISPOSITION_COMPTABLE,
        Status.COMPTABILISEE,
        Status.MISE_EN_PAIEMENT,
    }
)

ACTS = (
    Act(name="comment", roles=_PERSONS, statuses=_SENT),
    Act(
        name="attach",
        roles=_DEPOSITORS,
        statuses=DRAFTS | {Status.SUSPENDUE, Status.A_COMPLETER, Status.A_RECYCLER},
    ),
    Act(name="acknowledge-rejection", roles=_DEPOSITORS, statuses=REFUSED),
    Act(name="close-rejection", roles=_DEPOSITORS, statuses=REFUSED),
    Act(name="acknowledge-suspension", roles=_DEPOSITORS, statuses=frozenset({Status.SUSPENDUE})),
    Act(name="assign", roles=_PERSONS, statuses=_SENT - ENDED),
    Act(name="record-accounting-reference", roles=frozenset({Role.RECIPIENT}), statuses=_RECEIVED),
)
"""Acts beside the transitions. The acknowledgements are actions of the official history
(ACQUITTEMENT_REJET, TRAITEMENT_REJET, ACQUITTEMENT_SUSPENSION); the others are domain.md B6, B7, B11."""


def acts_of(position: Position, role: Role) -> tuple[str, ...]:
    """Return the names of the acts that a role may do here; depositors' acts are the depositor's only."""
    return tuple(
        act.name
        for act in ACTS
        if role in act.roles
        and position.status in act.statuses
        and (act.roles is not _DEPOSITORS or role in position.frame.depositors)
    )


PUBLIC_SERVICE = "FACTURES_PUBLIQUES"
"""The service that receives invoices between public bodies, and nothing else (Chorus Pro, A7)."""


def may_address(service_code: str | None, *, supplier_is_public: bool, recipient_is_public: bool) -> bool:
    """Whether an invoice may name this service: FACTURES_PUBLIQUES is for intra-public invoices only."""
    return service_code != PUBLIC_SERVICE or (supplier_is_public and recipient_is_public)


def refusal_action(frame: Frame, reason: ReasonCode) -> str:
    """Return the transition of a validator who says no (`action` REFUS of `traiter/factureAValider`).

    A wrong validator goes back to be corrected; any other reason refuses for good.
    """
    wrong = reason is ReasonCode.ERR_VALIDEUR and frame.needs_validator_1
    return "return-validator" if wrong else "refuse-validation"
