"""The mails that a gate in memory has sent, as those who got them read them."""

from __future__ import annotations

import re

from choriste.application.access.ports import AccessPorts
from tests.fakes.surroundings import MemoryMailer, SentMail


def mails_of(access: AccessPorts) -> list[SentMail]:
    assert isinstance(access.mailer, MemoryMailer)
    return access.mailer.sent


def link_of_last_mail(access: AccessPorts) -> str:
    """Return the address that the newest mail leads to, without the host."""
    found = re.search(rf"^{re.escape(access.base_url)}(/\S+)$", mails_of(access)[-1].text, re.MULTILINE)
    assert found is not None
    return found[1]


def code_of_last_mail(access: AccessPorts) -> str:
    """Return the six digits of the newest mail."""
    found = re.search(r"\b\d{6}\b", mails_of(access)[-1].text)
    assert found is not None
    return found[0]
