"""An invitation until it is accepted: shown as such, sent again, taken back; and mails that do not leave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from choriste.application.access.activate import activate
from choriste.application.access.sign_up import sign_up
from choriste.application.members.import_accounts import LineOutcome, import_accounts
from choriste.application.members.invite_member import (
    Invitation,
    cancel_invitation,
    invite_member,
    resend_invitation,
)
from choriste.application.members.read_members import MemberFilter, list_members, read_member
from choriste.domain.access.errors import LinkEndedError, MailNotSentError
from choriste.domain.access.user import Language
from choriste.domain.members.act import ActKind
from choriste.domain.members.member import MemberState
from choriste.domain.shared.errors import NotFoundError
from tests.builders.identity import PASSWORD, a_right
from tests.builders.mails import link_of_last_mail
from tests.builders.members import MANAGER, OTHER_MANAGER, TOWN_HALL, Hall, a_hall
from tests.fakes.surroundings import MemoryMailer
from tests.unit.application.members.test_open_account import WANTED

LEA = Invitation(email="lea@example.fr", name="Léa", rights=frozenset({a_right(TOWN_HALL)}))


class SilentMailer(MemoryMailer):
    """A mailer whose service takes nothing."""

    def send(self, **_mail: str) -> None:
        raise MailNotSentError


@pytest.fixture
def hall() -> Hall:
    return a_hall()


def without_mail(hall: Hall) -> Hall:
    silent = SilentMailer()
    return replace(hall, ports=replace(hall.ports, mailer=silent), access=replace(hall.access, mailer=silent))


def invited(hall: Hall) -> str:
    return invite_member(hall.ports, hall.access, hall.who(MANAGER), TOWN_HALL, LEA).id


def token_of(hall: Hall) -> str:
    return link_of_last_mail(hall.access).partition("token=")[2]


def test_invited_person_is_shown_as_invited_until_the_account_is_theirs(hall: Hall) -> None:
    lea = invited(hall)
    manager, wanted = hall.who(MANAGER), MemberFilter(state=MemberState.INVITED)

    shown = list_members(hall.ports, manager, TOWN_HALL, wanted=wanted, after=None, limit=50).rows

    assert [member.user.id for member in shown] == [lea]
    activate(token_of(hall), PASSWORD, access=hall.access)
    assert read_member(hall.ports, manager, TOWN_HALL, lea).state is MemberState.ACTIVE


def test_invitation_is_sent_again_by_mail_whoever_invites_once_more(hall: Hall) -> None:
    lea = invited(hall)

    resend_invitation(hall.ports, hall.access, hall.who(MANAGER), TOWN_HALL, lea)
    first = token_of(hall)
    invite_member(hall.ports, hall.access, hall.who(MANAGER), TOWN_HALL, LEA)

    assert [mail.to for mail in hall.mailer.sent] == ["lea@example.fr"] * 3
    assert token_of(hall) != first
    activate(first, PASSWORD, access=hall.access)
    with pytest.raises(NotFoundError):
        resend_invitation(hall.ports, hall.access, hall.who(MANAGER), TOWN_HALL, lea)


def test_cancelled_invitation_leaves_no_right_and_no_link(hall: Hall) -> None:
    lea = invited(hall)
    token = token_of(hall)

    cancel_invitation(hall.ports, hall.who(MANAGER), TOWN_HALL, lea)

    assert hall.user(lea).structures == frozenset()
    with pytest.raises(LinkEndedError):
        activate(token, PASSWORD, access=hall.access)
    assert ActKind.INVITATION_CANCELLED in {act.kind for act in hall.history.acts()}
    invited(hall)
    activate(token_of(hall), PASSWORD, access=hall.access)


@pytest.mark.parametrize("who", [OTHER_MANAGER, "outsider"])
def test_invitations_of_another_structure_are_nobodys_business(hall: Hall, who: str) -> None:
    lea = invited(hall)

    with pytest.raises(NotFoundError):
        resend_invitation(hall.ports, hall.access, hall.who(who), TOWN_HALL, lea)
    with pytest.raises(NotFoundError):
        cancel_invitation(hall.ports, hall.who(who), TOWN_HALL, lea)


def test_active_member_is_no_invitation_to_cancel(hall: Hall) -> None:
    with pytest.raises(NotFoundError):
        cancel_invitation(hall.ports, hall.who(MANAGER), TOWN_HALL, "clerk")


def test_mail_that_does_not_leave_loses_no_account_and_is_sent_again(hall: Hall) -> None:
    with pytest.raises(MailNotSentError):
        invited(without_mail(hall))
    lea = hall.ports.accounts.user_by_email("lea@example.fr")
    assert lea is not None
    assert [act.kind for act in hall.history.acts()] == [ActKind.USER_INVITED]

    resend_invitation(hall.ports, hall.access, hall.who(MANAGER), TOWN_HALL, lea.id)

    activate(token_of(hall), PASSWORD, access=hall.access)


def test_import_goes_on_where_a_mail_does_not_leave_and_says_so(hall: Hall) -> None:
    silent = without_mail(hall)
    content = b"email;nom;structure\nlea@example.fr;Lea;1001\nbo@example.fr;Bo;1001\n"

    report = import_accounts(silent.ports, silent.access, hall.who(MANAGER), content, tries=False)

    assert [line.outcome for line in report.lines] == [LineOutcome.UNMAILED] * 2


def test_sign_up_whose_mail_did_not_leave_is_simply_sent_again(hall: Hall) -> None:
    wanted, silent = replace(WANTED, language=Language.ENGLISH), without_mail(hall)
    for _ in range(5):
        with pytest.raises(MailNotSentError):
            sign_up(wanted, access=silent.access)

    sign_up(wanted, access=hall.access)

    activate(token_of(hall), PASSWORD, access=hall.access)
