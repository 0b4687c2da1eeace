"""Sessions as their user sees them: listed, ended one by one or all at once."""

from __future__ import annotations

import pytest

from choriste.application.access.ports import AccessPorts
from choriste.application.access.read_account import list_sessions
from choriste.application.access.resume_session import SignedIn, resume_session
from choriste.application.access.sessions import Visitor, end_session_of, end_sessions_beside
from choriste.application.access.sign_in import sign_in
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.shared.errors import NotFoundError
from tests.builders.identity import PASSWORD, StillClock, a_gate, a_user, enrol, the_code


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    enrol(access, a_user())
    enrol(access, a_user("u2", email="bo@example.fr"))
    return access


def signed_in(
    access: AccessPorts, clock: StillClock, *, browser: str = "Firefox", email: str = "ana@example.fr"
) -> tuple[str, SignedIn]:
    clock.advance(minutes=1)
    visitor = Visitor(browser=browser)
    pending = sign_in(email, PASSWORD, access=access, visitor=visitor)
    token = verify_second_factor(pending.token, the_code(clock.now()), access=access).token
    found = resume_session(token, access=access)
    assert found is not None
    return token, found


def test_sessions_are_listed_newest_first_with_their_browsers(access: AccessPorts, clock: StillClock) -> None:
    signed_in(access, clock, browser="Firefox\n\x00" + "x" * 500)
    _, who = signed_in(access, clock, browser="Safari")
    sign_in("ana@example.fr", PASSWORD, access=access)
    signed_in(access, clock, email="bo@example.fr")

    found = list_sessions(who, access=access)

    assert [(each.browser[:7], each.is_this) for each in found] == [("Safari", True), ("Firefox", False)]
    assert all(len(each.browser) <= 200 and each.browser.isprintable() for each in found)


def test_name_of_a_session_opens_nothing(access: AccessPorts, clock: StillClock) -> None:
    token, who = signed_in(access, clock)

    (listed,) = list_sessions(who, access=access)

    assert listed.name not in token
    assert listed.name not in who.session.token_hash
    assert resume_session(listed.name, access=access) is None


def test_session_is_ended_by_its_name(access: AccessPorts, clock: StillClock) -> None:
    lost, _ = signed_in(access, clock)
    mine, who = signed_in(access, clock)
    name = next(each.name for each in list_sessions(who, access=access) if not each.is_this)

    end_session_of(who.session, name, access=access)

    assert resume_session(lost, access=access) is None
    assert resume_session(mine, access=access) is not None


def test_session_of_somebody_else_cannot_be_ended(access: AccessPorts, clock: StillClock) -> None:
    theirs, victim = signed_in(access, clock, email="bo@example.fr")
    _, who = signed_in(access, clock)
    name = list_sessions(victim, access=access)[0].name

    with pytest.raises(NotFoundError):
        end_session_of(who.session, name, access=access)

    assert resume_session(theirs, access=access) is not None


def test_all_others_end_at_once(access: AccessPorts, clock: StillClock) -> None:
    others = [signed_in(access, clock)[0] for _ in range(3)]
    pending = sign_in("ana@example.fr", PASSWORD, access=access)
    mine, who = signed_in(access, clock)

    end_sessions_beside(who.session, access=access)

    assert [resume_session(token, access=access) for token in others] == [None, None, None]
    assert access.sessions.session(pending.session.token_hash) is None
    assert resume_session(mine, access=access) is not None


def test_sessions_that_ended_are_not_listed(access: AccessPorts, clock: StillClock) -> None:
    signed_in(access, clock)
    clock.advance(minutes=30)
    _, who = signed_in(access, clock)

    assert len(list_sessions(who, access=access)) == 1
