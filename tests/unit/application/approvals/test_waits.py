"""The waits for decisions: one machine execution each, that follows the invoice and never leads it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from choriste.application.approvals.await_decision import keep_token, restart_wait
from choriste.application.approvals.expire_wait import ExpiredWait, Leftover, expire_wait
from choriste.application.invoices.act_on_invoice import comment_invoice
from choriste.application.invoices.deliver_invoice import deliver_invoice
from choriste.domain.lifecycle import Frame, Reason, ReasonCode, Role, Status
from choriste.domain.lifecycle.deadlines import DEADLINES, Deadline, deadline_of
from choriste.domain.lifecycle.frames import TO_CONTRACTOR, TO_MOA, TO_MOE
from choriste.domain.lifecycle.turns import turn_of
from choriste.domain.shared.errors import NotFoundError, StaleVersionError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.journey import Journey
from tests.builders.lifecycle import reachable
from tests.builders.stage import CITY, COCONTRACTOR, CONTRACTOR, MOE, SUBCONTRACTOR, Stage, a_sample, a_stage
from tests.infra.machine_walk import check_machine, transitions_named

ASL = Path(__file__).parents[4] / "infra" / "machines" / "approval.asl.json"
MOST_TRANSITIONS = 6


class Machines:
    """Approvals that remember what they were told."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.seconds: list[int] = []
        self.tokens: dict[tuple[int, int], str] = {}
        self.answered: dict[str, str] = {}

    def ask(self, invoice_id: InvoiceId, version: int, *, seconds: int) -> None:
        if (invoice_id, version) not in self.asked:
            self.asked.append((invoice_id, version))
            self.seconds.append(seconds)

    def remember(self, invoice_id: InvoiceId, version: int, token: str) -> None:
        self.tokens[invoice_id, version] = token

    def answer(self, invoice_id: InvoiceId, version: int, status: str) -> None:
        token = self.tokens.pop((invoice_id, version), None)
        if token is not None:
            self.answered[token] = status

    def answer_token(self, token: str, status: str) -> None:
        self.answered[token] = status


@pytest.fixture
def machines() -> Machines:
    return Machines()


@pytest.fixture
def stage(machines: Machines) -> Stage:
    stage = a_stage()
    stage.bench = replace(stage.bench, ports=replace(stage.ports, approvals=machines))
    seller = {"siret": stage.sirets[SUBCONTRACTOR], "name": "Sous-traitant"}
    stage.deposit(
        a_sample("A10", seller=seller),
        by=SUBCONTRACTOR,
        frame=Frame.A10,
        validator=stage.sirets[COCONTRACTOR],
        validator2=stage.sirets[CONTRACTOR],
        moe=stage.sirets[MOE],
    )
    return stage


def _keep(stage: Stage, machines: Machines, token: str) -> str:
    invoice, version = machines.asked[-1]
    return keep_token(stage.ports, InvoiceId(invoice), version, token)


def test_each_level_is_a_wait_that_the_decision_ends(stage: Stage, machines: Machines) -> None:
    first = _keep(stage, machines, "one")
    stage.act("A10", COCONTRACTOR, "validate")
    second = _keep(stage, machines, "two")
    stage.act("A10", CONTRACTOR, "validate")

    assert (first, second) == ("A_VALIDER_1", "A_VALIDER_2")
    assert machines.answered == {"one": "A_VALIDER_2", "two": "MISE_A_DISPOSITION_MOE"}
    assert [days for days, _ in map(_days, machines.seconds)] == [16, 16, 8]


def test_turn_of_the_project_manager_is_one_wait_whatever_it_does_within(
    stage: Stage, machines: Machines
) -> None:
    stage.act("A10", COCONTRACTOR, "validate")
    stage.act("A10", CONTRACTOR, "validate")
    asked = len(machines.asked)
    began = _keep(stage, machines, "moe")

    stage.act("A10", MOE, "take-charge")
    stage.act("A10", MOE, "agree")
    still = dict(machines.answered)
    stage.act("A10", MOE, "refuse", reason=Reason(ReasonCode.CALCUL_ERR, "Calcul."))

    assert (asked, len(machines.asked)) == (3, 3)
    assert (began, still, machines.answered) == (
        "MISE_A_DISPOSITION_MOE",
        {},
        {"moe": "REFUSEE_MOE"},
    )


def test_silence_of_the_project_manager_passes_the_turn_on(stage: Stage, machines: Machines) -> None:
    stage.act("A10", COCONTRACTOR, "validate")
    stage.act("A10", CONTRACTOR, "validate")
    _keep(stage, machines, "moe")

    stage.wait(7.1)

    assert machines.answered == {"moe": "MISE_A_DISPOSITION_MOA"}
    assert _days(machines.seconds[-1]) == (364, 0), "the contracting authority has no deadline here"


def test_answering_document_ends_the_turn(stage: Stage, machines: Machines) -> None:
    stage.act("A10", COCONTRACTOR, "validate")
    stage.act("A10", CONTRACTOR, "validate")
    _keep(stage, machines, "moe")

    stage.deposit(a_sample("A15"), by=MOE, frame=Frame.A15, previous=(stage.invoices["A10"],))

    assert machines.answered == {"moe": "ASSOCIEE"}
    assert machines.asked[-1][0] == stage.invoices["A15"]


def _days(seconds: int) -> tuple[int, int]:
    return divmod(seconds, 86_400)


def test_corrected_validator_is_a_new_wait(stage: Stage, machines: Machines) -> None:
    _keep(stage, machines, "one")

    stage.act("A10", COCONTRACTOR, "return-validator", reason=Reason(ReasonCode.ERR_VALIDEUR))
    stage.act("A10", SUBCONTRACTOR, "correct-validator", party=stage.sirets["2002"])

    assert machines.answered == {"one": "ERREUR_FOURNISSEUR_SUR_VALIDEUR"}
    assert len(machines.asked) == 2


def test_deadline_of_the_sweeper_ends_the_wait_too(stage: Stage, machines: Machines) -> None:
    _keep(stage, machines, "one")

    stage.wait(15.1)

    assert machines.answered == {"one": "A_VALIDER_2"}


def test_comment_is_no_end_of_the_wait(stage: Stage, machines: Machines) -> None:
    _keep(stage, machines, "one")
    comment_invoice(stage.ports, stage.principals[COCONTRACTOR], stage.invoices["A10"], "Un instant.")

    stage.act("A10", COCONTRACTOR, "validate")

    assert machines.answered == {"one": "A_VALIDER_2"}


def test_machine_that_asks_late_is_ended_at_once(stage: Stage, machines: Machines) -> None:
    invoice, version = machines.asked[0]
    stage.act("A10", COCONTRACTOR, "validate")

    status = keep_token(stage.ports, InvoiceId(invoice), version, "late")

    assert status == "A_VALIDER_2"
    assert machines.answered == {"late": "A_VALIDER_2"}


def test_wait_that_outlived_its_deadline_applies_it_once(stage: Stage, machines: Machines) -> None:
    invoice, version = machines.asked[0]
    early = expire_wait(stage.ports, InvoiceId(invoice), version)
    stage.bench.clock.advance(days=16)

    lapsed = expire_wait(stage.ports, InvoiceId(invoice), version)
    again = expire_wait(stage.ports, InvoiceId(invoice), version)

    assert early == ExpiredWait("A_VALIDER_1", Leftover.NO_MACHINE)
    assert lapsed == ExpiredWait("A_VALIDER_2", Leftover.LATE_DEADLINE)
    assert again == ExpiredWait("A_VALIDER_2")
    with pytest.raises(NotFoundError):
        expire_wait(stage.ports, InvoiceId(1), 1)


def test_wait_whose_decision_was_just_taken_leaves_nothing(stage: Stage, machines: Machines) -> None:
    invoice, version = machines.asked[0]
    stage.act("A10", COCONTRACTOR, "validate")

    assert expire_wait(stage.ports, InvoiceId(invoice), version) == ExpiredWait("A_VALIDER_2")


def test_wait_that_a_corrected_validator_replaced_leaves_nothing(stage: Stage, machines: Machines) -> None:
    invoice, version = machines.asked[0]
    stage.act("A10", COCONTRACTOR, "return-validator", reason=Reason(ReasonCode.ERR_VALIDEUR))
    stage.act("A10", SUBCONTRACTOR, "correct-validator", party=stage.sirets["2002"])

    assert expire_wait(stage.ports, InvoiceId(invoice), version) == ExpiredWait("A_VALIDER_1")


def test_wait_that_failed_beside_the_sweeper_leaves_nothing(stage: Stage, machines: Machines) -> None:
    invoice, version = machines.asked[0]
    stage.bench.clock.advance(days=15, minutes=1)

    assert expire_wait(stage.ports, InvoiceId(invoice), version) == ExpiredWait("A_VALIDER_2")


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ("comment", ExpiredWait("A_VALIDER_2", Leftover.LATE_DEADLINE)),
        ("refuse-validation", ExpiredWait("REFUSEE_1")),
    ],
)
def test_step_taken_as_the_wait_lapses_wins_and_a_comment_does_not(
    stage: Stage, machines: Machines, monkeypatch: pytest.MonkeyPatch, action: str, left: ExpiredWait
) -> None:
    invoice, version = machines.asked[0]
    stage.bench.clock.advance(days=16)
    ports, save = stage.ports, stage.ports.invoices.save

    def met(journey: Journey) -> None:
        monkeypatch.setattr(ports.invoices, "save", save)
        if action == "comment":
            comment_invoice(ports, stage.principals[COCONTRACTOR], InvoiceId(invoice), "Un instant.")
        else:
            stage.act("A10", COCONTRACTOR, action, reason=Reason(ReasonCode.CALCUL_ERR, "Calcul."))
        save(journey)

    monkeypatch.setattr(ports.invoices, "save", met)

    assert expire_wait(ports, InvoiceId(invoice), version) == left


def test_deadline_that_only_opens_an_act_leaves_the_actor_without_a_machine(
    stage: Stage, machines: Machines
) -> None:
    stage.deposit(a_sample("A7"), by=CONTRACTOR, frame=Frame.A7, moe=stage.sirets[MOE])
    invoice, version = machines.asked[-1]
    stage.bench.clock.advance(days=31)

    lapse = expire_wait(stage.ports, InvoiceId(invoice), version)

    assert (lapse.leftover, stage.head("A7").overdue) == (Leftover.NO_MACHINE, True)


def test_wait_that_lapses_among_endless_acts_is_tried_again_by_its_machine(
    stage: Stage, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice, version = machines.asked[0]
    stage.bench.clock.advance(days=16)

    def never(*_: Any, **__: Any) -> None:
        raise StaleVersionError(version=9, status="A_VALIDER_1")

    monkeypatch.setattr(stage.ports.invoices, "save", never)

    with pytest.raises(StaleVersionError):
        expire_wait(stage.ports, InvoiceId(invoice), version)


def test_delivery_repeated_starts_no_second_wait(stage: Stage, machines: Machines) -> None:
    head = stage.head("A10")

    deliver_invoice(stage.ports, head.id, readable_copy=head.files[1])

    assert len(machines.asked) == 1


@pytest.mark.parametrize("frame", Frame)
def test_approval_machine_is_legal_at_every_turn_of_every_frame(frame: Frame) -> None:
    machine = json.loads(ASL.read_text(encoding="utf-8"))
    starts = frozenset(status for status in Status if turn_of(frame, status) is not None)

    assert check_machine(machine, frame=frame, start=starts) == []
    assert transitions_named(machine) == frozenset(), (
        "what a deadline brings about, the table of deadlines says"
    )


def test_turns_are_the_waits_for_validators_and_along_the_works_chain() -> None:
    turns = {frame: {turn_of(frame, status) for status in Status} - {None} for frame in Frame}

    validators = {Role.VALIDATOR_1, Role.VALIDATOR_2}
    assert {frame for frame, roles in turns.items() if roles - validators} == TO_MOE | TO_MOA | TO_CONTRACTOR
    assert turns[Frame.A4] - validators == {Role.MOE, Role.MOA}
    assert turns[Frame.A17] - validators == {Role.MOA}
    assert turns[Frame.A20] - validators == {Role.SUPPLIER}
    assert turns[Frame.A22] - validators == {Role.MOA, Role.SUPPLIER}


@pytest.mark.parametrize("deadline", DEADLINES, ids=lambda deadline: deadline.code)
def test_every_deadline_runs_within_one_turn(deadline: Deadline) -> None:
    turns = {turn_of(frame, status) for frame in deadline.frames for status in deadline.statuses}

    assert len(turns) == 1
    assert turns != {None}


def test_no_step_within_a_turn_changes_its_deadline() -> None:
    """The machine's patience is set once, when the turn begins."""
    within = [
        (position, after)
        for position, afters in reachable().items()
        for after in afters
        if turn_of(position.frame, position.status) is turn_of(after.frame, after.status) is not None
        and position.status is not after.status
    ]

    assert within
    assert all(
        deadline_of(one.frame, one.status) is deadline_of(other.frame, other.status) for one, other in within
    )


def test_wait_asked_for_long_after_the_deadline_is_a_legal_one(stage: Stage, machines: Machines) -> None:
    machines.asked.clear()
    stage.bench.clock.advance(days=99)

    restart_wait(stage.ports, stage.head("A10"))

    assert machines.seconds[-1] == 1, "Step Functions takes no timeout of zero"


def test_wait_of_an_optional_step_has_no_deadline_to_apply(stage: Stage, machines: Machines) -> None:
    city = stage.ports.directory.structure(CITY)
    assert city is not None
    settings = replace(city.settings, validation_step=True)
    stage.ports.directory.replace_structure(replace(city, settings=settings), known=city)
    stage.deposit(a_sample("A1"))
    invoice, version = machines.asked[-1]
    stage.bench.clock.advance(days=16)

    assert expire_wait(stage.ports, InvoiceId(invoice), version) == ExpiredWait(
        "A_VALIDER_1", Leftover.NO_MACHINE
    )


def test_approval_enters_few_states() -> None:
    states = json.loads(ASL.read_text(encoding="utf-8"))["States"]

    assert 2 * len(states) <= MOST_TRANSITIONS, "both levels, each with every state entered once"
