"""No dead end, no illegal jump, whatever the actors and the clock do and in whatever order they do it."""

from __future__ import annotations

import datetime as dt

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from choriste.domain.lifecycle import (
    ACTIONS,
    REFUSED,
    Origin,
    Position,
    Reason,
    ReasonCode,
    Role,
    Status,
    TransitionRefusedError,
    available,
    decide,
    open_transitions,
)
from choriste.domain.lifecycle.deadlines import deadline_of, due_after
from choriste.domain.lifecycle.editing import needs_new_number
from choriste.domain.lifecycle.next_actor import expected_actors, is_ended
from choriste.domain.lifecycle.transitions import transitions_from
from tests.builders.lifecycle import beginnings

START = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
_PAYMENT = [
    Status.SERVICE_FAIT,
    Status.MANDATEE,
    Status.MISE_A_DISPOSITION_COMPTABLE,
    Status.COMPTABILISEE,
    Status.MISE_EN_PAIEMENT,
]


class Interleaving(RuleBasedStateMachine):
    """One invoice, any actor asking for anything at any time, and a sweeper that may come late."""

    def __init__(self) -> None:
        super().__init__()
        self.position = next(iter(beginnings()))
        self.now = START
        self.due: dt.datetime | None = None
        self.trail: list[Status] = []

    @initialize(position=st.sampled_from(beginnings()))
    def begin(self, position: Position) -> None:
        self.position = position
        self.trail = [position.status]

    @rule(
        name=st.sampled_from(sorted(ACTIONS)),
        role=st.sampled_from(list(Role)),
        code=st.one_of(st.none(), st.sampled_from(list(ReasonCode))),
        text=st.sampled_from(["", "motif", "x" * 301]),
    )
    def ask_for_anything(self, name: str, role: Role, code: ReasonCode | None, text: str) -> None:
        self._attempt(name, role, Reason(code, text) if code else None)

    @precondition(lambda self: bool(open_transitions(self.position)))
    @rule(choice=st.data())
    def do_something_legal(self, choice: st.DataObject) -> None:
        row = choice.draw(st.sampled_from(open_transitions(self.position)))
        role = choice.draw(st.sampled_from(sorted(row.roles)))
        codes = sorted(row.reason.codes_for(self.position.frame))
        reason = Reason(choice.draw(st.sampled_from(codes)), "motif") if codes else None
        self._attempt(row.name, role, reason)

    @rule(days=st.integers(min_value=1, max_value=40))
    def let_days_pass(self, days: int) -> None:
        self.now += dt.timedelta(days=days)

    @precondition(lambda self: self.due is not None and self.due <= self.now)
    @rule()
    def sweep(self) -> None:
        deadline = deadline_of(self.position.frame, self.position.status)
        assert deadline is not None
        if deadline.outcome:
            self._attempt(deadline.outcome, Role.CLOCK, None)
        else:
            self.due = None

    @precondition(lambda self: Role.PLATFORM in expected_actors(self.position))
    @rule()
    def platform_goes_on(self) -> None:
        names = [row.name for row in available(self.position, Role.PLATFORM) if row.is_automatic]
        assert len(names) == 1, "the platform must never have to choose"
        self._attempt(names[0], Role.PLATFORM, None)

    def _attempt(self, name: str, role: Role, reason: Reason | None) -> None:
        before = self.position
        try:
            decision = decide(before, name=name, role=role, reason=reason)
        except TransitionRefusedError:
            assert self.position == before
            return
        rows = transitions_from(before.frame, before.status)
        assert any(
            row.name == decision.transition.name and role in row.roles and row.target is decision.after.status
            for row in rows
        )
        self.due = due_after(before, decision.after, at=self.now, due=self.due)
        self.position = decision.after
        self.trail.append(decision.after.status)

    @invariant()
    def somebody_is_expected_until_the_end(self) -> None:
        assert is_ended(self.position) != bool(expected_actors(self.position))

    @invariant()
    def a_running_deadline_has_a_date_in_the_future_of_its_start(self) -> None:
        running = deadline_of(self.position.frame, self.position.status)
        if self.due is not None:
            assert running is not None
            assert self.due <= self.now + dt.timedelta(days=running.days)

    @invariant()
    def an_invoice_refused_for_good_never_moves_on_to_payment(self) -> None:
        for earlier, later in zip(self.trail, self.trail[1:], strict=False):
            if earlier in REFUSED and later is not Status.DUPLIQUE_APRES_REFUS:
                assert earlier is Status.REJETEE
                assert later is Status.EN_COURS_ACHEMINEMENT
                assert self.position.state_recipient

    @invariant()
    def treatment_only_goes_forward_between_two_availabilities(self) -> None:
        rank = -1
        for status in self.trail:
            if status in _PAYMENT:
                assert _PAYMENT.index(status) > rank
                rank = _PAYMENT.index(status)
            elif status in {Status.MISE_A_DISPOSITION, Status.SUSPENDUE, Status.COMPLETEE}:
                rank = -1

    @invariant()
    def a_new_number_is_asked_only_of_the_refused(self) -> None:
        assert not needs_new_number(self.position) or self.position.status in REFUSED


TestInterleavings = Interleaving.TestCase
TestInterleavings.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)


def test_every_beginning_is_drawn_from_each_origin() -> None:
    assert len(beginnings()) % len(Origin) == 0
