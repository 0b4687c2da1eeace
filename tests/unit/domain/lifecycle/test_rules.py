"""Rules around a status: what may be edited, who is expected, which acts are open."""

from __future__ import annotations

import pytest

from choriste.domain.lifecycle import (
    Frame,
    Position,
    ReasonCode,
    Role,
    Status,
    open_transitions,
    parse_frame,
)
from choriste.domain.lifecycle.acts import acts_of
from choriste.domain.lifecycle.editing import Field, frees_number, needs_new_number, recyclable_fields
from choriste.domain.lifecycle.next_actor import concerned_roles, expected_actors, is_ended, is_late
from choriste.domain.lifecycle.position import refusal_action
from choriste.domain.parties.routing import may_address
from tests.builders.lifecycle import reachable


def _at(status: Status, frame: Frame = Frame.A1, *, reject_corrects: bool = False) -> Position:
    return Position(frame=frame, status=status, state_recipient=True, reject_corrects=reject_corrects)


def test_recycling_changes_recipient_service_and_engagement_only() -> None:
    assert recyclable_fields(_at(Status.A_RECYCLER)) == {
        Field.RECIPIENT,
        Field.SERVICE_CODE,
        Field.ENGAGEMENT,
    }


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        (ReasonCode.SE_ERR, {Field.SERVICE_CODE}),
        (ReasonCode.EJ_ERR, {Field.ENGAGEMENT}),
        (None, {Field.SERVICE_CODE, Field.ENGAGEMENT}),
        (ReasonCode.AUTRE, set()),
    ],
)
def test_correcting_rejection_opens_the_field_it_names(reason: ReasonCode | None, fields: set[Field]) -> None:
    position = _at(Status.REJETEE, reject_corrects=True)

    assert recyclable_fields(position, reason=reason) == fields


def test_recycling_is_closed_elsewhere() -> None:
    assert recyclable_fields(_at(Status.MISE_A_DISPOSITION)) == set()
    assert recyclable_fields(_at(Status.REJETEE)) == set()


def test_recycling_is_possible_exactly_where_some_field_may_change() -> None:
    wrong = [
        position
        for position in reachable()
        if bool(recyclable_fields(position))
        != any(row.name == "recycle" for row in open_transitions(position))
    ]

    assert wrong == []


def test_rejection_forces_a_new_number_unless_it_lets_correct() -> None:
    assert needs_new_number(_at(Status.REJETEE))
    assert needs_new_number(_at(Status.REFUSEE_1, Frame.A9))
    assert not needs_new_number(_at(Status.REJETEE, reject_corrects=True))
    assert not needs_new_number(_at(Status.A_RECYCLER))


def test_only_a_deleted_draft_gives_its_number_back() -> None:
    assert [status for status in Status if frees_number(status)] == [Status.SUPPRIMEE]


def test_every_open_invoice_has_somebody_who_can_move_it() -> None:
    orphans = [
        position
        for position in reachable()
        if not is_ended(position)
        and not any(
            expected_actors(position) & row.roles
            for row in open_transitions(position)
            if row.name != "abandon"
        )
    ]

    assert orphans == []


def test_every_ended_invoice_awaits_nobody() -> None:
    waiting = [position for position in reachable() if is_ended(position) and expected_actors(position)]

    assert waiting == []


@pytest.mark.parametrize(
    ("position", "actors"),
    [
        (_at(Status.DEPOSEE), {Role.PLATFORM}),
        (_at(Status.MISE_A_DISPOSITION), {Role.RECIPIENT}),
        (_at(Status.MISE_A_DISPOSITION, Frame.A20), {Role.SUPPLIER}),
        (_at(Status.A_VALIDER_1, Frame.A9), {Role.VALIDATOR_1}),
        (_at(Status.A_VALIDER_1), {Role.VALIDATOR_1}),
        (_at(Status.SUSPENDUE), {Role.SUPPLIER}),
        (_at(Status.A_RECYCLER, Frame.A19), {Role.MOA}),
        (_at(Status.REJETEE, reject_corrects=True), {Role.SUPPLIER}),
        (_at(Status.REJETEE), set()),
        (_at(Status.MISE_A_DISPOSITION_MOE, Frame.A4), {Role.MOE}),
        (_at(Status.TECHNIQUE_INCONNU), set()),
    ],
)
def test_expected_actor_is_the_one_who_holds_the_invoice(position: Position, actors: set[Role]) -> None:
    assert expected_actors(position) == actors


def test_acts_of_a_supplier_on_a_rejection() -> None:
    acts = acts_of(_at(Status.REJETEE), Role.SUPPLIER)

    assert acts == ("comment", "acknowledge-rejection", "close-rejection")


def test_acts_of_the_depositor_belong_to_it_alone() -> None:
    suspended = _at(Status.SUSPENDUE, Frame.A19)

    assert "attach" in acts_of(suspended, Role.MOA)
    assert "attach" not in acts_of(suspended, Role.SUPPLIER)


def test_acts_stop_with_the_invoice_but_for_comments() -> None:
    assert acts_of(_at(Status.MISE_EN_PAIEMENT), Role.RECIPIENT) == (
        "comment",
        "download",
        "record-accounting-reference",
    )
    assert acts_of(_at(Status.SUPPRIMEE), Role.SUPPLIER) == ()


@pytest.mark.parametrize(
    ("supplier_is_public", "recipient_is_public", "legal"),
    [(True, True, True), (False, True, False), (True, False, False)],
)
def test_public_service_is_for_intra_public_invoices(
    *, supplier_is_public: bool, recipient_is_public: bool, legal: bool
) -> None:
    assert (
        may_address(
            "FACTURES_PUBLIQUES",
            supplier_is_public=supplier_is_public,
            recipient_is_public=recipient_is_public,
        )
        is legal
    )


def test_other_services_are_open_to_every_supplier() -> None:
    assert may_address("SRV1", supplier_is_public=False, recipient_is_public=True)
    assert may_address(None, supplier_is_public=False, recipient_is_public=True)


def test_refusal_for_a_wrong_validator_goes_back_to_be_corrected() -> None:
    assert refusal_action(Frame.A9, ReasonCode.ERR_VALIDEUR) == "return-validator"
    assert refusal_action(Frame.A9, ReasonCode.AUT_MOTIF_ERR_VALIDEUR) == "refuse-validation"


@pytest.mark.parametrize(
    ("code", "frame"),
    [("", Frame.SANS_CADRE), ("A9", Frame.A9), ("A9_FACTURE_SOUSTRAITANT", Frame.A9)],
)
def test_frame_is_read_from_its_official_or_short_code(code: str, frame: Frame) -> None:
    assert parse_frame(code) is frame


def test_frame_of_anything_else_raises() -> None:
    with pytest.raises(ValueError, match="Z9"):
        parse_frame("Z9")


def test_accounts_end_an_invoice_whose_payment_is_never_reported() -> None:
    booked = Position(frame=Frame.A1, status=Status.COMPTABILISEE, payment_unreported=True)

    assert is_ended(booked)
    assert expected_actors(booked) == set()
    assert not is_ended(_at(Status.COMPTABILISEE))


@pytest.mark.parametrize(
    ("status", "target", "late"),
    [
        (Status.MANDATEE, Status.SERVICE_FAIT, True),
        (Status.MANDATEE, Status.MANDATEE, True),
        (Status.MANDATEE, Status.MISE_EN_PAIEMENT, False),
        (Status.SUSPENDUE, Status.SUSPENDUE, True),
        (Status.SUSPENDUE, Status.SERVICE_FAIT, False),
        (Status.MISE_EN_PAIEMENT, Status.COMPTABILISEE, True),
    ],
)
def test_late_report_of_a_status_is_recognised(*, status: Status, target: Status, late: bool) -> None:
    assert is_late(_at(status), target=target) is late


def test_concerned_by_a_tacit_validation_are_the_supplier_and_the_silent_validator() -> None:
    before, after = _at(Status.A_VALIDER_1, Frame.A9), _at(Status.ABSENCE_VALIDATION_1_HORS_DELAI, Frame.A9)

    assert concerned_roles(before, after, actor=Role.CLOCK) == {Role.SUPPLIER, Role.VALIDATOR_1}


def test_concerned_by_a_rejection_is_the_supplier_and_not_the_one_who_rejects() -> None:
    before, after = _at(Status.MISE_A_DISPOSITION), _at(Status.REJETEE)

    assert concerned_roles(before, after, actor=Role.RECIPIENT) == {Role.SUPPLIER}
