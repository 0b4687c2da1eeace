"""What comes next: the one step that an actor should take first, and the steps that cannot be taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from choriste.domain.lifecycle.next_actor import expected_actors, is_ended
from choriste.domain.lifecycle.position import Position, available
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import ENDED
from choriste.domain.lifecycle.transitions import Transition


def next_step(position: Position, roles: Collection[Role]) -> Transition | None:
    """Return the step that comes first in the table for roles whose turn it is; None where it is not.

    The rows of a status stand in the table in the order of the work, setbacks and the giving up last.
    """
    expected = expected_actors(position)
    rows = (row for role in roles if role in expected for row in available(position, role))
    return next(rows, None)


def is_final(position: Position, row: Transition) -> bool:
    """Say whether nobody can take a step back: the invoice is over after it, well or badly."""
    return row.target in ENDED or is_ended(replace(position, status=row.target))
