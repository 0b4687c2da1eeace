"""Moving a tracked invoice along its lifecycle: each step gives a new head, a history row, an audit row.

Legality is asked of `choriste.domain.lifecycle`, nowhere else. After a person's step the platform's own
steps follow at once (routing, delivery), until somebody has to act.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from choriste.domain.lifecycle import (
    Decision,
    Position,
    Reason,
    Role,
    Status,
    available,
    decide,
)
from choriste.domain.lifecycle.deadlines import Deadline, deadline_of, due_after, silence_note
from choriste.domain.shared.findings import Message
from choriste.domain.tracking.head import AuditRow, InvoiceHead, PartyReference, StatusChange, audit_row


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
    """An invoice as it was read, as it is now, and the steps taken in between.

    `before` has the version that must still be in force when the journey is saved.
    """

    before: InvoiceHead
    head: InvoiceHead
    changes: tuple[StatusChange, ...] = ()
    audits: tuple[AuditRow, ...] = ()

    @classmethod
    def begin(cls, head: InvoiceHead) -> Journey:
        """Return the journey of an invoice that nothing has happened to yet."""
        return cls(head, head)

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened: there is nothing to save."""
        return self.head.version == self.before.version

    def edited(self, head: InvoiceHead) -> Journey:
        """Return the journey with other fields of the head, which the next step or act will be saved with."""
        return replace(self, head=head)

    def revised(self, head: InvoiceHead) -> Journey:
        """Return the journey with other fields of the head, as a version without a row in the history."""
        return replace(self, head=replace(head, version=head.version + 1))

    def then(
        self, decision: Decision, *, actor: Actor, at: dt.datetime, note: Message | None = None
    ) -> Journey:
        """Return the journey with one more step, and what the platform says of it."""
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
            note=note,
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
            moe_available_at=before.moe_available_at or _moe_received(after.status, at),
        )
        return self._followed(head, change, audit)

    def with_act(self, act: str, *, actor: Actor, at: dt.datetime, text: str | None = None) -> Journey:
        """Return the journey with an act that leaves the status and its deadline alone."""
        before = self.head
        change = StatusChange(
            invoice_id=before.id,
            version=before.version + 1,
            at=at,
            transition=act,
            before=before.status,
            after=before.status,
            role=actor.role,
            actor=actor.account,
            actor_name=actor.name,
            text=text,
        )
        audit = audit_row(change, previous=before.audit_hash)
        head = replace(before, version=change.version, audit_hash=audit.hash)
        return self._followed(head, change, audit)

    def _followed(self, head: InvoiceHead, change: StatusChange, audit: AuditRow) -> Journey:
        return replace(self, head=head, changes=(*self.changes, change), audits=(*self.audits, audit))

    def take_step(
        self,
        *,
        action: str,
        actor: Actor,
        at: dt.datetime,
        reason: Reason | None = None,
        note: Message | None = None,
    ) -> Journey:
        """Return the journey after one step and those of the platform; raises `TransitionRefusedError`."""
        decision = decide(position_of(self.head), name=action, role=actor.role, reason=reason)
        return self.then(decision, actor=actor, at=at, note=note).onward(at=at)

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
        payment_unreported=head.payment_unreported,
    )


def party_of(head: InvoiceHead, role: Role) -> PartyReference | None:
    """Return who wears a role for an invoice, None when nobody was named.

    With the optional validation step on, the recipient's own structure validates
    (docs/reference/b2g-lifecycle.md#optional-validation).
    """
    step_validator = head.recipient if head.validation_step and head.validator_1 is None else None
    return {
        Role.SUPPLIER: head.supplier,
        Role.RECIPIENT: head.recipient,
        Role.VALIDATOR_1: head.validator_1 or step_validator,
        Role.VALIDATOR_2: head.validator_2,
        Role.MOE: head.moe,
        Role.MOA: head.moa,
    }.get(role)


def let_deadline_pass(head: InvoiceHead, *, at: dt.datetime) -> Journey:
    """Take what follows when the deadline that runs has passed: the clock's step, or a right it opens.

    A deadline that only opens a right (replacing a general account that was not notified in time) changes
    no status: the head alone remembers it.
    """
    deadline = deadline_of(head.frame, head.status)
    journey = Journey.begin(head)
    if deadline is None:
        return journey
    if deadline.outcome is not None:
        note = _silence(head, deadline)
        return journey.take_step(action=deadline.outcome, actor=CLOCK, at=at, note=note)
    return journey.revised(replace(head, overdue=True, due_at=None))


def _own_steps(head: InvoiceHead) -> Iterator[str]:
    rows = available(position_of(head), Role.PLATFORM)
    return (row.name for row in rows if row.is_automatic)


def _silence(head: InvoiceHead, deadline: Deadline) -> Message | None:
    """Return who let the deadline pass, by name and SIRET (docs/reference/waits.md#who-was-silent)."""
    party = party_of(head, deadline.silent)
    if party is None:
        return None
    return silence_note(deadline, name=party.name, identifier=party.identifier)


def _moe_received(status: Status, at: dt.datetime) -> dt.datetime | None:
    return at if status is Status.MISE_A_DISPOSITION_MOE else None
