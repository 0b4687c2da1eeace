"""The history is read by who administers the structure, by the account's owner, and by the operator."""

from __future__ import annotations

import pytest

from choriste.application.members.history import (
    list_account_history,
    list_structure_history,
    record_act,
)
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Space
from choriste.domain.members.act import ActKind, AdministrativeAct, act_of, rights_text
from choriste.domain.shared.errors import NotFoundError
from tests.builders.identity import a_right, a_user
from tests.builders.ports import TOWN_HALL, Bench, a_bench, accountant, stranger, supplier

OPERATOR = Principal.of_user(a_user("op", operator=True))


def _recorded(bench: Bench) -> AdministrativeAct:
    act = act_of(
        accountant(),
        ActKind.USER_DEACTIVATED,
        at=bench.clock.now(),
        structure=TOWN_HALL,
        account="u-9",
        subject="Paul",
        before={"state": "active"},
        after={"state": "suspended"},
    )
    record_act(act, ports=bench.ports)
    return act


def test_act_says_who_did_what_when_before_and_after() -> None:
    bench = a_bench()

    act = _recorded(bench)

    assert (act.actor, act.actor_name, act.at) == (accountant().id, accountant().name, bench.clock.now())
    assert (act.before, act.after) == ({"state": "active"}, {"state": "suspended"})


def test_act_that_is_recorded_again_stands_once() -> None:
    bench = a_bench()
    act = _recorded(bench)

    record_act(act, ports=bench.ports)

    assert bench.ports.history.of_structure(TOWN_HALL, after=None, limit=9).rows == (act,)


@pytest.mark.parametrize("reader", [accountant(), OPERATOR])
def test_managers_and_the_operator_read_the_history_of_a_structure(reader: Principal) -> None:
    bench = a_bench()
    act = _recorded(bench)

    page = list_structure_history(bench.ports, reader, TOWN_HALL, after=None, limit=9)

    assert page.rows == (act,)


@pytest.mark.parametrize(
    "reader",
    [
        supplier(),
        stranger(),
        Principal.of_user(a_user(rights=(a_right(TOWN_HALL),))),
        Principal.of_user(a_user(rights=(a_right(TOWN_HALL, Space.ORGANISATION, service="ECOLES"),))),
    ],
)
def test_nobody_else_learns_that_there_is_a_history(reader: Principal) -> None:
    bench = a_bench()
    _recorded(bench)

    with pytest.raises(NotFoundError):
        list_structure_history(bench.ports, reader, TOWN_HALL, after=None, limit=9)
    with pytest.raises(NotFoundError):
        list_structure_history(bench.ports, reader, "4711", after=None, limit=9)


def test_history_of_an_account_is_its_owners_and_the_operators() -> None:
    bench = a_bench()
    act = _recorded(bench)
    owner = Principal.of_user(a_user("u-9"))

    for reader in (owner, OPERATOR):
        assert list_account_history(bench.ports, reader, "u-9", after=None, limit=9).rows == (act,)
    with pytest.raises(NotFoundError):
        list_account_history(bench.ports, accountant(), "u-9", after=None, limit=9)


def test_rights_are_written_in_one_order() -> None:
    rights = {a_right("1", Space.RECEIVE, service="ECOLES"), a_right("1", Space.ISSUE)}

    assert rights_text(rights) == "issue:consult, receive:consult:ECOLES"
