"""Asking for access: what is stored, what is refused, and that asking twice is asking once."""

from __future__ import annotations

import datetime as dt

import pytest

from choriste.application.members.request_access import LONGEST_COMMENT, request_access
from choriste.application.operations.resume_overdue import resume_overdue
from choriste.application.operations.resume_stuck import list_stuck
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Habilitation, User
from choriste.domain.members.act import ActKind
from choriste.domain.members.request import EXPIRY, REMINDER, AccessRequest, RequestState
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from tests.builders.identity import a_member, a_right, a_user
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench

NEWCOMER = a_user("new", email="new@example.fr", name="Nour")


def _ask(
    bench: Bench,
    *rights: Habilitation,
    requester: User = NEWCOMER,
    structure: str = TOWN_HALL,
    service: str | None = None,
    comment: str = " Bonjour ",
) -> AccessRequest:
    return request_access(
        bench.ports,
        requester,
        structure=structure,
        service=service,
        rights=rights or (a_right(structure, service=service),),
        comment=comment,
    )


def test_request_waits_and_is_in_the_history() -> None:
    bench = a_bench()

    asked = _ask(bench, service="ECOLES")

    assert bench.ports.members.request(asked.id) == asked
    assert (asked.state, asked.joins, asked.comment) == (RequestState.WAITING, True, "Bonjour")
    (act,) = bench.ports.history.of_structure(TOWN_HALL, after=None, limit=9).rows
    assert (act.kind, act.actor, act.account) == (ActKind.ACCESS_REQUESTED, "new", "new")
    assert act.after == {"rights": "receive:consult:ECOLES", "comment": "Bonjour"}


def test_request_of_a_member_is_one_for_more_rights() -> None:
    member = a_user("m", memberships=(a_member(TOWN_HALL),))

    assert not _ask(a_bench(), requester=member).joins


def test_same_request_again_is_the_first() -> None:
    bench = a_bench()

    first, again, other = _ask(bench), _ask(bench), _ask(bench, service="ECOLES")

    assert again == first
    assert other.id != first.id


def test_request_is_due_for_its_reminder_and_then_for_its_end() -> None:
    bench = a_bench()
    asked = _ask(bench)
    later = bench.clock.now() + dt.timedelta(days=7)

    reminded = asked.reminded(later)

    assert asked.due_at == asked.requested_at + REMINDER
    assert reminded.due_at == asked.requested_at + EXPIRY
    assert reminded.expired(later).due_at is None


@pytest.mark.parametrize(
    ("structure", "service"), [("4711", None), ("1004", None), (TOWN_HALL, "FETES"), (TOWN_HALL, "X")]
)
def test_request_for_what_is_unknown_or_closed_is_not_found(structure: str, service: str | None) -> None:
    with pytest.raises(NotFoundError):
        _ask(a_bench(), structure=structure, service=service)


@pytest.mark.parametrize("right", [a_right(SUPPLIER), a_right(TOWN_HALL, service="ECOLES")])
def test_request_for_rights_elsewhere_is_refused(right: Habilitation) -> None:
    with pytest.raises(BadRequestError):
        _ask(a_bench(), right)


def test_request_without_rights_or_with_an_endless_comment_is_refused() -> None:
    bench = a_bench()

    with pytest.raises(BadRequestError):
        request_access(bench.ports, NEWCOMER, structure=TOWN_HALL, service=None, rights=(), comment="")
    with pytest.raises(BadRequestError):
        _ask(bench, comment="x" * (LONGEST_COMMENT + 1))
    assert bench.ports.members.requests_of("new") == ()


def test_request_is_reminded_of_once_and_then_expires() -> None:
    bench = a_bench()
    asked = _ask(bench)

    states = []
    for days in (6, 2, 1, 20, 2):
        bench.clock.advance(days=days)
        resume_overdue(bench.ports, at_once=False)
        now = bench.ports.members.request(asked.id)
        assert now is not None
        states.append((now.state, now.reminded_at is not None))

    waiting, expired = RequestState.WAITING, RequestState.EXPIRED
    assert states == [(waiting, False), *[(waiting, True)] * 3, (expired, True)]
    act = bench.ports.history.of_account("new", after=None, limit=1).rows[0]
    assert (act.kind, act.actor) == (ActKind.ACCESS_EXPIRED, "sweeper")


def test_request_waits_for_people_and_so_is_not_stuck() -> None:
    bench = a_bench()
    _ask(bench)
    bench.clock.advance(days=8)

    assert list_stuck(bench.ports, Principal.platform("tests")) == ()
