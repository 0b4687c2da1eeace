"""One change of an invoice: read again when somebody was faster, and the waits follow what was written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from choriste.application.invoices.write import change_invoice
from choriste.domain.shared.errors import NotFoundError, StaleVersionError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import Journey
from tests.builders.stage import Stage, a_sample, a_stage


@pytest.fixture
def stage() -> Stage:
    stage = a_stage()
    stage.deposit(a_sample("F-1"))
    return stage


def _referenced(head: InvoiceHead) -> Journey:
    return Journey.begin(head).revised(replace(head, accounting_reference=f"after {head.version}"))


def _outrun(stage: Stage, monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let somebody else be faster so many times; return the list of the versions that were tried."""
    save, tried = stage.ports.invoices.save, []

    def met(journey: Journey) -> None:
        tried.append(journey.before.version)
        if len(tried) <= times:
            save(Journey.begin(journey.before).revised(journey.before))
        save(journey)

    monkeypatch.setattr(stage.ports.invoices, "save", met)
    return tried


def test_change_is_taken_again_on_what_somebody_faster_wrote(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = stage.head("F-1")
    tried = _outrun(stage, monkeypatch, times=2)

    journey = change_invoice(stage.ports, head.id, _referenced)

    assert tried == [head.version, head.version + 1, head.version + 2]
    assert journey.before.version == head.version + 2
    assert stage.head("F-1").accounting_reference == f"after {head.version + 2}"


@pytest.mark.parametrize("tries", [1, 3])
def test_change_is_given_up_after_its_last_attempt(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    tried = _outrun(stage, monkeypatch, times=9)

    with pytest.raises(StaleVersionError):
        change_invoice(stage.ports, stage.head("F-1").id, _referenced, tries=tries)

    assert len(tried) == tries


def test_change_that_is_empty_writes_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = _outrun(stage, monkeypatch, times=0)

    journey = change_invoice(stage.ports, stage.head("F-1").id, Journey.begin)

    assert (journey.is_empty, tried) == (True, [])


def test_refusal_of_the_step_itself_is_not_tried_again(stage: Stage) -> None:
    asked: list[Any] = []

    def refused(head: InvoiceHead) -> Journey:
        asked.append(head)
        raise StaleVersionError(version=head.version, status=head.status.value)

    with pytest.raises(StaleVersionError):
        change_invoice(stage.ports, stage.head("F-1").id, refused)

    assert len(asked) == 1


def test_change_of_an_unknown_invoice_is_refused(stage: Stage) -> None:
    with pytest.raises(NotFoundError):
        change_invoice(stage.ports, InvoiceId(1), Journey.begin)
