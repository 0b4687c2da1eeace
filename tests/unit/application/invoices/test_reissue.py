"""A refused invoice is taken up once, however many drafts were begun for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from choriste.application.drafts.abandon_draft import abandon_draft
from choriste.application.drafts.begin_draft import begin_draft
from choriste.application.drafts.deposit_draft import check_draft, deposit_draft
from choriste.application.drafts.link_reissue import left_to_reissue
from choriste.application.drafts.reissue_invoice import reissue_invoice
from choriste.application.invoices.access import may_be_reissued
from choriste.domain.deposits.flow import Channel, Flow
from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.entry import DraftFields
from choriste.domain.lifecycle import Frame, Reason, ReasonCode, Status
from choriste.domain.shared.errors import BadRequestError, DraftInvalidError
from choriste.domain.shared.findings import Finding
from choriste.domain.tracking.journey import Journey
from tests.builders.intake import run_intake
from tests.builders.stage import CITY, COCONTRACTOR, CONTRACTOR, Stage, a_sample, a_stage


@pytest.fixture
def stage() -> Stage:
    return a_stage()


def _deposit(stage: Stage, draft: Draft, *, by: str = CONTRACTOR) -> Draft:
    sent, receipt = deposit_draft(stage.ports, stage.principals[by], draft.id, channel=Channel.CONSOLE)
    if receipt.is_new:
        document = run_intake(stage.ports, receipt.flow.id, 1)
        stage.invoices[document.number or ""] = document.invoice_id
        stage.documents.append(document)
    return sent


def _two_drafts_of_one(stage: Stage, frame: Frame) -> tuple[Draft, Draft]:
    who = stage.principals[CONTRACTOR]
    if frame is Frame.A9:
        stage.deposit(a_sample("F-1"), frame=Frame.A9, validator=stage.sirets[COCONTRACTOR])
        stage.act("F-1", COCONTRACTOR, "refuse-validation", reason=Reason(ReasonCode.CALCUL_ERR, "Ligne 2."))
    else:
        stage.deposit(a_sample("F-1"))
        stage.act("F-1", CITY, "reject", reason=Reason(ReasonCode.MONTANT_ERR, "Total faux."))
    one, other = (
        reissue_invoice(stage.ports, who, stage.invoices["F-1"], number=number) for number in ("F-2", "F-3")
    )
    return one, other


def _refusal(stage: Stage, draft: Draft) -> Finding:
    with pytest.raises(DraftInvalidError) as refusal:
        _deposit(stage, draft)
    findings = refusal.value.parameters["findings"]
    assert isinstance(findings, list)
    finding: Finding = findings[0]
    return finding


@pytest.mark.parametrize("frame", [Frame.A1, Frame.A9])
def test_second_draft_of_one_refused_invoice_is_refused_and_names_the_first(
    stage: Stage, frame: Frame
) -> None:
    one, other = _two_drafts_of_one(stage, frame)
    _deposit(stage, one)

    finding = _refusal(stage, other)

    assert (finding.rule, finding.found, finding.expected) == ("DRAFT-TAKEN-UP", "F-2", str(one.id))
    assert "par la facture F-2" in finding.message.fr
    assert "by invoice F-2" in finding.message.en
    assert check_draft(stage.ports, other)[0].rule == "DRAFT-TAKEN-UP"
    assert stage.ports.drafts.get(other.id) == other
    assert stage.head("F-1").taken_up_by == one.id


def test_refused_invoice_that_was_taken_up_is_not_taken_up_in_another_draft(stage: Stage) -> None:
    one, _ = _two_drafts_of_one(stage, Frame.A1)
    _deposit(stage, one)

    with pytest.raises(BadRequestError) as refusal:
        reissue_invoice(stage.ports, stage.principals[CONTRACTOR], stage.invoices["F-1"], number="F-4")

    assert "DRAFT-TAKEN-UP" in str(refusal.value.parameters["findings"])
    assert not may_be_reissued(stage.principals[CONTRACTOR], stage.head("F-1"))


@pytest.mark.parametrize("frame", [Frame.A1, Frame.A9])
def test_of_two_drafts_deposited_at_the_same_moment_one_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, frame: Frame
) -> None:
    one, other = _two_drafts_of_one(stage, frame)
    save = stage.ports.invoices.save

    def met(journey: Journey) -> None:
        monkeypatch.setattr(stage.ports.invoices, "save", save)
        _deposit(stage, one)
        save(journey)

    monkeypatch.setattr(stage.ports.invoices, "save", met)

    assert _refusal(stage, other).rule == "DRAFT-TAKEN-UP"
    assert [document.number for document in stage.documents] == ["F-1", "F-2"]


@pytest.mark.parametrize("frame", [Frame.A1, Frame.A9])
def test_draft_whose_deposit_broke_off_keeps_its_place_until_it_is_given_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, frame: Frame
) -> None:
    one, other = _two_drafts_of_one(stage, frame)
    with monkeypatch.context() as broken:
        broken.setattr(stage.ports.flows, "open", _unopened)
        with pytest.raises(TimeoutError):
            _deposit(stage, one)

    before = _refusal(stage, other).rule
    abandon_draft(stage.ports, stage.principals[CONTRACTOR], one.id)
    sent = _deposit(stage, other)

    assert (before, sent.status) == ("DRAFT-TAKEN-UP", Status.DEPOSEE)
    assert stage.head("F-1").taken_up_by == other.id


def _unopened(flow: Flow) -> Flow:
    raise TimeoutError(flow.id)


@pytest.mark.parametrize("frame", [Frame.A1, Frame.A9])
def test_draft_whose_flow_was_refused_leaves_its_place_to_another(stage: Stage, frame: Frame) -> None:
    one, other = _two_drafts_of_one(stage, frame)
    sent, receipt = deposit_draft(stage.ports, stage.principals[CONTRACTOR], one.id, channel=Channel.CONSOLE)
    stage.ports.flows.refuse(replace(receipt.flow, documents=0))

    again = _deposit(stage, other)

    assert (sent.status, again.status) == (Status.DEPOSEE, Status.DEPOSEE)
    assert stage.head("F-1").taken_up_by == other.id


def test_copy_of_the_draft_that_took_an_invoice_up_is_another_invoice(stage: Stage) -> None:
    one, other = _two_drafts_of_one(stage, Frame.A1)
    sent = _deposit(stage, one)
    fresh = begin_draft(stage.ports, stage.principals[CONTRACTOR], structure=CONTRACTOR, fields=DraftFields())

    assert left_to_reissue(stage.ports, sent) is None
    assert left_to_reissue(stage.ports, other) == stage.invoices["F-1"]
    assert left_to_reissue(stage.ports, fresh) is None
