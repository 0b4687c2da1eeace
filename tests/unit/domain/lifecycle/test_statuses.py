"""The table of statuses: complete, and in agreement with the table of transitions."""

from __future__ import annotations

from choriste.domain.lifecycle import ENDED, TRANSITIONS, Position, Status, available
from choriste.domain.lifecycle.next_actor import holders
from choriste.domain.lifecycle.statuses import STATUSES, Phase, in_phase
from tests.builders.lifecycle import reachable
from tests.derived.coverage import UNREACHED


def test_table_has_one_row_for_each_status_in_the_official_order() -> None:
    assert list(STATUSES) == list(Status)


def test_statuses_that_nothing_reaches_are_marked_unused_and_explained() -> None:
    reached = {position.status for position in reachable()}

    assert set(Status) - reached == in_phase(Phase.UNUSED) == set(UNREACHED)


def test_status_without_an_actor_is_one_that_ended_or_is_unused() -> None:
    idle = {status for status, row in STATUSES.items() if row.actor is None}

    assert idle <= ENDED | in_phase(Phase.UNUSED)


def test_holder_of_a_status_may_take_a_step_there() -> None:
    idle = [position for position in reachable() if position.status not in ENDED and not _may_step(position)]

    assert idle == []


def _may_step(position: Position) -> bool:
    return any(available(position, role) for role in holders(position.frame, position.status))


def test_correction_that_carries_a_party_says_whom_it_renames() -> None:
    assert all((row.carries == "party") == (row.renames is not None) for row in TRANSITIONS)


def test_ranks_of_the_treatment_are_a_sequence() -> None:
    ranks = sorted(row.rank for row in STATUSES.values() if row.rank is not None)

    assert ranks == list(range(1, len(ranks) + 1))
