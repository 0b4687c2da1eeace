"""Moving a tracked invoice along its lifecycle: each step gives a new head, a history row, an audit row.

Legality is asked of `choriste.domain.lifecycle`, nowhere else. After a person's step the platform's own
steps follow at once (routing, delivery), until somebody has to act.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from choriste.domain.head import AuditRow, InvoiceHead, StatusChange, audit_row
from choriste.domain.lifecycle import Decision, Position, Reason, Role, available, decide
from choriste.domain.lifecycle.deadlines import deadline_of, due_after

PLATFORM_STEPS = frozenset(
    {
        "pay-at-once",
        "route",
        "ask-validation",
        "ask-second-validation",
        "ask-step",
        "deliver",
        "pass-to-moa",
    }
)
"""The steps that the platform takes by itself; what else it may do follows from an event."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step, in which role: `account` for the audit, `name` for people."""

    role: Role
    account: str
    name: str


PLATFORM = Actor(Role.PLATFORM, "platform", "Choriste")
CLOCK = Actor(Role.CLOCK, "clock", "Choriste")


@dataclass(frozen=True, slots=True)
class Journey:
    """An invoice and the steps just taken from the version that was read."""

    head: InvoiceHead
    changes: tuple[StatusChange, ...] = ()
    audits: tuple[AuditRow, ...] = ()

    def then(self, decision: Decision, *, actor: Actor, at: dt.datetime) -> Journey:
        """Return the journey with one more step."""
        before, after, reason = self.head, decision.after, decision.reason
        change = StatusChange(
            invoice_id=before.id,
            version=before.version + 1,
            at=at,
            transition=decision.transition.name,
            before=before.status,
            after=after.status,
            role=actor.role,
            actor=actor.account,
            actor_name=actor.name,
            reason_code=reason.code if reason is not None else None,
            reason_text=reason.text if reason is not None else None,
        )
        audit = audit_row(change, previous=before.audit_hash)
        head = replace(
            before,
            version=change.version,
            status=after.status,
            status_at=at,
            reject_corrects=after.reject_corrects,
            reason_code=change.reason_code,
            reason_text=change.reason_text,
            audit_hash=audit.hash,
            due_at=due_after(decision.before, after, at=at, due=before.due_at),
        )
        return Journey(head, (*self.changes, change), (*self.audits, audit))

    def onward(self, *, at: dt.datetime) -> Journey:
        """Return the journey after all steps that the platform takes by itself."""
        journey = self
        while (name := next(_own_steps(journey.head), None)) is not None:
            decision = decide(position_of(journey.head), name=name, role=Role.PLATFORM)
            journey = journey.then(decision, actor=PLATFORM, at=at)
        return journey


def position_of(head: InvoiceHead) -> Position:
    """Return where an invoice stands, as the lifecycle asks it."""
    return Position(
        frame=head.frame,
        status=head.status,
        state_recipient=head.is_state,
        validation_step=head.validation_step,
        second_validator=head.validator_2 is not None,
        reject_corrects=head.reject_corrects,
        overdue=head.overdue,
    )


def take_step(
    head: InvoiceHead, *, action: str, actor: Actor, at: dt.datetime, reason: Reason | None = None
) -> Journey:
    """Take one step and those of the platform that follow; raises `TransitionRefusedError`."""
    decision = decide(position_of(head), name=action, role=actor.role, reason=reason)
    return Journey(head).then(decision, actor=actor, at=at).onward(at=at)


def let_deadline_pass(head: InvoiceHead, *, at: dt.datetime) -> Journey:
    """Take what follows when the deadline that runs has passed: the clock's step, or a right it opens.

    A deadline that only opens a right (replacing a general account that was not notified in time) changes
    no status: the head alone remembers it.
    """
    deadline = deadline_of(head.frame, head.status)
    if deadline is None:
        return Journey(head)
    if deadline.outcome is not None:
        return take_step(head, action=deadline.outcome, actor=CLOCK, at=at)
    return Journey(replace(head, version=head.version + 1, overdue=True, due_at=None))


def _own_steps(head: InvoiceHead) -> Iterator[str]:
    rows = available(position_of(head), Role.PLATFORM)
    return (row.name for row in rows if row.name in PLATFORM_STEPS)
