"""Tell whose turn it is: who must act next on an invoice, by when, and what follows if nobody does."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from choriste.domain.lifecycle import Role
from choriste.domain.lifecycle.deadlines import deadline_of
from choriste.domain.lifecycle.labels import Kind, label
from choriste.domain.lifecycle.next_actor import expected_actors
from choriste.domain.shared.findings import Message
from choriste.domain.tracking.head import InvoiceHead, PartyReference
from choriste.domain.tracking.journey import party_of, position_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NextActors:
    """Who is expected: each role with its party (None for the platform, or where nobody was named).

    `due_at` and `deadline` tell the legal delay that runs, if one does. `outcome` is the transition that the
    clock takes when it ends, `opens` the one that becomes possible then.
    """

    actors: tuple[tuple[Role, PartyReference | None], ...] = ()
    due_at: dt.datetime | None = None
    deadline: Message | None = None
    outcome: str | None = None
    opens: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody owes anything any more."""
        return not self.actors

    @property
    def is_platforms(self) -> bool:
        """Whether the platform alone is expected: people have nothing to do."""
        return bool(self.actors) and all(role is Role.PLATFORM for role, _ in self.actors)


def next_actors(head: InvoiceHead) -> NextActors:
    """Return whose turn it is on an invoice."""
    roles = sorted(expected_actors(position_of(head)))
    actors = tuple((role, party_of(head, role)) for role in roles)
    running = deadline_of(head.frame, head.status)
    if running is None:
        return NextActors(actors=actors)
    return NextActors(
        actors=actors,
        due_at=head.due_at,
        deadline=label(Kind.DEADLINE, running.code),
        outcome=running.outcome,
        opens=running.opens,
    )
