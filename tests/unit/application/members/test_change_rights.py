"""Rights are given and taken by who administers the place, never beyond what the giver holds."""

from __future__ import annotations

import pytest

from choriste.application.members.change_rights import (
    change_rights,
    duplicate_rights,
    reinstate_member,
    suspend_member,
)
from choriste.application.members.invite_member import Invitation, invite_member
from choriste.application.members.read_members import MemberFilter, list_members, read_member
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.user import Level, Space
from choriste.domain.members.act import ActKind
from choriste.domain.members.member import ManagerStaysError, MemberState
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from tests.builders.identity import a_right
from tests.builders.members import MANAGER, OTHER_MANAGER, SUPPLIER, TOWN_HALL, Hall, a_hall

RECEIVE = a_right(TOWN_HALL, Space.RECEIVE, Level.MODIFY)
SCHOOLS = a_right(TOWN_HALL, Space.RECEIVE, Level.CONSULT, "ECOLES")


def _listed(hall: Hall, reader: str, wanted: MemberFilter | None = None) -> list[str]:
    page = list_members(
        hall.ports, hall.who(reader), TOWN_HALL, wanted=wanted or MemberFilter(), after=None, limit=99
    )
    return [member.user.id for member in page.rows]


def test_manager_gives_and_takes_rights_and_the_history_says_so() -> None:
    hall = a_hall()

    change_rights(hall.ports, hall.who(MANAGER), TOWN_HALL, "clerk", rights={SCHOOLS})

    assert hall.user("clerk").rights == {SCHOOLS}
    act = hall.history.acts()[-1]
    assert (act.kind, act.actor, act.account) == (ActKind.RIGHTS_CHANGED, MANAGER, "clerk")
    assert (act.before["rights"], act.after["rights"]) == ("receive:modify", "receive:consult:ECOLES")


def test_rights_elsewhere_stay_and_are_not_shown() -> None:
    hall = a_hall()

    change_rights(hall.ports, hall.who(MANAGER), TOWN_HALL, "teacher", rights={RECEIVE})

    assert hall.user("teacher").rights == {RECEIVE, a_right(SUPPLIER)}
    assert read_member(hall.ports, hall.who(MANAGER), TOWN_HALL, "teacher").user.rights == {RECEIVE}


@pytest.mark.parametrize(
    ("giver", "rights"),
    [
        ("aide", {RECEIVE}),
        ("op1", {RECEIVE}),
        ("head", {a_right(TOWN_HALL, Space.WORKS, Level.CONSULT, "ECOLES")}),
        ("aide", {a_right(TOWN_HALL, Space.API, Level.CONSULT)}),
    ],
)
def test_nobody_gives_more_than_they_hold(giver: str, rights: set) -> None:  # type: ignore[type-arg]
    hall = a_hall()

    with pytest.raises(ForbiddenError):
        change_rights(hall.ports, hall.who(giver), TOWN_HALL, "teacher", rights=rights)

    assert hall.history.acts() == ()


def test_one_who_administers_a_service_leaves_all_other_rights() -> None:
    hall = a_hall()
    both = {SCHOOLS, a_right(TOWN_HALL, Space.RECEIVE, Level.MODIFY, "SERVICE-TECHNIQUE")}
    change_rights(hall.ports, hall.who(MANAGER), TOWN_HALL, "teacher", rights=both)

    change_rights(hall.ports, hall.who("head"), TOWN_HALL, "teacher", rights=())

    assert SCHOOLS not in hall.user("teacher").rights
    assert hall.user("teacher").rights >= both - {SCHOOLS}


@pytest.mark.parametrize("rights", [{RECEIVE}, {a_right(TOWN_HALL, service="SERVICE-TECHNIQUE")}])
def test_one_who_administers_a_service_gives_nothing_beyond_it(rights: set) -> None:  # type: ignore[type-arg]
    hall = a_hall()

    with pytest.raises((BadRequestError, ForbiddenError)):
        change_rights(hall.ports, hall.who("head"), TOWN_HALL, "teacher", rights=rights)


@pytest.mark.parametrize("right", [a_right(SUPPLIER), a_right(TOWN_HALL, service="NOWHERE")])
def test_rights_are_on_the_structure_and_its_services(right: object) -> None:
    hall = a_hall()

    with pytest.raises(BadRequestError):
        change_rights(hall.ports, hall.who(MANAGER), TOWN_HALL, "clerk", rights=[right])  # type: ignore[list-item]


def test_two_managers_at_once_do_not_overwrite_each_other() -> None:
    hall = a_hall()
    read = hall.version("clerk")
    change_rights(hall.ports, hall.who(MANAGER), TOWN_HALL, "clerk", rights=(), version=read)

    with pytest.raises(StaleRecordError):
        change_rights(hall.ports, hall.who("aide"), TOWN_HALL, "clerk", rights=[SCHOOLS], version=read)

    assert hall.user("clerk").rights == frozenset()


@pytest.mark.parametrize("stranger", [OTHER_MANAGER, "outsider", "clerk", "teacher", "pupil"])
def test_structure_of_others_does_not_exist(stranger: str) -> None:
    hall = a_hall()
    who = hall.who(stranger)

    for structure in (TOWN_HALL, "4711"):
        for attempt in (
            lambda s: list_members(hall.ports, who, s, wanted=MemberFilter(), after=None, limit=9),
            lambda s: read_member(hall.ports, who, s, "clerk"),
            lambda s: change_rights(hall.ports, who, s, "clerk", rights=()),
            lambda s: duplicate_rights(hall.ports, who, s, "pupil", source="clerk"),
            lambda s: suspend_member(hall.ports, who, s, "clerk"),
            lambda s: invite_member(
                hall.ports, hall.access, who, s, Invitation(email="a@example.fr", name="A")
            ),
        ):
            with pytest.raises(NotFoundError):
                attempt(structure)
    assert hall.history.acts() == ()
    assert hall.mailer.sent == []


@pytest.mark.parametrize("user", [OTHER_MANAGER, "outsider", "op1", "nobody"])
def test_users_of_others_do_not_exist(user: str) -> None:
    hall = a_hall()

    with pytest.raises(NotFoundError):
        change_rights(hall.ports, hall.who(MANAGER), TOWN_HALL, user, rights=[SCHOOLS])


def test_rights_are_duplicated_on_top_of_ones_own() -> None:
    hall = a_hall()
    change_rights(hall.ports, hall.who(MANAGER), TOWN_HALL, "pupil", rights=[a_right(TOWN_HALL, Space.WORKS)])
    hall.clock.advance(seconds=1)

    duplicate_rights(hall.ports, hall.who(MANAGER), TOWN_HALL, "pupil", source="clerk")

    assert hall.user("pupil").rights == {RECEIVE, a_right(TOWN_HALL, Space.WORKS)}
    assert hall.history.acts()[-1].after["source"] == "Clerk"


def test_rights_of_the_manager_are_duplicated_as_every_right() -> None:
    hall = a_hall()

    duplicate_rights(hall.ports, hall.who(MANAGER), TOWN_HALL, "pupil", source=MANAGER)

    assert {right.space for right in hall.user("pupil").rights} == set(Space)
    with pytest.raises(ForbiddenError):
        duplicate_rights(hall.ports, hall.who("aide"), TOWN_HALL, "clerk", source=MANAGER)


def test_suspended_user_has_no_rights_there_until_they_count_again() -> None:
    hall = a_hall()

    suspend_member(hall.ports, hall.who("aide"), TOWN_HALL, "teacher")
    suspended = hall.who("teacher")
    hall.clock.advance(seconds=1)
    with pytest.raises(ForbiddenError):
        duplicate_rights(hall.ports, hall.who("aide"), TOWN_HALL, "pupil", source="clerk")
    reinstate_member(hall.ports, hall.who("aide"), TOWN_HALL, "teacher")

    assert suspended.rights == {a_right(SUPPLIER)}
    assert hall.who("teacher").rights == {SCHOOLS, a_right(SUPPLIER)}
    assert [act.kind for act in hall.history.acts()] == [ActKind.USER_DEACTIVATED, ActKind.USER_REACTIVATED]


def test_manager_is_not_suspended() -> None:
    hall = a_hall()

    with pytest.raises(ManagerStaysError):
        suspend_member(hall.ports, hall.who("aide"), TOWN_HALL, MANAGER)


def test_users_are_listed_as_far_as_the_reader_administers() -> None:
    hall = a_hall()

    assert _listed(hall, MANAGER) == ["aide", "clerk", MANAGER, "head", "pupil", "teacher"]
    assert _listed(hall, "op1") == _listed(hall, MANAGER)
    assert _listed(hall, "head") == ["head", "teacher"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (MemberFilter(text="CLER"), ["clerk"]),
        (MemberFilter(text="example.fr teach"), ["teacher"]),
        (MemberFilter(state=MemberState.SUSPENDED), ["pupil"]),
        (MemberFilter(space=Space.ORGANISATION), ["aide", MANAGER, "head"]),
    ],
)
def test_list_is_filtered(wanted: MemberFilter, found: list[str]) -> None:
    hall = a_hall()
    suspend_member(hall.ports, hall.who(MANAGER), TOWN_HALL, "pupil")

    assert _listed(hall, MANAGER, wanted) == found


def test_list_comes_in_pages() -> None:
    hall = a_hall()
    pages: list[list[str]] = []
    after: str | None = None

    while not pages or after:
        page = list_members(
            hall.ports, hall.who(MANAGER), TOWN_HALL, wanted=MemberFilter(), after=after, limit=2
        )
        pages.append([member.user.id for member in page.rows])
        after = page.after

    assert pages == [["aide", "clerk"], [MANAGER, "head"], ["pupil", "teacher"]]


def test_new_address_is_invited_with_rights() -> None:
    hall = a_hall()
    invitation = Invitation(email=" New@Example.fr ", name="Nour  Diallo", rights=frozenset({SCHOOLS}))

    user = invite_member(hall.ports, hall.access, hall.who("aide"), TOWN_HALL, invitation)

    assert (user.email, user.name) == ("new@example.fr", "Nour Diallo")
    assert user.rights == {SCHOOLS}
    assert hall.user(user.id) == user
    assert [mail.to for mail in hall.mailer.sent] == ["new@example.fr"]
    assert hall.history.acts()[-1].kind is ActKind.USER_INVITED


def test_known_address_joins_with_its_own_account() -> None:
    hall = a_hall()
    invitation = Invitation(email="outsider@example.fr", name="X", rights=frozenset({SCHOOLS}))

    user = invite_member(hall.ports, hall.access, hall.who(MANAGER), TOWN_HALL, invitation)

    assert (user.id, user.name) == ("outsider", "Outsider")
    assert hall.who("outsider").attached == {TOWN_HALL}
    assert [mail.to for mail in hall.mailer.sent] == ["outsider@example.fr"]


@pytest.mark.parametrize(
    ("inviter", "changes", "error"),
    [
        (MANAGER, {"email": "not an address"}, BadRequestError),
        (MANAGER, {"email": "a@example.fr\r\nBcc: b@example.fr"}, BadRequestError),
        (MANAGER, {"name": " "}, BadRequestError),
        (MANAGER, {"rights": frozenset({a_right(SUPPLIER)})}, BadRequestError),
        ("aide", {"rights": frozenset({RECEIVE})}, ForbiddenError),
        ("head", {}, ForbiddenError),
    ],
)
def test_invitation_is_refused(inviter: str, changes: dict[str, object], error: type[Exception]) -> None:
    hall = a_hall()
    values: dict[str, object] = {"email": "a@example.fr", "name": "A", **changes}

    with pytest.raises(error):
        invite_member(hall.ports, hall.access, hall.who(inviter), TOWN_HALL, Invitation(**values))  # type: ignore[arg-type]

    assert hall.mailer.sent == []
    assert hall.ports.accounts.user_by_email("a@example.fr") is None
