"""Reasons: mandatory where the rules say, coded, at most 300 characters."""

from __future__ import annotations

import pytest

from choriste.domain.lifecycle import (
    TRANSITIONS,
    Frame,
    Position,
    Reason,
    ReasonCode,
    RefusalCode,
    Role,
    Status,
    TransitionRefusedError,
    decide,
    free_reason,
)
from choriste.domain.lifecycle.reasons import REASON_RULES, ReasonFault

_READY = Position(frame=Frame.A1, status=Status.MISE_A_DISPOSITION)
_AT_MOE = Position(frame=Frame.A4, status=Status.MISE_A_DISPOSITION_MOE)


def _refusal(position: Position, name: str, role: Role, reason: Reason | None) -> TransitionRefusedError:
    with pytest.raises(TransitionRefusedError) as refused:
        decide(position, name=name, role=role, reason=reason)
    return refused.value


def test_reason_faults_are_refusal_codes() -> None:
    assert {fault.value for fault in ReasonFault} <= {code.value for code in RefusalCode}


def test_reason_rules_are_all_used_by_the_table() -> None:
    assert {row.reason.name for row in TRANSITIONS} == set(REASON_RULES)


@pytest.mark.parametrize("name", ["reject", "suspend", "send-back"])
def test_reason_is_mandatory_for_the_recipient_who_says_no(name: str) -> None:
    refused = _refusal(_READY, name, Role.RECIPIENT, None)

    assert refused.refusal is RefusalCode.REASON_MISSING
    assert ReasonCode.AUTRE in refused.parameters["reasons"]  # type: ignore[operator]


@pytest.mark.parametrize("text", ["", "   "])
def test_reason_needs_its_text(text: str) -> None:
    reason = Reason(ReasonCode.TX_TVA_ERR, text)

    assert _refusal(_READY, "reject", Role.RECIPIENT, reason).refusal is RefusalCode.REASON_TEXT_MISSING


def test_reason_text_may_have_300_characters_and_no_more() -> None:
    accepted = decide(_READY, name="reject", role=Role.RECIPIENT, reason=free_reason("é" * 300))
    refused = _refusal(_READY, "reject", Role.RECIPIENT, free_reason("é" * 301))

    assert accepted.after.status is Status.REJETEE
    assert refused.refusal is RefusalCode.REASON_TOO_LONG
    assert refused.parameters["limit"] == 300


def test_reason_outside_the_list_is_refused_with_the_list() -> None:
    refused = _refusal(_READY, "suspend", Role.RECIPIENT, Reason(ReasonCode.DOUBLON, "deux fois"))

    assert refused.refusal is RefusalCode.REASON_NOT_ALLOWED
    assert ReasonCode.JUSTIF_ABS in refused.parameters["reasons"]  # type: ignore[operator]


def test_reason_of_an_amount_is_blocked_in_works() -> None:
    reason = Reason(ReasonCode.MONTANT_ERR, "trop cher")

    assert _refusal(_AT_MOE, "refuse", Role.MOE, reason).refusal is RefusalCode.REASON_AMOUNT_BLOCKED
    assert decide(_READY, name="reject", role=Role.RECIPIENT, reason=reason).after.status is Status.REJETEE


def test_reason_of_a_wrong_validator_needs_no_text() -> None:
    position = Position(frame=Frame.A9, status=Status.A_VALIDER_1)

    decision = decide(
        position, name="return-validator", role=Role.VALIDATOR_1, reason=Reason(ReasonCode.ERR_VALIDEUR)
    )

    assert decision.after.status is Status.ERREUR_FOURNISSEUR_SUR_VALIDEUR


def test_reason_may_accompany_a_payment_as_a_remark() -> None:
    decision = decide(_READY, name="pay", role=Role.RECIPIENT, reason=free_reason("retenue de garantie"))

    assert decision.reason == Reason(ReasonCode.AUTRE, "retenue de garantie")


def test_reason_is_refused_where_none_is_asked() -> None:
    position = Position(frame=Frame.A1, status=Status.BROUILLON)

    refused = _refusal(position, "submit", Role.SUPPLIER, free_reason("pourquoi pas"))

    assert refused.refusal is RefusalCode.REASON_NOT_ALLOWED


def test_reason_of_missing_documents_makes_a_rejection_a_suspension() -> None:
    reason = Reason(ReasonCode.JUSTIF_ABS, "bon de livraison absent")

    decision = decide(_READY, name="reject", role=Role.RECIPIENT, reason=reason)

    assert decision.transition.name == "suspend"
    assert decision.after.status is Status.SUSPENDUE


def test_reason_of_missing_documents_rejects_nothing_that_is_suspended_already() -> None:
    position = Position(frame=Frame.A1, status=Status.SUSPENDUE)
    reason = Reason(ReasonCode.JUSTIF_ABS, "toujours rien")

    assert _refusal(position, "reject", Role.RECIPIENT, reason).refusal is RefusalCode.REASON_NOT_ALLOWED


def test_reason_of_an_undeclared_subcontractor_is_for_validated_frames() -> None:
    reason = Reason(ReasonCode.ST_CT_NON_DECLAR, "inconnu au marché")
    subcontracted = Position(frame=Frame.A9, status=Status.MISE_A_DISPOSITION)

    assert _refusal(_READY, "reject", Role.RECIPIENT, reason).refusal is RefusalCode.REASON_NOT_ALLOWED
    assert decide(subcontracted, name="reject", role=Role.RECIPIENT, reason=reason).after.status is (
        Status.REJETEE
    )
