"""Who signed up joins the structure at activation: as manager of a new one, else by a request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from choriste.application.access.invite import invite
from choriste.application.access.ports import AccessPorts
from choriste.application.access.sign_up import SignUp, sign_up
from choriste.application.members.open_account import open_account
from choriste.domain.access.errors import LinkEndedError, WeakPasswordError
from choriste.domain.access.user import Language, User
from choriste.domain.members.act import ActKind
from choriste.domain.parties.structure import StructureIdentifier, StructureKind
from tests.builders.identity import PASSWORD, PLATFORM, a_gate, a_member, a_user
from tests.builders.invoices import BUYER_SIRET
from tests.builders.mails import link_of_last_mail
from tests.builders.ports import CLOSED_SIRET, TOWN_HALL, Bench, a_bench

NEW_SIRET = "55210055400013"
WANTED = SignUp(
    email="bo@example.fr",
    first_name="Bo",
    last_name="Élie",
    siret=NEW_SIRET,
    structure_name="Papeterie du Canal",
    postcode="75010",
    city="Paris",
    language=Language.FRENCH,
)


@pytest.fixture
def bench() -> Bench:
    return a_bench()


@pytest.fixture
def access(bench: Bench) -> AccessPorts:
    gate = a_gate(bench.clock)
    return replace(gate, accounts=bench.ports.accounts, directory=bench.ports.directory)


def arrive(bench: Bench, access: AccessPorts, **changes: Any) -> User:
    sign_up(replace(WANTED, **changes), access=access)
    token = link_of_last_mail(access).partition("=")[2]
    user = open_account(token, PASSWORD, access=access, ports=bench.ports)
    found = bench.ports.accounts.user(user.id)
    assert found is not None
    return found


def test_first_user_of_a_new_structure_becomes_its_manager(bench: Bench, access: AccessPorts) -> None:
    user = arrive(bench, access)

    found = bench.ports.directory.structure_by_identifier(StructureIdentifier.siret(NEW_SIRET))
    assert found is not None
    assert (found.name, found.kind) == ("Papeterie du Canal", StructureKind.PRIVATE)
    assert user.manages(found.id)
    acts = bench.ports.history.of_structure(found.id, after=None, limit=9).rows
    assert {(act.kind, act.account) for act in acts} == {
        (ActKind.STRUCTURE_REGISTERED, None),
        (ActKind.MANAGER_APPOINTED, user.id),
    }


def test_structure_of_the_state_or_a_town_is_public(bench: Bench, access: AccessPorts) -> None:
    arrive(bench, access, siret="19750123200015")

    found = bench.ports.directory.structure_by_identifier(StructureIdentifier.siret("19750123200015"))
    assert found is not None
    assert found.kind is StructureKind.PUBLIC


def test_later_user_has_no_right_and_a_request_that_waits(bench: Bench, access: AccessPorts) -> None:
    user = arrive(bench, access, siret=BUYER_SIRET, structure_name="Anything")

    (request_id,) = bench.ports.members.waiting(TOWN_HALL, None)
    request = bench.ports.members.request(request_id)
    assert request is not None
    assert request.requester == user.id
    assert (user.memberships, user.rights) == ((), frozenset())


def test_second_newcomer_of_a_new_structure_asks_the_first(bench: Bench, access: AccessPorts) -> None:
    first = arrive(bench, access)
    second = arrive(bench, access, email="cy@example.fr")

    structure = first.memberships[0].structure
    assert len(bench.ports.members.waiting(structure, None)) == 1
    assert second.memberships == ()


def test_closed_structure_takes_nobody_in(bench: Bench, access: AccessPorts) -> None:
    user = arrive(bench, access, siret=CLOSED_SIRET)

    assert user.memberships == ()
    assert bench.ports.members.waiting("1004", None) == ()


def test_invited_person_joins_nothing_more(bench: Bench, access: AccessPorts) -> None:
    invited = a_user("u9", email="di@example.fr", memberships=(a_member(TOWN_HALL),))
    invite(invited, structure="L", by=PLATFORM, access=access)
    token = link_of_last_mail(access).partition("=")[2]

    assert open_account(token, PASSWORD, access=access, ports=bench.ports).id == "u9"


def test_weak_password_joins_nothing(bench: Bench, access: AccessPorts) -> None:
    sign_up(WANTED, access=access)
    token = link_of_last_mail(access).partition("=")[2]

    with pytest.raises(WeakPasswordError):
        open_account(token, "short", access=access, ports=bench.ports)
    with pytest.raises(LinkEndedError):
        open_account("x", PASSWORD, access=access, ports=bench.ports)

    assert bench.ports.directory.structure_by_identifier(StructureIdentifier.siret(NEW_SIRET)) is None
