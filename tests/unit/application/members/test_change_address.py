"""The login and contact addresses: proved by a mail, told to the login address, closed to strangers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from choriste.application.access.mails import NOTICES, MailKind, mail_user
from choriste.application.access.records import SessionStage
from choriste.application.access.reset_password import ask_for_reset, awaiting_reset
from choriste.application.access.resume_session import SignedIn, resume_session
from choriste.application.access.sessions import open_signed_in, open_step
from choriste.application.members.change_address import (
    AddressKind,
    ask_for_address,
    awaiting_address,
    confirm_address,
    remove_contact,
)
from choriste.domain.access.errors import FactorNeededError, LinkEndedError, StaleRecordError
from choriste.domain.members.act import ActKind
from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import template
from tests.builders.identity import a_user, enrol
from tests.builders.members import Hall, a_hall

CLERK, NEW = "clerk", "nouvelle@valbrume.example"


@pytest.fixture
def hall() -> Hall:
    return a_hall()


def signed_in(hall: Hall, user_id: str = CLERK) -> SignedIn:
    """Return a user's session whose factor was just proved."""
    begun = open_step(hall.user(user_id).id, SessionStage.AWAITS_CODE, browser="", access=hall.access)
    found = resume_session(open_signed_in(begun.session, access=hall.access).token, access=hall.access)
    assert found is not None
    return found


def token_to(hall: Hall, address: str) -> str:
    mail = next(mail for mail in reversed(hall.mailer.sent) if mail.to == address)
    return mail.text.partition("token=")[2].split()[0]


@pytest.mark.parametrize("kind", AddressKind)
def test_new_address_counts_once_confirmed_and_both_are_told(hall: Hall, kind: AddressKind) -> None:
    before = hall.user(CLERK).email

    ask_for_address(signed_in(hall), kind, NEW, access=hall.access)
    asked = [mail.to for mail in hall.mailer.sent]
    confirm_address(token_to(hall, NEW), signed_in(hall), access=hall.access, ports=hall.ports)

    user = hall.user(CLERK)
    assert asked == [NEW, before]
    assert [mail.to for mail in hall.mailer.sent[2:]] == [before, NEW]
    assert (user.email, user.contact) == ((NEW, None) if kind is AddressKind.LOGIN else (before, NEW))
    assert [act.kind for act in hall.history.acts()] == [ActKind.ADDRESS_CHANGED]
    assert NEW not in str(hall.history.acts())


def test_notices_go_to_the_contact_address_and_nothing_else_does(hall: Hall) -> None:
    user = replace(hall.user(CLERK), contact=NEW)
    for kind in MailKind:
        texts = [template("mails", f"{kind}.{part}") for part in ("subject", "body")]
        names = {name for said in texts if said for name in re.findall(r"{(\w+)}", said.en)}
        mail_user(user, kind, ports=hall.access, **dict.fromkeys(names, "x"))

    reached = {kind for kind, mail in zip(MailKind, hall.mailer.sent, strict=True) if mail.to == NEW}
    assert reached == NOTICES
    assert not reached & {kind for kind in MailKind if "factor" in kind or "reset" in kind or "code" in kind}


def test_link_opens_nothing_to_whoever_is_not_signed_in_with_the_account(hall: Hall) -> None:
    ask_for_address(signed_in(hall), AddressKind.LOGIN, NEW, access=hall.access)
    token = token_to(hall, NEW)

    for other in (signed_in(hall, "pupil"), signed_in(hall, "aide")):
        with pytest.raises(LinkEndedError):
            confirm_address(token, other, access=hall.access, ports=hall.ports)
    confirm_address(token, signed_in(hall), access=hall.access, ports=hall.ports)
    with pytest.raises(LinkEndedError):
        confirm_address(token, signed_in(hall), access=hall.access, ports=hall.ports)


def test_address_of_another_account_gets_no_link_and_the_asker_is_answered_alike(hall: Hall) -> None:
    taken = hall.user("pupil").email

    ask_for_address(signed_in(hall), AddressKind.LOGIN, taken, access=hall.access)

    assert [mail.to for mail in hall.mailer.sent] == [hall.user(CLERK).email]


def test_address_that_is_taken_meanwhile_is_not_given_twice(hall: Hall) -> None:
    ask_for_address(signed_in(hall), AddressKind.LOGIN, NEW, access=hall.access)
    enrol(hall.access, a_user("new", email=NEW))

    with pytest.raises(StaleRecordError):
        confirm_address(token_to(hall, NEW), signed_in(hall), access=hall.access, ports=hall.ports)
    assert hall.user(CLERK).email != NEW


def test_address_changes_only_with_a_fresh_factor_and_a_plain_address(hall: Hall) -> None:
    stale = signed_in(hall)
    hall.clock.advance(minutes=11)

    with pytest.raises(FactorNeededError):
        ask_for_address(stale, AddressKind.CONTACT, NEW, access=hall.access)
    with pytest.raises(FactorNeededError):
        remove_contact(stale, access=hall.access, ports=hall.ports)
    with pytest.raises(BadRequestError):
        ask_for_address(signed_in(hall), AddressKind.CONTACT, "a@b.fr\nBcc: c@d.fr", access=hall.access)
    assert hall.mailer.sent == []


def test_asking_fills_no_mailbox(hall: Hall) -> None:
    for _ in range(10):
        ask_for_address(signed_in(hall), AddressKind.CONTACT, NEW, access=hall.access)

    assert len(hall.mailer.sent) == 6


def test_reset_link_of_the_old_mailbox_ends_with_the_old_address(hall: Hall) -> None:
    enrol(hall.access, a_user("iris", email="iris@valbrume.example"))
    ask_for_reset("iris@valbrume.example", access=hall.access)
    stolen = token_to(hall, "iris@valbrume.example")
    ask_for_address(signed_in(hall, "iris"), AddressKind.LOGIN, NEW, access=hall.access)
    confirm_address(token_to(hall, NEW), signed_in(hall, "iris"), access=hall.access, ports=hall.ports)

    with pytest.raises(LinkEndedError):
        awaiting_reset(stolen, access=hall.access)


def test_contact_is_removed_at_once_and_both_are_told(hall: Hall) -> None:
    ask_for_address(signed_in(hall), AddressKind.CONTACT, NEW, access=hall.access)
    assert awaiting_address(token_to(hall, NEW), signed_in(hall), access=hall.access) == (
        AddressKind.CONTACT,
        NEW,
    )
    confirm_address(token_to(hall, NEW), signed_in(hall), access=hall.access, ports=hall.ports)

    remove_contact(signed_in(hall), access=hall.access, ports=hall.ports)

    assert hall.user(CLERK).contact is None
    assert [mail.to for mail in hall.mailer.sent[-2:]] == [hall.user(CLERK).email, NEW]
