"""Managers are warned before a technical account expires: each warning once, in their language."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from choriste.application.connections.technical_accounts import (
    LIFETIME,
    create_technical_account,
    reset_technical_account,
    revoke_technical_account,
)
from choriste.application.connections.warn_of_expiry import warn_of_expiry
from choriste.domain.access.user import Language, Level, Space
from choriste.domain.parties.structure import StructureId
from tests.builders.console import World, a_world
from tests.builders.identity import PLATFORM, a_right, a_user, enrol
from tests.fakes.surroundings import MemoryMailer

HOME = StructureId("102")


class Office:
    """A workshop with a technical account, an English-speaking manager, and a clerk without that right."""

    def __init__(self) -> None:
        self.world: World = a_world()
        self.mailer = MemoryMailer()
        self.ports = replace(self.world.platform_ports(), mailer=self.mailer)
        clerk = a_user("zoe", email="zoe@example.fr", rights=(a_right("102", Space.ISSUE, Level.MODIFY),))
        right = a_right("102", Space.API, Level.MODIFY)
        reader = a_user("yolande", email="yolande@example.fr", language=Language.ENGLISH, rights=(right,))
        for user in (reader, clerk):
            enrol(self.world.access, user)
        issued = create_technical_account(
            HOME, name="Caisse", rights=(), by=PLATFORM, access=self.world.access
        )
        self.login = issued.account.login

    def after(self, days: float) -> list[tuple[str, str]]:
        """Let time pass to so many days before the expiry, run once, and return whom was sent what."""
        account = self.world.access.accounts.technical_account(self.login)
        assert account is not None
        moment = account.expires_at - dt.timedelta(days=days)
        self.world.clock.advance(seconds=(moment - self.world.clock.now()).total_seconds())
        before = len(self.mailer.sent)
        warn_of_expiry(self.ports)
        return [(mail.to, mail.subject) for mail in self.mailer.sent[before:]]


@pytest.fixture
def office() -> Office:
    return Office()


def test_managers_are_warned_thirty_seven_and_one_day_before_and_on_the_day(office: Office) -> None:
    told = {days: {to for to, _ in office.after(days)} for days in (31, 29.9, 20, 6.9, 3, 0.9, 0.5, -0.1, -9)}

    everybody = {"basile@example.fr", "yolande@example.fr"}
    nobody: set[str] = set()
    assert told == {
        31: nobody,
        29.9: everybody,
        20: nobody,
        6.9: everybody,
        3: nobody,
        0.9: everybody,
        0.5: nobody,
        -0.1: everybody,
        -9: nobody,
    }


def test_warning_is_in_the_language_of_its_reader_and_says_what_to_do(office: Office) -> None:
    subjects = dict(office.after(6.5))

    assert subjects["yolande@example.fr"].startswith("The technical account “Caisse” expires on")
    french = subjects["basile@example.fr"].replace("\N{NO-BREAK SPACE}", " ")
    assert french.startswith("Le compte technique « Caisse » expire le 23 novembre 2027")
    mail = next(mail for mail in office.mailer.sent if mail.to == "yolande@example.fr")
    assert "reset its password before that date" in mail.text
    assert "http://127.0.0.1/connections" in mail.text


def test_run_that_comes_late_sends_the_one_warning_that_fits_the_day(office: Office) -> None:
    assert {to for to, _ in office.after(0.5)} == {"basile@example.fr", "yolande@example.fr"}
    assert office.after(0.4) == []


def test_reset_starts_the_warnings_anew_and_a_revoked_account_warns_nobody(office: Office) -> None:
    office.after(6)
    reset_technical_account(office.login, by=PLATFORM, access=office.world.access)
    assert office.after(31) == []
    assert office.after(29) != []

    revoke_technical_account(office.login, by=PLATFORM, access=office.world.access)
    office.world.clock.advance(days=LIFETIME.days)
    assert warn_of_expiry(office.ports) == 0


def test_address_that_fails_keeps_no_warning_from_the_other_accounts(office: Office) -> None:
    create_technical_account(HOME, name="Autre", rights=(), by=PLATFORM, access=office.world.access)
    refused = iter([True])
    send = office.mailer.send

    def fails_once(*, to: str, subject: str, text: str, html: str) -> None:
        if next(refused, False):
            raise ConnectionError
        send(to=to, subject=subject, text=text, html=html)

    office.mailer.send = fails_once  # type: ignore[method-assign]
    with pytest.raises(ExceptionGroup):
        office.after(6)

    assert len({mail.subject for mail in office.mailer.sent}) == 2
    assert len(office.after(5.9)) == 2
