"""A whole works contract in a moment: 36 months of statements, the final account, the tacit end."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from choriste.domain.lifecycle import ENDED, Frame, Reason, ReasonCode, Role, Status
from tests.builders.works_contract import WorksContract

START = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
MONTHS = 36


def _contract() -> WorksContract:
    return WorksContract(start=START)


def _month(contract: WorksContract, month: int) -> None:
    """One month: every third time the MOE is silent, every fourth the contractor, every fifth a recycling."""
    statement, request = f"S{month}", f"SUB{month}"
    contract.deposit(request, Frame.A10)
    if month % 4:
        contract.advance(3)
        contract.act(request, "validate", Role.VALIDATOR_1)
    else:
        contract.advance(15)
    contract.deposit(statement, Frame.A4)
    _answer(contract, month, (statement, request))
    _settle(contract, f"V{month}", sent_back=month % 5 == 0)


def _answer(contract: WorksContract, month: int, pieces: tuple[str, str]) -> None:
    answered = f"EA{month}"
    if month % 3 == 0:
        contract.advance(7)
        assert {contract.status(piece) for piece in pieces} == {Status.MISE_A_DISPOSITION_MOA}
        contract.deposit(f"V{month}", Frame.A19, role=Role.MOA, answers=pieces)
        return
    contract.advance(4)
    contract.deposit(
        answered,
        Frame.A15,
        role=Role.MOE,
        answers=pieces,
    )
    contract.advance(3)
    contract.deposit(f"V{month}", Frame.A19, role=Role.MOA, answers=(answered,))


def _settle(contract: WorksContract, number: str, *, sent_back: bool) -> None:
    if sent_back:
        contract.act(number, "send-back", Role.RECIPIENT, Reason(ReasonCode.EJ_ERR, "engagement clos"))
        contract.act(number, "ask-supplier", Role.MOA)
        contract.act(number, "recycle", Role.SUPPLIER)
    contract.act(number, "mandate", Role.RECIPIENT)
    contract.act(number, "pay", Role.RECIPIENT)


def _statements(contract: WorksContract) -> None:
    for month in range(1, MONTHS + 1):
        _month(contract, month)
        contract.advance(17)


def test_works_contract_of_36_months_ends_tacitly() -> None:
    """The MOA never notifies the general account: A22 replaces A7, ten days later A23 is due and paid."""
    began = time.perf_counter()
    contract = _contract()
    _statements(contract)

    contract.deposit("PDF", Frame.A7)
    contract.advance(29)
    early = contract.pieces["PDF"].position.overdue
    contract.advance(1)
    contract.deposit("PDG", Frame.A22, answers=("PDF",))
    contract.advance(10)
    tacit = contract.status("PDG")
    contract.deposit("DGD", Frame.A23, answers=("PDG",))
    _settle(contract, "DGD", sent_back=False)

    assert not early
    assert tacit is Status.A_ASSOCIER_FOURNISSEUR
    assert contract.status("PDF") is Status.REMPLACEE_PAR_A22
    assert contract.status("PDG") is Status.ASSOCIEE
    assert contract.status("DGD") is Status.MISE_EN_PAIEMENT
    assert {tracked.position.status for tracked in contract.pieces.values()} <= ENDED
    assert contract.now - START > dt.timedelta(days=MONTHS * 29)
    assert time.perf_counter() - began < 5


def test_works_contract_ends_with_a_signed_general_account() -> None:
    contract = _contract()
    contract.deposit("PDF", Frame.A7)
    contract.advance(12)
    contract.deposit("PDG", Frame.A17, role=Role.MOE, answers=("PDF",))
    contract.advance(9)
    contract.deposit("DG", Frame.A20, role=Role.MOA, answers=("PDG",))
    contract.act("DG", "agree", Role.SUPPLIER)
    contract.deposit("DGD", Frame.A8, answers=("DG",))
    _settle(contract, "DGD", sent_back=False)

    assert [contract.status(number) for number in ("PDF", "PDG", "DG")] == [Status.ASSOCIEE] * 3
    assert contract.status("DGD") is Status.MISE_EN_PAIEMENT


def test_works_contract_authority_may_still_answer_a_tacit_draft_within_ten_days() -> None:
    contract = _contract()
    contract.deposit("PDF", Frame.A7)
    contract.advance(30)
    contract.deposit("PDG", Frame.A22, answers=("PDF",))
    contract.advance(9)

    contract.deposit("DG", Frame.A20, role=Role.MOA, answers=("PDG",))

    assert contract.status("PDG") is Status.ASSOCIEE
    assert contract.status("DG") is Status.MISE_A_DISPOSITION


@pytest.mark.parametrize("number", ["S3", "SUB3"])
def test_works_contract_silence_of_the_project_manager_is_dated_by_the_law(number: str) -> None:
    """Seven days after the piece reached the project manager, to the second, whenever the sweep runs."""
    contract = _contract()
    for month in range(1, 4):
        _month(contract, month)

    trail = {status: at for at, status in contract.pieces[number].trail}
    silent = trail[Status.ABSENCE_VALIDATION_MOE_DELAI_REGLEMENTAIRE]

    assert silent - trail[Status.MISE_A_DISPOSITION_MOE] == dt.timedelta(days=7)


def test_works_contract_takes_every_circuit_of_the_statements() -> None:
    contract = _contract()
    _statements(contract)

    seen = {status for tracked in contract.pieces.values() for _, status in tracked.trail}

    assert {
        Status.VALIDEE_1,
        Status.ABSENCE_VALIDATION_1_HORS_DELAI,
        Status.ABSENCE_VALIDATION_MOE_DELAI_REGLEMENTAIRE,
        Status.EN_ATTENTE_RECYCLAGE_FOURNISSEUR,
        Status.ASSOCIEE,
        Status.MISE_EN_PAIEMENT,
    } <= seen
