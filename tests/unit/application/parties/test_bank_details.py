"""Bank details: given by the structure's own administrators, kept with every state, told to all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from choriste.application.parties.change_bank_details import (
    add_bank_account,
    begin_bank_change,
    change_bank_account,
    close_bank_account,
    read_bank_details,
)
from choriste.domain.access.errors import FactorNeededError
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Level, Space
from choriste.domain.parties.bank_details import MOST_ACCOUNTS, BankDetails
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.shared.errors import ForbiddenError, NotFoundError
from tests.builders.identity import StillClock, a_manager, a_right, a_user, keep
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench
from tests.fakes.identity import MemoryAccounts

IBAN = "FR76 3000 6000 0112 3456 7890 189"
OTHER_IBAN = "DE89 3704 0044 0532 0130 00"
FORM = {"label": "Compte courant", "iban": IBAN, "bic": "bnpafrpp", "holder": ""}
NOW = StillClock().now()
STALE_MANAGER = Principal.of_user(a_manager(SUPPLIER, "pdg@example.fr"))
MANAGER = replace(STALE_MANAGER, factor_at=NOW)
ADMINISTRATOR = replace(
    Principal.of_user(
        a_user("adm", email="adm@example.fr", rights=(a_right(SUPPLIER, Space.ORGANISATION, Level.MODIFY),))
    ),
    factor_at=NOW + dt.timedelta(days=1),
)
READER = Principal.of_user(a_user("r", email="r@example.fr", rights=(a_right(SUPPLIER, Space.ISSUE),)))
OTHER = Principal.of_user(a_manager(TOWN_HALL, "maire@example.fr"))
OPERATOR = Principal.of_user(a_user("op", email="op@example.fr", operator=True))
PROGRAM = Principal(
    kind=PrincipalKind.TECHNICAL_ACCOUNT,
    id="TECH",
    name="ERP",
    rights=frozenset({a_right(SUPPLIER, Space.ORGANISATION, Level.MODIFY)}),
)


@pytest.fixture
def bench() -> Bench:
    return a_bench()


@pytest.mark.parametrize("who", [MANAGER, ADMINISTRATOR])
def test_account_is_added_with_its_history(bench: Bench, who: Principal) -> None:
    details = add_bank_account(bench.ports, who, SUPPLIER, FORM)

    (account,), (change,) = details.accounts, details.changes
    assert (account.iban, account.bic, account.holder, account.active) == (
        "FR7630006000011234567890189",
        "BNPAFRPP",
        None,
        True,
    )
    assert (change.by, change.at, change.before, change.after) == (who.id, bench.clock.now(), None, account)
    assert read_bank_details(bench.ports, READER, SUPPLIER) == details


def test_every_state_of_an_account_is_kept(bench: Bench) -> None:
    first = add_bank_account(bench.ports, MANAGER, SUPPLIER, FORM).accounts[0]
    bench.clock.advance(days=1)
    changed = {**FORM, "iban": OTHER_IBAN, "bic": "COBADEFF"}

    change_bank_account(bench.ports, ADMINISTRATOR, SUPPLIER, first.id, changed)
    details = close_bank_account(
        bench.ports, replace(MANAGER, factor_at=bench.clock.now()), SUPPLIER, first.id
    )

    states = [(change.by_name, change.after.iban, change.after.active) for change in details.changes]
    assert states == [
        ("Pdg", "FR7630006000011234567890189", True),
        ("Ana Petit", "DE89370400440532013000", True),
        ("Pdg", "DE89370400440532013000", False),
    ]
    assert [change.before for change in details.changes][1] == first


def test_what_changes_nothing_is_no_change(bench: Bench) -> None:
    first = add_bank_account(bench.ports, MANAGER, SUPPLIER, FORM)
    told = len(bench.mailer.sent)

    again = change_bank_account(bench.ports, MANAGER, SUPPLIER, first.accounts[0].id, FORM)

    assert again == first
    assert len(bench.mailer.sent) == told


def test_all_administrators_are_told_and_the_history_names_no_whole_iban(bench: Bench) -> None:
    accounts = bench.ports.accounts
    assert isinstance(accounts, MemoryAccounts)
    known = {user.email for user in bench.ports.directory.users_of(SUPPLIER)}
    rights = (a_right(SUPPLIER, Space.ORGANISATION, Level.MODIFY),)
    keep(accounts, a_user("adm", email="adm@example.fr", rights=rights))
    keep(accounts, a_user("r", email="r@example.fr", rights=(a_right(SUPPLIER, Space.ISSUE),)))

    add_bank_account(bench.ports, MANAGER, SUPPLIER, FORM)

    told = [mail.to for mail in bench.mailer.sent]
    assert "adm@example.fr" in told
    assert set(told) <= known | {"adm@example.fr"}
    assert "r@example.fr" not in told
    act = bench.ports.history.of_structure(SUPPLIER, after=None, limit=1).rows[0]
    kept = f"{bench.mailer.sent} {act}"
    assert "FR76 … 0189" in kept
    assert "FR7630006000011234567890189" not in kept


@pytest.mark.parametrize("since", [None, dt.timedelta(minutes=11)])
def test_second_factor_must_have_been_proved_just_now(bench: Bench, since: dt.timedelta | None) -> None:
    stale = replace(STALE_MANAGER, factor_at=NOW - since if since is not None else None)
    known = add_bank_account(bench.ports, MANAGER, SUPPLIER, FORM).accounts[0]

    acts: list[Callable[[], object]] = [
        lambda: begin_bank_change(bench.ports, stale, SUPPLIER),
        lambda: add_bank_account(bench.ports, stale, SUPPLIER, FORM),
        lambda: change_bank_account(bench.ports, stale, SUPPLIER, known.id, FORM),
        lambda: close_bank_account(bench.ports, stale, SUPPLIER, known.id),
    ]
    for act in acts:
        with pytest.raises(FactorNeededError):
            act()


@pytest.mark.parametrize("who", [READER, OTHER, OPERATOR, PROGRAM])
def test_nobody_else_changes_where_the_money_goes(bench: Bench, who: Principal) -> None:
    known = add_bank_account(bench.ports, MANAGER, SUPPLIER, FORM).accounts[0]

    acts: list[Callable[[], object]] = [
        lambda: begin_bank_change(bench.ports, who, SUPPLIER),
        lambda: add_bank_account(bench.ports, who, SUPPLIER, FORM),
        lambda: change_bank_account(bench.ports, who, SUPPLIER, known.id, FORM),
        lambda: close_bank_account(bench.ports, who, SUPPLIER, known.id),
    ]
    for act in acts:
        with pytest.raises(ForbiddenError):
            act()


@pytest.mark.parametrize("who", [OTHER, OPERATOR])
def test_strangers_and_the_operator_read_no_bank_details(bench: Bench, who: Principal) -> None:
    with pytest.raises(ForbiddenError):
        read_bank_details(bench.ports, who, SUPPLIER)


def test_structure_without_bank_details_has_none(bench: Bench) -> None:
    assert read_bank_details(bench.ports, PROGRAM, SUPPLIER) == BankDetails(
        structure=bench.ports.directory.structure(SUPPLIER).id  # type: ignore[union-attr]
    )


def test_every_fault_is_told_at_once(bench: Bench) -> None:
    form = {"label": "", "iban": "FR7630006000011234567890188", "bic": "X", "holder": "y" * 141}

    with pytest.raises(FieldsInvalidError) as refused:
        add_bank_account(bench.ports, MANAGER, SUPPLIER, form)

    assert [(each.location, each.rule) for each in refused.value.findings] == [
        ("label", "FIELD-LENGTH"),
        ("holder", "FIELD-TOO-LONG"),
        ("iban", "IBAN"),
        ("bic", "BIC"),
    ]


def test_open_account_has_its_iban_alone(bench: Bench) -> None:
    first = add_bank_account(bench.ports, MANAGER, SUPPLIER, FORM).accounts[0]

    with pytest.raises(FieldsInvalidError):
        add_bank_account(bench.ports, MANAGER, SUPPLIER, {**FORM, "label": "Bis"})
    close_bank_account(bench.ports, MANAGER, SUPPLIER, first.id)
    again = add_bank_account(bench.ports, MANAGER, SUPPLIER, {**FORM, "label": "Bis"})

    assert [account.active for account in again.accounts] == [False, True]


def test_structure_has_a_bounded_number_of_accounts(bench: Bench) -> None:
    for _ in range(MOST_ACCOUNTS):
        known = add_bank_account(bench.ports, MANAGER, SUPPLIER, FORM)
        close_bank_account(bench.ports, MANAGER, SUPPLIER, known.accounts[-1].id)

    with pytest.raises(FieldsInvalidError) as refused:
        add_bank_account(bench.ports, MANAGER, SUPPLIER, FORM)
    assert [each.rule for each in refused.value.findings] == ["ACCOUNTS-TOO-MANY"]


def test_unknown_account_or_structure_is_not_found(bench: Bench) -> None:
    nobody = Principal.of_user(a_manager("404", "x@example.fr"))

    with pytest.raises(NotFoundError):
        change_bank_account(bench.ports, MANAGER, SUPPLIER, "9", FORM)
    with pytest.raises(NotFoundError):
        close_bank_account(bench.ports, MANAGER, SUPPLIER, "9")
    with pytest.raises(NotFoundError):
        read_bank_details(bench.ports, nobody, "404")
