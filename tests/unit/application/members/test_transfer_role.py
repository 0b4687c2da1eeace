"""The primary manager's role: offered and accepted, or moved by two people of the operator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from choriste.application.access.records import Credentials
from choriste.application.members.change_rights import suspend_member
from choriste.application.members.transfer_role import (
    accept_transfer,
    confirm_transfer,
    end_transfer,
    offer_transfer,
    propose_transfer,
    read_transfer,
)
from choriste.application.operations.resume_overdue import resume_overdue
from choriste.domain.access.errors import FactorNeededError
from choriste.domain.members.act import ActKind
from choriste.domain.members.transfer import (
    SecondPersonError,
    TransferClosedError,
    TransferOpenError,
    TransferState,
)
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from tests.builders.identity import a_member, a_user
from tests.builders.members import MANAGER, OTHER_MANAGER, TOWN_HALL, Hall, a_hall


def _manager(hall: Hall) -> str | None:
    return hall.members.manager_of(TOWN_HALL)


def _offer(hall: Hall, receiver: str = "clerk") -> None:
    offer_transfer(hall.ports, hall.who(MANAGER), TOWN_HALL, receiver=receiver)


def _propose(hall: Hall, receiver: str = "clerk") -> None:
    propose_transfer(hall.ports, hall.who("op1"), TOWN_HALL, receiver=receiver, reason="Parti en mai.")


def _announce(hall: Hall) -> None:
    _propose(hall)
    confirm_transfer(hall.ports, hall.who("op2"), TOWN_HALL)


def _sweep(hall: Hall, days: float) -> None:
    hall.clock.advance(days=days)
    resume_overdue(hall.ports, at_once=False)


def _state(hall: Hall) -> TransferState:
    known = hall.members.transfer(TOWN_HALL)
    assert known is not None
    return known.state


def test_holder_offers_and_the_receiver_accepts() -> None:
    hall = a_hall()

    _offer(hall)
    between = _manager(hall)
    hall.clock.advance(seconds=1)
    accept_transfer(hall.ports, hall.who("clerk"), TOWN_HALL)

    assert (between, _manager(hall)) == (MANAGER, "clerk")
    assert hall.who("clerk").managed == {TOWN_HALL}
    assert hall.who(MANAGER).managed == frozenset()
    assert hall.who(MANAGER).attached == {TOWN_HALL}
    assert [mail.to for mail in hall.mailer.sent] == ["clerk@example.fr", "clerk@example.fr", MANAGER]
    assert hall.history.acts()[-1].kind is ActKind.MANAGER_APPOINTED


def test_role_goes_to_nobody_who_has_not_taken_the_account_yet() -> None:
    hall = a_hall()
    invited = a_user("invited", email="invited@example.fr", memberships=(a_member(TOWN_HALL),))
    bare = Credentials(user=invited.id, password_hash=None, totp_secret=None)
    hall.ports.accounts.add_user(invited, bare)

    with pytest.raises(NotFoundError):
        _offer(hall, "invited")

    app = replace(bare, totp_secret="A" * 32, version=2)  # who comes in by an organisation has no password
    hall.ports.accounts.save_credentials(app)
    _offer(hall, "invited")


def test_session_of_an_organisation_passes_no_role_of_what_it_does_not_serve() -> None:
    hall = a_hall()
    elsewhere = hall.who(MANAGER).within(frozenset())

    with pytest.raises(NotFoundError):
        offer_transfer(hall.ports, elsewhere, TOWN_HALL, receiver="clerk")
    _offer(hall)
    with pytest.raises(NotFoundError):
        read_transfer(hall.ports, elsewhere, TOWN_HALL)
    with pytest.raises(NotFoundError):
        end_transfer(hall.ports, elsewhere, TOWN_HALL)


@pytest.mark.parametrize(
    ("ender", "state"), [("clerk", TransferState.DECLINED), (MANAGER, TransferState.WITHDRAWN)]
)
def test_offer_is_declined_or_withdrawn(ender: str, state: TransferState) -> None:
    hall = a_hall()
    _offer(hall)

    end_transfer(hall.ports, hall.who(ender), TOWN_HALL)

    assert (_state(hall), _manager(hall)) == (state, MANAGER)
    with pytest.raises(TransferClosedError):
        accept_transfer(hall.ports, hall.who("clerk"), TOWN_HALL)
    _offer(hall)


def test_offer_that_nobody_answers_ends_after_thirty_days() -> None:
    hall = a_hall()
    _offer(hall)

    _sweep(hall, 31)

    assert (_state(hall), _manager(hall)) == (TransferState.EXPIRED, MANAGER)


def test_operator_moves_the_role_with_two_people_and_a_week() -> None:
    hall = a_hall()

    _announce(hall)
    mailed = [mail.to for mail in hall.mailer.sent]
    _sweep(hall, 6)
    before = _manager(hall)
    _sweep(hall, 2)

    assert mailed == [MANAGER, "clerk@example.fr"]
    assert (before, _manager(hall), _state(hall)) == (MANAGER, "clerk", TransferState.DONE)


def test_one_person_of_the_operator_is_not_enough() -> None:
    hall = a_hall()
    _propose(hall)

    with pytest.raises(SecondPersonError):
        confirm_transfer(hall.ports, hall.who("op1"), TOWN_HALL)
    _sweep(hall, 31)

    assert (_state(hall), _manager(hall)) == (TransferState.EXPIRED, MANAGER)
    with pytest.raises(TransferClosedError):
        confirm_transfer(hall.ports, hall.who("op2"), TOWN_HALL)


def test_holder_objects_within_the_week() -> None:
    hall = a_hall()
    _announce(hall)

    end_transfer(hall.ports, hall.who(MANAGER), TOWN_HALL)
    _sweep(hall, 8)

    assert (_state(hall), _manager(hall)) == (TransferState.OBJECTED, MANAGER)


def test_role_does_not_pass_to_one_who_was_suspended_meanwhile() -> None:
    hall = a_hall()
    _announce(hall)
    suspend_member(hall.ports, hall.who(MANAGER), TOWN_HALL, "clerk")

    _sweep(hall, 8)

    assert (_state(hall), _manager(hall)) == (TransferState.EXPIRED, MANAGER)


def test_one_transfer_at_a_time() -> None:
    hall = a_hall()
    _offer(hall)

    with pytest.raises(TransferOpenError):
        _propose(hall)


@pytest.mark.parametrize("receiver", ["outsider", OTHER_MANAGER, "nobody", MANAGER])
def test_receiver_belongs_to_the_structure(receiver: str) -> None:
    hall = a_hall()

    with pytest.raises(NotFoundError):
        _offer(hall, receiver)
    with pytest.raises(NotFoundError):
        _propose(hall, receiver)


def test_operator_says_why() -> None:
    hall = a_hall()

    with pytest.raises(BadRequestError):
        propose_transfer(hall.ports, hall.who("op1"), TOWN_HALL, receiver="clerk", reason=" ")


STEPS: dict[str, Callable[[Hall, str], object]] = {
    "offer": lambda hall, who: offer_transfer(hall.ports, hall.who(who), TOWN_HALL, receiver="pupil"),
    "propose": lambda hall, who: propose_transfer(
        hall.ports, hall.who(who), TOWN_HALL, receiver="pupil", reason="x"
    ),
    "confirm": lambda hall, who: confirm_transfer(hall.ports, hall.who(who), TOWN_HALL),
    "accept": lambda hall, who: accept_transfer(hall.ports, hall.who(who), TOWN_HALL),
    "end": lambda hall, who: end_transfer(hall.ports, hall.who(who), TOWN_HALL),
    "read": lambda hall, who: read_transfer(hall.ports, hall.who(who), TOWN_HALL),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["aide", "pupil", "outsider", OTHER_MANAGER])
def test_everybody_else_may_do_nothing(step: str, who: str) -> None:
    hall = a_hall()
    _announce(hall)

    with pytest.raises((NotFoundError, ForbiddenError)):
        STEPS[step](hall, who)

    assert (_state(hall), _manager(hall)) == (TransferState.ANNOUNCED, MANAGER)


@pytest.mark.parametrize("reader", [MANAGER, "clerk", "op1"])
def test_those_concerned_read_the_transfer(reader: str) -> None:
    hall = a_hall()
    _announce(hall)

    assert read_transfer(hall.ports, hall.who(reader), TOWN_HALL) == hall.members.transfer(TOWN_HALL)


STEPPERS = [("offer", MANAGER), ("propose", "op1"), ("confirm", "op2"), ("accept", "clerk")]


@pytest.mark.parametrize(("step", "who"), STEPPERS)
def test_role_moves_on_with_a_fresh_factor_only(step: str, who: str) -> None:
    hall = a_hall()
    if step == "confirm":
        _propose(hall)
    if step == "accept":
        _offer(hall)
    stale = replace(hall.who(who), factor_at=hall.clock.now() - dt.timedelta(minutes=11))

    with pytest.raises(FactorNeededError):
        {
            "offer": lambda: offer_transfer(hall.ports, stale, TOWN_HALL, receiver="pupil"),
            "propose": lambda: propose_transfer(hall.ports, stale, TOWN_HALL, receiver="pupil", reason="x"),
            "confirm": lambda: confirm_transfer(hall.ports, stale, TOWN_HALL),
            "accept": lambda: accept_transfer(hall.ports, stale, TOWN_HALL),
        }[step]()

    assert _manager(hall) == MANAGER
