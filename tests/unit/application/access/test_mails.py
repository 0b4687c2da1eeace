"""The mails of identity: whole in both languages, and nothing in them that breaks a header or a page."""

from __future__ import annotations

import re

import pytest

from choriste.application.access.mails import MailKind, compose_mail, send_mail
from choriste.domain.access.user import Language
from choriste.domain.shared.errors import BrokenInvariantError
from choriste.i18n.catalogue import LANGUAGES, template
from tests.builders.identity import a_gate
from tests.fakes.surroundings import MemoryMailer

HOSTILE = "Ana\r\nBcc: everybody@example.fr\u2028<b>x</b>"


def parameters(kind: MailKind) -> set[str]:
    texts = [template("mails", f"{kind}.{part}") for part in ("subject", "body")]
    assert all(texts), kind
    return {name for text in texts if text for name in re.findall(r"\{(\w+)\}", text.fr)}


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_of_each_kind_is_whole_whatever_its_values(kind: MailKind, language: str) -> None:
    values = dict.fromkeys(parameters(kind), HOSTILE)

    letter = compose_mail(kind, language=Language(language), link="https://x.example/a?b=1&c", **values)

    assert letter.subject.replace("\N{NO-BREAK SPACE}", " ").isprintable()
    assert "\r" not in letter.text
    assert "\nBcc" not in letter.text
    assert "<b>" not in letter.html
    assert 'href="https://x.example/a?b=1&amp;c"' in letter.html
    assert f'lang="{language}"' in letter.html


@pytest.mark.parametrize("kind", MailKind)
def test_body_that_leads_to_its_link_ends_in_a_colon_in_both_languages(kind: MailKind) -> None:
    body = template("mails", f"{kind}.body")

    assert body is not None
    assert body.fr.endswith(":") == body.en.endswith(":")


def test_mail_without_a_link_has_none() -> None:
    letter = compose_mail(MailKind.INVITATION, language=Language.FRENCH, inviter="A", structure="B")

    assert "href" not in letter.html
    assert letter.text.startswith("Bonjour,\n\nA vous a ouvert un compte pour B")


@pytest.mark.parametrize("to", ["a@b.fr, c@d.fr", "a@b.fr\nBcc: c@d.fr", "Ana <a@b.fr>", "", "é@b.fr", "a@b"])
def test_mail_goes_to_one_plain_address_only(to: str) -> None:
    access = a_gate()

    with pytest.raises(BrokenInvariantError):
        send_mail(
            MailKind.INVITATION, to=to, language=Language.FRENCH, ports=access, inviter="A", structure="B"
        )

    assert isinstance(access.mailer, MemoryMailer)
    assert access.mailer.sent == []


def test_long_value_is_cut() -> None:
    letter = compose_mail(MailKind.INVITATION, language=Language.ENGLISH, inviter="A", structure="B" * 5_000)

    assert len(letter.subject) < 300
