"""Whatever is done in a structure: while it is active and has members, it has exactly one primary manager."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from choriste.application.members.change_rights import change_rights, reinstate_member, suspend_member
from choriste.application.members.decide_request import approve_request, refuse_request
from choriste.application.members.invite_member import Invitation, invite_member
from choriste.application.members.merge_structures import merge_structures
from choriste.application.members.request_access import request_access
from choriste.application.members.transfer_role import (
    accept_transfer,
    confirm_transfer,
    end_transfer,
    offer_transfer,
    propose_transfer,
)
from choriste.application.operations.resume_overdue import resume_overdue
from choriste.domain.access.user import StructureRole
from choriste.domain.members.merger import WHOLE
from choriste.domain.members.seats import seats_passed
from choriste.domain.shared.errors import BrokenInvariantError, ChoristeError
from tests.builders.identity import a_member, a_right, a_user
from tests.builders.members import MANAGER, OTHER_MANAGER, SUPPLIER, TOWN_HALL, Hall, a_hall
from tests.fakes.members import every_user

PEOPLE = [MANAGER, OTHER_MANAGER, "clerk", "pupil", "head", "aide", "teacher", "outsider", "op1", "op2"]
ACTS = [
    "suspend",
    "reinstate",
    "empty",
    "invite",
    "ask",
    "approve",
    "refuse",
    "offer",
    "accept",
    "propose",
    "confirm",
    "end",
    "wait",
    "merge",
]

steps = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
        st.sampled_from([TOWN_HALL, SUPPLIER]),
    ),
    max_size=25,
)


def _do(hall: Hall, act: str, by: str, on: str, where: str) -> None:  # noqa: C901, PLR0912 - one line an act
    ports, who = hall.ports, hall.who(by)
    match act:
        case "suspend":
            suspend_member(ports, who, where, on)
        case "reinstate":
            reinstate_member(ports, who, where, on)
        case "empty":
            change_rights(ports, who, where, on, rights=())
        case "invite":
            invite_member(ports, hall.access, who, where, Invitation(email=hall.user(on).email, name=on))
        case "ask":
            request_access(
                ports, hall.user(by), structure=where, service=None, rights=[a_right(where)], comment=""
            )
        case "approve" | "refuse":
            for request in ports.members.waiting(where, None):
                if act == "approve":
                    approve_request(ports, who, request)
                else:
                    refuse_request(ports, who, request, reason="Non.")
        case "offer":
            offer_transfer(ports, who, where, receiver=on)
        case "accept":
            accept_transfer(ports, who, where)
        case "propose":
            propose_transfer(ports, who, where, receiver=on, reason="Parti.")
        case "confirm":
            confirm_transfer(ports, who, where)
        case "end":
            end_transfer(ports, who, where)
        case "wait":
            hall.clock.advance(days=8)
            resume_overdue(ports, at_once=False)
        case "merge":
            other = SUPPLIER if where == TOWN_HALL else TOWN_HALL
            merge_structures(ports, who, where, other, services={WHOLE: WHOLE})


def _managers(hall: Hall, structure: str) -> list[str]:
    return [user.id for user in every_user(hall.members, structure) if user.manages(structure)]


@settings(max_examples=150, deadline=None)
@given(steps)
def test_active_structure_with_members_has_exactly_one_manager(done: list[tuple[str, str, str, str]]) -> None:
    hall = a_hall()

    for step in done:
        with suppress(ChoristeError):
            _do(hall, *step)

        for structure in (TOWN_HALL, SUPPLIER):
            managers = _managers(hall, structure)
            assert len(managers) == 1, (step, structure)
            assert hall.who(managers[0]).managed >= {structure}, "a manager's rights count"


MANAGES = (a_member(role=StructureRole.PRIMARY_MANAGER),)


def test_seat_that_nobody_takes_is_not_left() -> None:
    with pytest.raises(BrokenInvariantError):
        seats_passed([(a_user(memberships=MANAGES), a_user(memberships=(a_member(),)))])


def test_seat_is_not_taken_by_two() -> None:
    one, two = a_user("u1"), a_user("u2")

    with pytest.raises(BrokenInvariantError):
        seats_passed([(one, a_user("u1", memberships=MANAGES)), (two, a_user("u2", memberships=MANAGES))])
