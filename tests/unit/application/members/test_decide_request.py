"""Requests are decided by who administers their structure or service, and nobody else learns of them."""

from __future__ import annotations

import pytest

from choriste.application.members.change_rights import suspend_member
from choriste.application.members.decide_request import (
    approve_request,
    count_waiting,
    list_closed,
    list_own,
    list_waiting,
    read_request,
    refuse_request,
)
from choriste.application.members.request_access import request_access
from choriste.application.operations.resume_overdue import resume_overdue
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.user import Level, Space
from choriste.domain.members.act import ActKind
from choriste.domain.members.request import AccessRequest, RequestClosedError, RequestState
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from tests.builders.identity import a_right
from tests.builders.members import MANAGER, OTHER_MANAGER, TOWN_HALL, Hall, a_hall

MODIFY = Level.MODIFY


def _ask(hall: Hall, service: str | None = None, level: Level = Level.CONSULT) -> AccessRequest:
    return request_access(
        hall.ports,
        hall.user("outsider"),
        structure=TOWN_HALL,
        service=service,
        rights=[a_right(TOWN_HALL, Space.RECEIVE, level, service)],
        comment="Bonjour",
    )


def test_requests_are_seen_apart_by_structure_and_service() -> None:
    hall = a_hall()
    whole, schools, roads = _ask(hall), _ask(hall, "ECOLES"), _ask(hall, "SERVICE-TECHNIQUE")

    def waiting(who: str) -> set[str]:
        listed: set[str] = {request.id for request in list_waiting(hall.ports, hall.who(who))}
        assert count_waiting(hall.ports, hall.who(who)) == len(listed)
        return listed

    assert waiting(MANAGER) == waiting("aide") == {whole.id, schools.id, roads.id}
    assert waiting("head") == {schools.id}
    for nobody in ("clerk", "pupil", "teacher", "outsider", OTHER_MANAGER):
        assert waiting(nobody) == set()


@pytest.mark.parametrize("stranger", ["head", "clerk", "teacher", OTHER_MANAGER])
def test_request_for_the_whole_structure_does_not_exist_for_others(stranger: str) -> None:
    hall = a_hall()
    request, who = _ask(hall), hall.who(stranger)

    for attempt in (
        lambda: read_request(hall.ports, who, request.id),
        lambda: approve_request(hall.ports, who, request.id),
        lambda: refuse_request(hall.ports, who, request.id, reason="Non."),
        lambda: list_closed(hall.ports, who, TOWN_HALL, None, after=None, limit=9),
    ):
        with pytest.raises(NotFoundError):
            attempt()


def test_requester_reads_the_own_request_and_does_not_decide_it() -> None:
    hall = a_hall()
    request, who = _ask(hall), hall.who("outsider")

    assert read_request(hall.ports, who, request.id) == request
    assert list_own(hall.ports, who) == (request,)
    with pytest.raises(NotFoundError):
        approve_request(hall.ports, who, request.id)


def test_those_who_can_decide_are_mailed_and_nobody_else() -> None:
    hall = a_hall()

    _ask(hall, "ECOLES")
    suspend_member(hall.ports, hall.who(MANAGER), TOWN_HALL, "aide")
    _ask(hall)

    mailed = [mail.to for mail in hall.mailer.sent]
    assert mailed == ["aide@example.fr", MANAGER, "head@example.fr", MANAGER]


def test_approval_opens_the_rights_at_once_and_is_told() -> None:
    hall = a_hall()
    request = _ask(hall, "ECOLES")
    hall.mailer.sent.clear()
    hall.clock.advance(seconds=1)

    approved = approve_request(hall.ports, hall.who("head"), request.id)

    assert (approved.state, approved.decider_name) == (RequestState.APPROVED, "Head")
    assert hall.who("outsider").rights == request.rights
    assert hall.who("outsider").attached == {TOWN_HALL}
    assert [mail.to for mail in hall.mailer.sent] == ["outsider@example.fr"]
    assert hall.history.acts()[-1].kind is ActKind.ACCESS_GIVEN
    assert list_waiting(hall.ports, hall.who(MANAGER)) == ()
    page = list_closed(hall.ports, hall.who("head"), TOWN_HALL, "ECOLES", after=None, limit=9)
    assert page.rows == (approved,)


def test_refusal_has_a_reason_and_is_told() -> None:
    hall = a_hall()
    request = _ask(hall)

    with pytest.raises(BadRequestError):
        refuse_request(hall.ports, hall.who(MANAGER), request.id, reason=" ")
    refused = refuse_request(hall.ports, hall.who(MANAGER), request.id, reason="Pas de contrat.")

    assert (refused.state, refused.reason) == (RequestState.REFUSED, "Pas de contrat.")
    assert "Pas de contrat." in hall.mailer.sent[-1].text
    assert hall.who("outsider").rights == frozenset()


def test_nobody_approves_more_than_they_hold() -> None:
    hall = a_hall()
    request = _ask(hall, level=MODIFY)

    with pytest.raises(ForbiddenError):
        approve_request(hall.ports, hall.who("aide"), request.id)

    assert read_request(hall.ports, hall.who("aide"), request.id).state is RequestState.WAITING


def test_request_is_decided_once() -> None:
    hall = a_hall()
    request = _ask(hall)
    approve_request(hall.ports, hall.who(MANAGER), request.id)

    with pytest.raises(RequestClosedError):
        refuse_request(hall.ports, hall.who("aide"), request.id, reason="Non.")


def test_decision_at_the_same_time_as_another_one_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = a_hall()
    request = _ask(hall)
    manager, aide, read = hall.who(MANAGER), hall.who("aide"), hall.members.request
    monkeypatch.setattr(hall.members, "request", lambda _: request)
    approve_request(hall.ports, manager, request.id)

    with pytest.raises(StaleRecordError):
        refuse_request(hall.ports, aide, request.id, reason="Non.")

    stored = read(request.id)
    assert stored is not None
    assert stored.state is RequestState.APPROVED


def test_deciders_are_reminded_once_and_the_requester_hears_of_the_end() -> None:
    hall = a_hall()
    _ask(hall)

    mailed = []
    for days in (8, 2, 21, 5):
        hall.mailer.sent.clear()
        hall.clock.advance(days=days)
        resume_overdue(hall.ports, at_once=False)
        mailed.append([mail.to for mail in hall.mailer.sent])

    assert mailed == [["aide@example.fr", MANAGER], [], ["outsider@example.fr"], []]
