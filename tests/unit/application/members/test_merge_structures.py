"""A merger moves people and their rights, closes what is absorbed, and goes on where it was killed."""

from __future__ import annotations

import pytest

from choriste.application.members.merge_structures import (
    merge_structures,
    plan_merger,
    read_merger,
)
from choriste.application.members.ports import Change
from choriste.application.members.transfer_role import offer_transfer
from choriste.application.operations.resume_overdue import resume_overdue
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level, Space
from choriste.domain.members.merger import WHOLE, Merger, MergerState
from choriste.domain.members.transfer import TransferOpenError
from choriste.domain.parties.structure import ClosingReason
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from tests.builders.identity import a_right
from tests.builders.members import MANAGER, OTHER_MANAGER, SUPPLIER, TOWN_HALL, Hall, a_hall

MAP = {"ECOLES": WHOLE, "SERVICE-TECHNIQUE": WHOLE}
"""The town hall goes into the supplier, which has no services; rights on the whole are not carried."""


class KilledError(Exception):
    """The process ended here."""


def _merge(hall: Hall, who: str = "op1", services: dict[str, str] | None = None) -> Merger:
    mapped = MAP if services is None else services
    return merge_structures(hall.ports, hall.who(who), TOWN_HALL, SUPPLIER, services=mapped)


def _people(hall: Hall) -> dict[str, object]:
    ids = ("clerk", "pupil", "head", "aide", "teacher", MANAGER, OTHER_MANAGER)
    return {user: (hall.user(user).memberships, hall.user(user).rights) for user in ids}


def test_plan_says_what_would_be_and_writes_nothing() -> None:
    hall = a_hall()
    before = _people(hall)

    plan = plan_merger(hall.ports, hall.who("op1"), TOWN_HALL, SUPPLIER, services=MAP)

    assert {user.id for user, _ in plan.moves} >= {"clerk", "teacher", MANAGER, OTHER_MANAGER}
    assert _people(hall) == before
    assert hall.history.acts() == ()
    assert hall.members.merger(TOWN_HALL) is None


def test_merger_does_what_its_plan_said() -> None:
    hall = a_hall()
    plan = plan_merger(hall.ports, hall.who("op1"), TOWN_HALL, SUPPLIER, services=MAP)

    merger = _merge(hall)

    assert merger.state is MergerState.DONE
    assert [hall.user(after.id) for _, after in plan.moves] == [after for _, after in plan.moves]


def test_absorbed_structure_is_closed_and_its_seat_is_the_other_managers() -> None:
    hall = a_hall()

    _merge(hall)

    closed = hall.ports.directory.structure(TOWN_HALL)
    assert closed is not None
    assert closed.closing is not None
    assert (closed.active, closed.closing.reason) == (False, ClosingReason.MERGED)
    assert hall.members.manager_of(TOWN_HALL) == hall.members.manager_of(SUPPLIER) == OTHER_MANAGER
    assert hall.who(MANAGER).managed == frozenset()
    assert hall.who(MANAGER).attached == {SUPPLIER}


def test_rights_go_where_the_map_says_and_read_what_was_left_behind() -> None:
    hall = a_hall()

    _merge(hall, services={"ECOLES": WHOLE, WHOLE: WHOLE})

    clerk = hall.who("clerk")
    assert clerk.rights == {
        a_right(SUPPLIER, Space.RECEIVE, Level.MODIFY),
        a_right(TOWN_HALL, Space.RECEIVE, Level.MODIFY),
    }
    assert hall.who("pupil").rights == frozenset()
    assert a_right(SUPPLIER, Space.ORGANISATION, Level.MODIFY) in hall.who("aide").rights
    left = {right.space for right in hall.who("aide").rights if right.structure == TOWN_HALL}
    assert left == {Space.RECEIVE}


def test_what_the_map_leaves_out_gives_no_right() -> None:
    hall = a_hall()

    _merge(hall, services={})

    assert hall.who("clerk").rights == frozenset()
    assert hall.who("clerk").attached == {SUPPLIER}


@pytest.mark.parametrize("dies_at", range(1, 9))
def test_merger_that_is_killed_anywhere_ends_the_same(dies_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, hall = a_hall(), a_hall()
    _merge(whole)
    save, writes = hall.members.save, 0

    def dying(change: Change) -> None:
        nonlocal writes
        writes += 1
        if writes == dies_at:
            raise KilledError
        save(change)

    monkeypatch.setattr(type(hall.members), "save", lambda _, change: dying(change))
    with pytest.raises(KilledError):
        _merge(hall)
    monkeypatch.setattr(type(hall.members), "save", lambda _, change: save(change))
    if hall.members.merger(TOWN_HALL) is None:
        _merge(hall)
    hall.clock.advance(minutes=5)
    resume_overdue(hall.ports, at_once=False)

    assert _people(hall) == _people(whole)
    merger = hall.members.merger(TOWN_HALL)
    assert merger is not None
    assert (merger.state, merger.due_at) == (MergerState.DONE, None)


def test_merger_that_is_done_does_nothing_again() -> None:
    hall = a_hall()
    _merge(hall)
    acts, people = hall.history.acts(), _people(hall)

    again = _merge(hall)

    assert again.state is MergerState.DONE
    assert (hall.history.acts(), _people(hall)) == (acts, people)


@pytest.mark.parametrize("services", [{"NOWHERE": WHOLE}, {"ECOLES": "NOWHERE"}])
def test_map_to_nowhere_is_refused(services: dict[str, str]) -> None:
    hall = a_hall()

    with pytest.raises(BadRequestError):
        _merge(hall, services=services)


def test_structure_is_not_merged_into_itself_nor_into_one_without_manager() -> None:
    hall = a_hall()

    with pytest.raises(BadRequestError):
        plan_merger(hall.ports, hall.who("op1"), SUPPLIER, SUPPLIER, services={})
    with pytest.raises(NotFoundError):
        plan_merger(hall.ports, hall.who("op1"), SUPPLIER, "1004", services={})


def test_merger_waits_for_a_role_that_is_on_its_way() -> None:
    hall = a_hall()
    offer_transfer(hall.ports, hall.who(MANAGER), TOWN_HALL, receiver="clerk")

    with pytest.raises(TransferOpenError):
        _merge(hall)


@pytest.mark.parametrize("who", [MANAGER, OTHER_MANAGER, "aide", "outsider"])
def test_managers_of_one_structure_only_do_not_merge(who: str) -> None:
    hall = a_hall()

    for attempt in (
        lambda: plan_merger(hall.ports, hall.who(who), TOWN_HALL, SUPPLIER, services=MAP),
        lambda: _merge(hall, who),
        lambda: read_merger(hall.ports, hall.who(who), TOWN_HALL),
    ):
        with pytest.raises((ForbiddenError, NotFoundError)):
            attempt()
    assert hall.history.acts() == ()


def test_manager_of_both_merges() -> None:
    hall = a_hall()
    both = Principal(
        kind=hall.who(MANAGER).kind,
        id="both",
        name="Both",
        managed=frozenset({TOWN_HALL, SUPPLIER}),  # type: ignore[arg-type]
    )

    merge_structures(hall.ports, both, TOWN_HALL, SUPPLIER, services=MAP)

    assert read_merger(hall.ports, both, TOWN_HALL).state is MergerState.DONE
