"""Statuses and reasons in the codes of EDI flows and of the reform, both ways."""

from __future__ import annotations

from itertools import product

import pytest

from choriste.domain.codes.edi import edi_code, status_of_edi
from choriste.domain.codes.reform import (
    REFORM_REASONS,
    reasons_of_reform,
    reform_code,
    reform_reason,
    statuses_of_reform,
)
from choriste.domain.lifecycle import Frame, ReasonCode, Status


@pytest.mark.parametrize("status", [status for status in Status if edi_code(status) is not None])
def test_edi_code_comes_back_to_its_status(status: Status) -> None:
    code = edi_code(status)

    assert code is not None
    assert status_of_edi(code) is status_of_edi(f" {int(code)}") is status


def test_edi_code_reads_the_other_number_of_a_completion() -> None:
    assert status_of_edi("32") is Status.COMPLETEE
    assert status_of_edi("41") is None


def test_edi_code_is_absent_where_the_list_names_none() -> None:
    assert edi_code(Status.BROUILLON) is None


@pytest.mark.parametrize(
    ("status", "frame", "code"),
    [
        (Status.DEPOSEE, Frame.A1, "202"),
        (Status.MISE_A_DISPOSITION, Frame.A1, "203"),
        (Status.COMPTABILISEE, Frame.A1, "204"),
        (Status.A_RECYCLER, Frame.A1, "210"),
        (Status.REJETEE, Frame.A1, "210"),
        (Status.SUSPENDUE, Frame.A1, "208"),
        (Status.COMPLETEE, Frame.A1, "209"),
        (Status.MISE_EN_PAIEMENT, Frame.A2, "211"),
        (Status.VALIDEE_1, Frame.A9, "205"),
        (Status.REFUSEE_2, Frame.A9, "206"),
        (Status.VALIDEE_1, Frame.A12, "214"),
        (Status.REFUSEE_1, Frame.A12, "210"),
        (Status.NON_CONFORME, Frame.A1, "213"),
        (Status.MISE_EN_PAIEMENT, Frame.A19, None),
        (Status.EN_COURS_ACHEMINEMENT, Frame.A1, None),
    ],
)
def test_reform_code_follows_the_official_mapping(status: Status, frame: Frame, code: str | None) -> None:
    assert reform_code(status, frame=frame) == code


def test_reform_code_comes_back_among_the_statuses_it_may_stand_for() -> None:
    lost = [
        (status, frame)
        for status, frame in product(Status, Frame)
        if (code := reform_code(status, frame=frame)) and status not in statuses_of_reform(code, frame=frame)
    ]

    assert lost == []


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("200", Status.DEPOSEE),
        ("210", Status.REJETEE),
        ("209", Status.COMPLETEE),
        ("227", Status.COMPLETEE),
    ],
)
def test_reform_code_is_read_as_its_likeliest_status(code: str, status: Status) -> None:
    assert statuses_of_reform(code, frame=Frame.A1)[0] is status


def test_reform_code_unknown_stands_for_nothing() -> None:
    assert statuses_of_reform("212", frame=Frame.A1) == ()


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (ReasonCode.SE_ERR, "DEST_ERR"),
        (ReasonCode.EJ_ERR, "CMD_ERR"),
        (ReasonCode.CREANCIER_ERR, "DEST_ERR"),
        (ReasonCode.MARCHE_TERM, "CONTRAT_TERM"),
        (ReasonCode.MONTANT_ERR, "MONTANTTOTAL_ERR"),
        (ReasonCode.HONORER_LA_COMMANDE, "LIVR_INCOMP"),
        (ReasonCode.RETRAIT_MAN_SERV, "AUTRE"),
        (ReasonCode.FACT_NON_CONFORME, "FACT_NON_CONFORME"),
        (ReasonCode.TX_TVA_ERR, "TX_TVA_ERR"),
    ],
)
def test_reform_reason_of_a_refusal_follows_the_official_mapping(reason: ReasonCode, code: str) -> None:
    assert reform_reason(reason, status="210", frame=Frame.A1) == code


def test_reform_reason_is_always_one_that_its_status_takes() -> None:
    wrong = [
        (reason, status)
        for reason, status in product(ReasonCode, REFORM_REASONS)
        if reform_reason(reason, status=status, frame=Frame.A9) not in REFORM_REASONS[status]
    ]

    assert wrong == []


@pytest.mark.parametrize("reason", ReasonCode)
def test_reform_reason_of_a_co_contractor_is_one_of_three(reason: ReasonCode) -> None:
    code = reform_reason(reason, status="210", frame=Frame.A12)

    assert code in {"DEST_ERR", "ROUTAGE_ERR", "CODE_ROUTAGE_ERR"}


def test_reform_reason_is_not_sent_with_other_statuses() -> None:
    assert reform_reason(ReasonCode.AUTRE, status="211", frame=Frame.A1) is None


def test_reasons_of_reform_name_the_same_code_first() -> None:
    assert reasons_of_reform("DEST_ERR")[0] is ReasonCode.DEST_ERR
    assert ReasonCode.SE_ERR in reasons_of_reform("DEST_ERR")
    assert reasons_of_reform("REJ_UNI") == ()
