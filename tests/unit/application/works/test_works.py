"""Works contracts and validators through the use cases: parties, billing files, a whole contract in time."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from choriste.application.invoices.attach_file import attach_file, reuse_file
from choriste.application.invoices.criteria import Criteria, Side
from choriste.application.invoices.deliver_invoice import deliver_invoice
from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.invoices.search_invoices import search_invoices
from choriste.application.invoices.treat_invoice import Correction
from choriste.application.notices.notify_users import notify_users
from choriste.application.works.read_billing_file import read_billing_file
from choriste.domain.lifecycle import Frame, Reason, ReasonCode, Role, Status, free_reason
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.domain.tracking.journey import Journey
from tests.builders.stage import (
    CITY,
    COCONTRACTOR,
    CONTRACTOR,
    MOE,
    PARTNER,
    STATE,
    SUBCONTRACTOR,
    Stage,
    a_sample,
    a_stage,
)

MONTHS = 36


@pytest.fixture
def stage() -> Stage:
    return a_stage()


def _seller(stage: Stage, structure: str) -> dict[str, str]:
    return {"siret": stage.sirets[structure], "name": structure}


def _statement(stage: Stage, number: str = "A4", **parties: Any) -> None:
    named = {"frame": Frame.A4, "moe": stage.sirets[MOE], **parties}
    stage.deposit(a_sample(number), by=CONTRACTOR, **named)


def _certificate(stage: Stage, number: str, *previous: str, **parties: Any) -> None:
    answered = tuple(stage.invoices[each] for each in previous)
    stage.deposit(a_sample(number), by=MOE, frame=Frame.A15, previous=answered, **parties)


def _rules(stage: Stage) -> set[str]:
    return {finding.rule for finding in stage.documents[-1].findings}


def _listed(stage: Stage, structure: str, side: Side) -> list[str]:
    page = search_invoices(
        stage.ports, stage.principals[structure], structure=structure, side=side, criteria=Criteria()
    )
    return [head.number for head in page.rows]


def test_validator_and_works_actors_have_lists_of_their_own(stage: Stage) -> None:
    stage.deposit(
        a_sample("A10", seller=_seller(stage, SUBCONTRACTOR)),
        by=SUBCONTRACTOR,
        frame=Frame.A10,
        validator=stage.sirets[COCONTRACTOR],
        moe=stage.sirets[MOE],
    )

    assert _listed(stage, COCONTRACTOR, Side.VALIDATION) == ["A10"]
    assert _listed(stage, MOE, Side.WORKS) == ["A10"]
    assert _listed(stage, CITY, Side.WORKS) == ["A10"]
    assert _listed(stage, CONTRACTOR, Side.WORKS) == []


def test_corrected_validator_takes_the_place_of_the_wrong_one(stage: Stage) -> None:
    stage.deposit(
        a_sample("A9", seller=_seller(stage, SUBCONTRACTOR)),
        by=SUBCONTRACTOR,
        frame=Frame.A9,
        validator=stage.sirets[COCONTRACTOR],
    )
    stage.act("A9", COCONTRACTOR, "return-validator", reason=Reason(ReasonCode.ERR_VALIDEUR))

    for party in (None, "00000000000000", stage.sirets["1004"]):
        with pytest.raises(BadRequestError):
            stage.act("A9", SUBCONTRACTOR, "correct-validator", party=party)
    stage.act("A9", SUBCONTRACTOR, "correct-validator", party=stage.sirets[CONTRACTOR])

    assert _listed(stage, CONTRACTOR, Side.VALIDATION) == ["A9"]
    assert _listed(stage, COCONTRACTOR, Side.VALIDATION) == []


def test_party_goes_with_a_correction_of_a_party_only(stage: Stage) -> None:
    stage.deposit(a_sample("A1"))

    with pytest.raises(BadRequestError):
        stage.act("A1", CITY, "pay", party=stage.sirets[MOE])


@pytest.mark.parametrize(
    ("parties", "rule"),
    [
        ({"frame": Frame.A4}, "PARTY-MOE-MISSING"),
        ({"frame": Frame.A4, "moe": "00000000000000"}, "PARTY-MOE-UNKNOWN"),
        ({"frame": Frame.A4, "moe": "20004567200017"}, "PARTY-MOE-INACTIVE"),
        ({"frame": Frame.A1, "moe": "20004567200017"}, "PARTY-MOE-NOT-FOR-FRAME"),
        ({"frame": Frame.A9, "validator": "1", "validator2": "1"}, "PARTY-VALIDATORS-ALIKE"),
        ({"frame": Frame.A5, "previous": (1,)}, "PIECE-PREVIOUS-UNKNOWN"),
        ({"frame": Frame.A5, "adjusted": ((1, Decimal(1)),)}, "PIECE-NOT-ADJUSTABLE"),
    ],
)
def test_wrong_party_is_a_finding_of_the_report(stage: Stage, parties: dict[str, Any], rule: str) -> None:
    stage.deposit(a_sample("X"), **parties)

    assert rule in _rules(stage)
    assert stage.invoices == {}


def test_service_of_the_project_manager_must_be_one_of_its_own(stage: Stage) -> None:
    _statement(stage, moe_service="NOWHERE")

    assert _rules(stage) == {"PARTY-MOE-SERVICE-UNKNOWN"}


def test_works_document_of_another_is_not_deposited_for_it(stage: Stage) -> None:
    _statement(stage)

    stage.deposit(a_sample("A15"), by=CONTRACTOR, frame=Frame.A15, previous=(stage.invoices["A4"],))

    assert _rules(stage) == {"PARTY-NOT-ENTITLED"}


@pytest.mark.parametrize(("frame", "named"), [(Frame.A15, "moe"), (Frame.A19, "moa")])
def test_contractor_does_not_answer_its_own_document_in_the_place_of_another(
    stage: Stage, frame: Frame, named: str
) -> None:
    _statement(stage)

    stage.deposit(
        a_sample("X"),
        by=CONTRACTOR,
        frame=frame,
        previous=(stage.invoices["A4"],),
        **{named: stage.sirets[CONTRACTOR]},
    )

    assert _rules(stage) == {"PIECE-OTHER-ACTOR"}
    assert stage.status("A4") is Status.MISE_A_DISPOSITION_MOE


def test_other_supplier_does_not_replace_the_final_statement_of_a_cocontractor(stage: Stage) -> None:
    stage.deposit(
        a_sample("A14", seller=_seller(stage, COCONTRACTOR)),
        by=COCONTRACTOR,
        frame=Frame.A14,
        validator=stage.sirets[CONTRACTOR],
        moe=stage.sirets[MOE],
    )
    stage.act("A14", CONTRACTOR, "validate")
    stage.wait(30.1)

    stage.deposit(a_sample("A22"), by=CONTRACTOR, frame=Frame.A22, previous=(stage.invoices["A14"],))

    assert _rules(stage) == {"PIECE-OTHER-CONTRACT"}


def test_document_answers_only_what_it_may_follow_in_its_contract(stage: Stage) -> None:
    _statement(stage)
    statement = stage.invoices["A4"]

    stage.deposit(a_sample("A8"), by=CONTRACTOR, frame=Frame.A8, previous=(statement,))
    not_following = _rules(stage)
    state = {"buyer_siret": stage.sirets[STATE], "buyer_reference": "RTE-ENTRETIEN"}
    stage.deposit(
        a_sample("A15", purchase_order_reference="1400", **state),
        by=MOE,
        frame=Frame.A15,
        previous=(statement,),
    )

    assert not_following == {"PIECE-MAY-NOT-FOLLOW"}
    assert "PIECE-OTHER-CONTRACT" in _rules(stage)


def test_answer_takes_parties_from_the_piece_that_it_answers(stage: Stage) -> None:
    _statement(stage)

    _certificate(stage, "A15", "A4")

    statement, answer = stage.head("A4"), stage.head("A15")
    assert (answer.moe, answer.moa) == (statement.moe, statement.moa)
    assert answer.billing_file == statement.id
    assert (statement.answered_by, statement.status) == (answer.id, Status.ASSOCIEE)
    assert stage.ports.invoices.history(answer.id)[0].role is Role.MOE


def test_two_answers_to_one_piece_at_once_leave_exactly_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two project managers' programs answer the same statement: both pass the checks, one is registered."""
    _statement(stage)
    register = stage.ports.invoices.register

    def after_the_other(*args: Any, **named: Any) -> None:
        monkeypatch.setattr(stage.ports.invoices, "register", register)
        _certificate(stage, "A15-B", "A4")
        register(*args, **named)

    monkeypatch.setattr(stage.ports.invoices, "register", after_the_other)
    _certificate(stage, "A15-A", "A4")

    refused = stage.documents[-1]
    assert (refused.number, [finding.rule for finding in refused.findings]) == (
        "A15-A",
        ["PIECE-ALREADY-ANSWERED"],
    )
    assert (refused.findings[0].found, refused.findings[0].expected) == ("A4 (A4)", "ASSOCIEE")
    assert stage.head("A4").answered_by == stage.invoices["A15-B"]
    assert "A15-A" not in stage.invoices


def test_day_of_arrival_at_the_project_manager_is_kept(stage: Stage) -> None:
    arrived = stage.bench.clock.now()
    _statement(stage)

    stage.wait(7.1)

    assert stage.head("A4").moe_available_at == arrived
    assert stage.status("A4") is Status.MISE_A_DISPOSITION_MOA


def test_answer_to_what_was_refused_meanwhile_goes_its_own_way(stage: Stage) -> None:
    _statement(stage)
    _certificate(stage, "A15", "A4")
    answer = stage.head("A15")
    statement = replace(stage.head("A4"), status=Status.REFUSEE_MOE, answered_by=None, version=99)
    stage.ports.invoices.save(Journey(stage.head("A4"), statement))
    waiting = replace(answer, status=Status.DEPOSEE, version=answer.version + 1)
    stage.ports.invoices.save(Journey(answer, waiting))

    delivered = deliver_invoice(stage.ports, answer.id, readable_copy=answer.files[1])

    assert delivered.status is Status.MISE_A_DISPOSITION_MOA
    assert stage.status("A4") is Status.REFUSEE_MOE


def test_billing_file_shows_each_actor_its_pieces_and_what_stands_for_them(stage: Stage) -> None:
    _statement(stage)
    stage.bench.clock.advance(minutes=1)
    stage.deposit(
        a_sample("A10", seller=_seller(stage, SUBCONTRACTOR)),
        by=SUBCONTRACTOR,
        frame=Frame.A10,
        validator=stage.sirets[CONTRACTOR],
        moe=stage.sirets[MOE],
    )
    stage.act("A10", CONTRACTOR, "validate")
    stage.bench.clock.advance(minutes=1)
    adjusted = ((stage.invoices["A10"], Decimal("900.00")),)
    _certificate(stage, "A15", "A4", "A10", adjusted=adjusted)

    whole = read_billing_file(stage.ports, stage.principals[CONTRACTOR], stage.invoices["A15"])
    own = read_billing_file(stage.ports, stage.principals[SUBCONTRACTOR], stage.invoices["A10"])
    authority = read_billing_file(stage.ports, stage.principals[CITY], stage.invoices["A4"])

    assert [piece.head.number for piece in whole.pieces] == ["A4", "A10", "A15"]
    assert {p.head.number: p.admitted for p in whole.pieces}["A10"] == Decimal("900.00")
    assert [piece.head.number for piece in own.pieces] == ["A10"]
    assert authority.pieces[-1].answers == (Frame.A19,)
    assert len(whole.files) == 3
    with pytest.raises(NotFoundError):
        read_billing_file(stage.ports, stage.principals[STATE], stage.invoices["A4"])


def test_file_of_the_billing_file_is_reused_in_another_piece(stage: Stage) -> None:
    _statement(stage)
    contractor = stage.principals[CONTRACTOR]
    ask = Reason(ReasonCode.JUSTIF_ABS, "Constats.")
    stage.act("A4", MOE, "ask-complement", reason=ask)
    attach_file(stage.ports, contractor, stage.invoices["A4"], filename="constats.pdf", content=b"%PDF-1.7")
    stage.act("A4", CONTRACTOR, "complete", reason=free_reason("Métré joint au courrier."))
    _certificate(stage, "A15", "A4")
    stage.act("A15", CITY, "ask-complement", reason=ask)

    reused = reuse_file(
        stage.ports,
        stage.principals[MOE],
        stage.invoices["A15"],
        piece=stage.invoices["A4"],
        name="constats.pdf",
    )

    assert "constats.pdf" in {file.name for file in reused.files}
    with pytest.raises(NotFoundError):
        reuse_file(
            stage.ports,
            stage.principals[MOE],
            stage.invoices["A15"],
            piece=stage.invoices["A4"],
            name="nothing.pdf",
        )


def test_validation_step_of_the_recipient_is_its_own(stage: Stage) -> None:
    city = stage.ports.directory.structure(CITY)
    assert city is not None
    stage.ports.directory.replace_structure(
        replace(city, settings=replace(city.settings, validation_step=True)), known=city
    )

    stage.deposit(a_sample("A1"))
    waiting = stage.status("A1")
    stage.act("A1", CITY, "validate")

    assert (waiting, stage.status("A1")) == (Status.A_VALIDER_1, Status.MISE_A_DISPOSITION)


def test_correction_after_a_rejection_by_the_state_is_of_the_named_field_only(stage: Stage) -> None:
    state = {"buyer_siret": stage.sirets[STATE], "buyer_reference": "RTE-ENTRETIEN"}
    stage.deposit(a_sample("E", purchase_order_reference="1400", **state))
    stage.act("E", STATE, "reject", reason=Reason(ReasonCode.EJ_ERR, "Engagement clos."))

    with pytest.raises(BadRequestError):
        stage.act("E", CONTRACTOR, "recycle", correction=Correction(service_code="RTE-ENTRETIEN"))
    recycled = stage.act("E", CONTRACTOR, "recycle", correction=Correction(engagement="1401"))

    assert (recycled.status, recycled.engagement) == (Status.MISE_A_DISPOSITION, "1401")


def test_answering_alone_is_neither_offered_nor_taken(stage: Stage) -> None:
    _statement(stage)
    view = read_invoice(stage.ports, stage.principals[MOE], stage.invoices["A4"])

    assert "associate" not in {row.name for row in view.actions}
    with pytest.raises(BadRequestError):
        stage.act("A4", MOE, "associate")


def test_every_party_concerned_is_told_and_who_acted_is_not(stage: Stage) -> None:
    _statement(stage)
    head = stage.act("A4", MOE, "take-charge")

    notify_users(stage.ports, head.id, head.version, by="m-1")

    told = {mail.to for mail in stage.bench.mailer.sent}
    assert told == {f"manager@{CONTRACTOR}.example", f"manager@{PARTNER}.example"}


def test_silence_is_named_in_the_notice(stage: Stage) -> None:
    _statement(stage)
    stage.wait(7.1)
    tacit = next(
        change for change in stage.ports.invoices.history(stage.invoices["A4"]) if change.role is Role.CLOCK
    )

    notify_users(stage.ports, tacit.invoice_id, tacit.version, by="m-1")

    assert "80456712100012" in stage.bench.mailer.sent[0].text


def test_whole_works_contract_of_three_years_runs_in_seconds(stage: Stage) -> None:
    started, begins = time.perf_counter(), stage.bench.clock.now()

    for month in range(MONTHS):
        _statement(stage, f"A4-{month}")
        if month % 2:
            stage.wait(8)
        else:
            _certificate(stage, f"A15-{month}", f"A4-{month}")
        preceding = f"A4-{month}" if month % 2 else f"A15-{month}"
        stage.deposit(
            a_sample(f"A19-{month}"), by=CITY, frame=Frame.A19, previous=(stage.invoices[preceding],)
        )
        stage.act(f"A19-{month}", CITY, "pay")
        stage.wait(30 - 8 * (month % 2))
    stage.deposit(a_sample("A7"), by=CONTRACTOR, frame=Frame.A7, moe=stage.sirets[MOE])
    stage.wait(30.1)
    stage.deposit(a_sample("A22"), by=CONTRACTOR, frame=Frame.A22, previous=(stage.invoices["A7"],))
    stage.wait(10.1)
    stage.deposit(a_sample("A23"), by=CONTRACTOR, frame=Frame.A23, previous=(stage.invoices["A22"],))
    stage.act("A23", CITY, "pay")

    ends = {stage.status(number) for number in stage.invoices}
    assert ends == {Status.ASSOCIEE, Status.MISE_EN_PAIEMENT, Status.REMPLACEE_PAR_A22}
    assert stage.bench.clock.now() - begins > dt.timedelta(days=MONTHS * 30)
    assert time.perf_counter() - started < 120, "seconds, on a machine that others use too"
