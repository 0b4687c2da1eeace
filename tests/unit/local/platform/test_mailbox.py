"""The local mailbox: a mail is read as words, whatever it is written in, and nothing in it is ever markup."""

from __future__ import annotations

import pytest

from choriste.local.platform import mailbox
from choriste.local.platform.mailbox import Mail, mailbox_page


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    mail = Mail(id="1", sender="a@example.fr", recipients=("b@example.fr",), subject="S", text=request.param)
    monkeypatch.setattr(mailbox, "mails", lambda: (mail,))
    return mailbox_page()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<!doctype html><html><body><p>Bonjour,</p><p>Vue &amp; payée</p>", "Bonjour,\n\nVue &amp; payée"),
        ("Bonjour, 1 < 2", "Bonjour, 1 &lt; 2"),
        ("<html><p>&lt;script&gt;x&lt;/script&gt;</p>", "&lt;script&gt;x&lt;/script&gt;"),
    ],
    indirect=["page"],
)
def test_mail_is_shown_as_its_words(page: str, words: str) -> None:
    assert f"<pre>{words}</pre>" in page
