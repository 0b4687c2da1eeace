"""Every factor lost: who may ask, grant and stop, and what an attacker with the password gets out of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pyotp
import pytest

from choriste.application.access.enrol_app import enrol_first_app, offer_first_app
from choriste.application.access.mailed_code import check_code, send_code
from choriste.application.access.ports import AccessPorts
from choriste.application.access.records import SessionStage
from choriste.application.access.reset_factors import (
    ask_for_reset_of_factors,
    grant_factor_reset,
    list_factor_resets,
    refuse_factor_reset,
    stop_factor_reset,
)
from choriste.application.access.sign_in import sign_in
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.access.errors import (
    FactorNeededError,
    LinkEndedError,
    SessionEndedError,
    StaleRecordError,
)
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import StructureRole
from choriste.domain.members.act import ActKind
from choriste.domain.shared.errors import NotFoundError
from tests.builders.identity import (
    PASSWORD,
    StillClock,
    a_gate,
    a_manager,
    a_member,
    a_right,
    a_user,
    enrol,
    fresh,
    the_code,
)
from tests.builders.mails import code_of_last_mail, link_of_last_mail, mails_of
from tests.fakes.identity import MemoryAccounts
from tests.fakes.members import MemoryHistory

ANA, EVE = "ana@example.fr", "eve@example.fr"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    """Ana belongs to 101, whose manager is Mia; Max manages 202, where Eve is a member with more rights."""
    access = a_gate(clock)
    enrol(access, a_user("ana", email=ANA, memberships=(a_member("101"),)))
    enrol(access, a_manager("101", "mia@example.fr"))
    enrol(access, a_manager("202", "max@example.fr"))
    rights = (a_right("101"), a_right("202"))
    enrol(access, a_user("eve", email=EVE, memberships=(a_member("202"),), rights=rights))
    enrol(access, a_user("olga", email="olga@example.fr", operator=True))
    return access


def principal(access: AccessPorts, user_id: str) -> Principal:
    user = access.accounts.user(user_id)
    assert user is not None
    return fresh(Principal.of_user(user), access.clock.now())


def ask(access: AccessPorts, email: str = ANA) -> str:
    """Ask for a reset, and return the token of the link that stops it."""
    pending = sign_in(email, PASSWORD, access=access)
    ask_for_reset_of_factors(pending.token, access=access)
    mail = next(mail for mail in reversed(mails_of(access)) if mail.to == email)
    return mail.text.partition("/factor-reset/stop?token=")[2].split()[0]


def acts(access: AccessPorts) -> list[ActKind]:
    assert isinstance(access.history, MemoryHistory)
    return sorted(act.kind for act in access.history.acts())


def test_owner_without_factors_enrols_anew_after_the_grant_and_the_delay(
    access: AccessPorts, clock: StillClock
) -> None:
    ask(access)
    assert [
        row.user.id for row in list_factor_resets(principal(access, "mia@example.fr"), access=access)
    ] == ["ana"]
    grant_factor_reset(principal(access, "mia@example.fr"), "ana", access=access)
    assert "(heure de Paris)" in mails_of(access)[-1].text

    clock.advance(hours=23)
    assert sign_in(ANA, PASSWORD, access=access).session.stage is SessionStage.AWAITS_CODE
    clock.advance(hours=1)
    begun = sign_in(ANA, PASSWORD, access=access)
    assert begun.session.stage is SessionStage.AWAITS_MAILED_CODE
    send_code(begun.token, access=access)
    assert mails_of(access)[-1].to == ANA
    chosen = check_code(begun.token, code_of_last_mail(access), access=access)
    offered = offer_first_app(chosen.token, access=access)
    code = pyotp.TOTP(offered.secret).at(int(clock.now().timestamp()))
    assert enrol_first_app(chosen.token, code, access=access).codes is not None
    assert acts(access) == [
        ActKind.FACTOR_RESET_ASKED,
        ActKind.FACTOR_RESET_DONE,
        ActKind.FACTOR_RESET_GRANTED,
    ]


def test_old_factor_and_recovery_codes_are_gone_and_the_reset_works_once(
    access: AccessPorts, clock: StillClock
) -> None:
    other = verify_second_factor(
        sign_in(ANA, PASSWORD, access=access).token, the_code(clock.now()), access=access
    )
    ask(access)
    grant_factor_reset(principal(access, "mia@example.fr"), "ana", access=access)
    clock.advance(days=1)

    sign_in(ANA, PASSWORD, access=access)

    credentials = access.accounts.credentials("ana")
    assert credentials is not None
    assert not credentials.has_second_factor
    assert access.sessions.session(other.session.token_hash) is None
    enrolled = credentials.version
    sign_in(ANA, PASSWORD, access=access)
    again = access.accounts.credentials("ana")
    assert again is not None
    assert again.version == enrolled


@pytest.mark.parametrize("who", ["max@example.fr", "eve", "ana", "olga"])
def test_nobody_but_the_structures_manager_grants_or_sees_a_members_reset(
    access: AccessPorts, who: str
) -> None:
    ask(access)

    for act in (
        lambda: grant_factor_reset(principal(access, who), "ana", access=access),
        lambda: refuse_factor_reset(principal(access, who), "ana", reason="x", access=access),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert list_factor_resets(principal(access, who), access=access) == ()


@pytest.mark.parametrize("email", ["mia@example.fr", EVE])
def test_managers_and_people_of_several_structures_are_the_operators(access: AccessPorts, email: str) -> None:
    ask(access, email)
    user = access.accounts.user_by_email(email)
    assert user is not None

    for who in ("mia@example.fr", "max@example.fr"):
        with pytest.raises(NotFoundError):
            grant_factor_reset(principal(access, who), user.id, access=access)
    assert grant_factor_reset(principal(access, "olga"), user.id, access=access).structure is None


def test_operator_grants_no_reset_of_their_own(access: AccessPorts) -> None:
    ask(access, "olga@example.fr")

    assert list_factor_resets(principal(access, "olga"), access=access) == ()
    with pytest.raises(NotFoundError):
        grant_factor_reset(principal(access, "olga"), "olga", access=access)


def test_manager_needs_a_fresh_factor(access: AccessPorts, clock: StillClock) -> None:
    ask(access)
    stale = principal(access, "mia@example.fr")
    clock.advance(minutes=11)

    with pytest.raises(FactorNeededError):
        grant_factor_reset(stale, "ana", access=access)


def test_member_who_became_a_manager_meanwhile_is_no_longer_the_managers_to_decide(
    access: AccessPorts,
) -> None:
    ask(access)
    ana = access.accounts.user("ana")
    assert ana is not None
    assert isinstance(access.accounts, MemoryAccounts)
    seat = a_member("303", StructureRole.PRIMARY_MANAGER)
    access.accounts.replace_user(replace(ana, memberships=(*ana.memberships, seat)))

    with pytest.raises(NotFoundError):
        grant_factor_reset(principal(access, "mia@example.fr"), "ana", access=access)


def test_granted_reset_comes_to_nothing_when_its_owner_belongs_elsewhere_by_then(
    access: AccessPorts, clock: StillClock
) -> None:
    ask(access)
    grant_factor_reset(principal(access, "mia@example.fr"), "ana", access=access)
    ana = access.accounts.user("ana")
    assert ana is not None
    assert isinstance(access.accounts, MemoryAccounts)
    seat = a_member("303", StructureRole.PRIMARY_MANAGER)
    access.accounts.replace_user(replace(ana, memberships=(*ana.memberships, seat)))
    clock.advance(days=1)

    assert sign_in(ANA, PASSWORD, access=access).session.stage is SessionStage.AWAITS_CODE
    credentials = access.accounts.credentials("ana")
    assert credentials is not None
    assert credentials.has_second_factor
    assert ActKind.FACTOR_RESET_STOPPED in acts(access)


def test_link_of_the_mail_stops_a_granted_reset_for_good(access: AccessPorts, clock: StillClock) -> None:
    first = ask(access)
    grant_factor_reset(principal(access, "mia@example.fr"), "ana", access=access)
    second = link_of_last_mail(access).partition("token=")[2]

    stop_factor_reset(first, access=access)

    clock.advance(days=2)
    assert sign_in(ANA, PASSWORD, access=access).session.stage is SessionStage.AWAITS_CODE
    for token in (first, second):
        with pytest.raises(LinkEndedError):
            stop_factor_reset(token, access=access)
    assert ActKind.FACTOR_RESET_STOPPED in acts(access)


def test_owner_who_signs_in_with_a_factor_stops_the_reset_of_an_attacker(
    access: AccessPorts, clock: StillClock
) -> None:
    ask(access)
    grant_factor_reset(principal(access, "mia@example.fr"), "ana", access=access)

    verify_second_factor(sign_in(ANA, PASSWORD, access=access).token, the_code(clock.now()), access=access)

    clock.advance(days=2)
    assert sign_in(ANA, PASSWORD, access=access).session.stage is SessionStage.AWAITS_CODE
    assert mails_of(access)[-1].subject == "La réinitialisation de vos facteurs est arrêtée"


def test_reset_is_asked_for_only_with_the_password_and_once_while_it_is_open(access: AccessPorts) -> None:
    with pytest.raises(SessionEndedError):
        ask_for_reset_of_factors("no token", access=access)
    token = sign_in(ANA, PASSWORD, access=access).token

    asked = [ask_for_reset_of_factors(token, access=access) for _ in range(3)]

    assert asked[0] == asked[2]
    assert [mail.to for mail in mails_of(access)] == [ANA, "mia@example.fr"]


def test_reset_is_decided_once_and_forgotten_after_thirty_days(
    access: AccessPorts, clock: StillClock
) -> None:
    ask(access)
    mia = principal(access, "mia@example.fr")
    refuse_factor_reset(mia, "ana", reason="Je ne la reconnais pas.", access=access)
    with pytest.raises(NotFoundError):
        grant_factor_reset(mia, "ana", access=access)

    ask(access)
    clock.advance(days=30)
    with pytest.raises(NotFoundError):
        grant_factor_reset(principal(access, "mia@example.fr"), "ana", access=access)
    stored = access.factor_resets.of_user("ana")
    assert stored is not None
    with pytest.raises(StaleRecordError):
        access.factor_resets.save(stored)
    assert stored.asked_at + dt.timedelta(days=30) == clock.now()
